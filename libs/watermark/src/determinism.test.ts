import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { canonicalize } from '@maker-registry/protocol';
import { readVectors } from './testing/test-vectors';

/** The room is compiled and a process started for each Node; a busy machine takes its time. */
jest.setTimeout(300_000);

const ROOT = join(__dirname, '..', '..', '..');

/** npm puts a Node of its own packages first on the path; the machine's own Node, the oldest one mostly, comes after. */
const ON_PATH = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .map((folder) => join(folder, 'node'));
const FROM_NPM = ['node22', 'node24'].map((name) => join(ROOT, 'node_modules', name, 'bin', 'node'));

/** One program for each major version of Node at hand, by version. */
const RUNTIMES = new Map(
  [process.execPath, ...ON_PATH, ...FROM_NPM]
    .filter((file) => existsSync(file))
    .map(
      (file) => [execFileSync(file, ['--version'], { encoding: 'utf8' }).split('.')[0] ?? '', file] as const,
    ),
);

describe('determinism: the evidence of every vector on every Node at hand', () => {
  beforeAll(() => {
    // Other Nodes know no TypeScript; the build is of these very sources.
    execFileSync(process.execPath, [join(ROOT, 'node_modules', '.bin', 'tsc'), '-b', 'libs/watermark'], {
      cwd: ROOT,
    });
  });

  function evidence(runtime: string): string {
    const script = join(ROOT, 'libs', 'watermark', 'dist', 'testing', 'print-evidence.js');
    return execFileSync(runtime, [script], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  }

  it('has several versions to compare: those of npm, and that of the machine', () => {
    expect([...RUNTIMES.keys()]).toEqual(expect.arrayContaining(['v22', 'v24']));
  });

  it.each([...RUNTIMES])('Node %s gives the published bytes', (_version, runtime) => {
    const published = readVectors().map(({ name, vector }) => `${name}\t${canonicalize(vector.evidence)}\n`);
    expect(published.length).toBeGreaterThan(0);
    expect(evidence(runtime)).toBe(published.join(''));
  });
});
