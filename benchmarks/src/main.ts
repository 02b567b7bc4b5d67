/** `make bench`: every measurement in turn, or those named on the command line; writes benchmarks/RESULTS.md. */
import { MEASUREMENTS } from './measurements';
import { machine } from './machine';
import { writeResults, type Section } from './results';

function usage(): string {
  const names = MEASUREMENTS.map(({ name, title }) => `  ${name.padEnd(12)} ${title}`);
  return ['Usage: node benchmarks/dist/main.js [NAME …]', '', ...names, ''].join('\n');
}

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !MEASUREMENTS.some((one) => one.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`There is no measurement ${unknown.join(', ')}.\n${usage()}`);
    process.exitCode = 2;
    return;
  }
  const chosen = MEASUREMENTS.filter((one) => names.length === 0 || names.includes(one.name));
  const sections: Section[] = [];
  for (const measurement of chosen) {
    process.stdout.write(`\n${measurement.title}\n`);
    const lines = await measurement.run((line) => process.stdout.write(`  ${line}\n`));
    sections.push({ name: measurement.name, title: measurement.title, lines });
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  const file = await writeResults(sections, machine());
  process.stdout.write(`\nWritten to ${file}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
