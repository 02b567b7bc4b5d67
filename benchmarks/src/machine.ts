import { arch, cpus, release, totalmem } from 'node:os';

const GIB = 1024 ** 3;

/** One line about the machine: figures mean nothing without it. */
export function machine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  const memory = Math.round(totalmem() / GIB);
  return `${processors.length} × ${model}, ${memory} GiB, Linux ${release()} ${arch()}, Node ${process.version}`;
}
