import { PassThrough } from 'node:stream';
import { registry } from '../registry';

/** How a run of `registry` ended: its exit code and the JSON on both streams; `{}` where nothing was written. */
export interface RegistryRun {
  readonly code: number;
  readonly out: Record<string, unknown>;
  /** The last line of standard error: lines before it tell of progress. */
  readonly error: Record<string, unknown>;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `registry ARGUMENTS` in an empty environment, so that no test depends on whose machine it runs on. */
export async function runRegistry(...args: readonly string[]): Promise<RegistryRun> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await registry(args, { environment: {}, stdout, stderr });
  const [out, errors] = [textOf(stdout), textOf(stderr)];
  const last = errors.trimEnd().split('\n').at(-1) ?? '';
  return { code, out: parsed(out), error: parsed(last), stdout: out, stderr: errors };
}

function textOf(stream: PassThrough): string {
  return String((stream.read() as Buffer | null) ?? '');
}

function parsed(text: string): Record<string, unknown> {
  return text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
}
