import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/** One measurement's part of the results page. */
export interface Section {
  readonly name: string;
  readonly title: string;
  /** Markdown. */
  readonly lines: readonly string[];
}

const FILE = resolve(__dirname, '..', 'RESULTS.md');
const HEAD = `# Measurements

Made by \`make bench\`, or one by one with \`node benchmarks/dist/main.js NAME\`, on a running network (\`make up\`). What
compares is a ratio of one run on one machine; absolute figures of a shared machine say little. CPU time is user plus
system time of every process of the network and of the load itself.
`;

/** Replaces the sections that were measured and keeps the others, so that one measurement can be repeated alone. */
export async function writeResults(sections: readonly Section[], machine: string): Promise<string> {
  const kept = new Map(await existing());
  const date = new Date().toISOString().slice(0, 10);
  for (const { name, title, lines } of sections) {
    const text = [
      `## ${title}`,
      '',
      `\`node benchmarks/dist/main.js ${name}\` · ${date} · ${machine}`,
      '',
      ...lines,
    ];
    kept.set(title, `${text.join('\n').trim()}\n`);
  }
  await writeFile(FILE, [HEAD, ...kept.values()].join('\n'));
  return FILE;
}

async function existing(): Promise<[string, string][]> {
  const text = await readFile(FILE, 'utf8').catch(() => '');
  const parts = text.split(/^(?=## )/m).filter((part) => part.startsWith('## '));
  return parts.map((part) => [part.slice(3, part.indexOf('\n')), `${part.trim()}\n`]);
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}
