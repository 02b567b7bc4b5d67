import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACTS, INTENT_TYPES } from '@maker-registry/protocol';
import type { ReplayOutcome, ReplayTransaction } from './replay';

/** Bundles are built and processes started; a busy machine takes its time. */
jest.setTimeout(60_000);

const ROOM = join(__dirname, '..', '..');
const MODULES = join(ROOM, '..', 'node_modules');

/** This Node, and the newer ones that npm ships for tests. */
const RUNTIMES = [
  process.execPath,
  ...['node22', 'node24']
    .map((name) => join(MODULES, name, 'bin', 'node'))
    .filter((file) => existsSync(file)),
];

describe('determinism', () => {
  let folder: string;
  let story: string;

  const bundle = (entry: string): string => {
    const output = join(folder, `${entry}.cjs`);
    execFileSync(process.execPath, [join(ROOM, 'scripts', 'bundle.mjs'), output, entry]);
    return output;
  };
  const replay = (runtime: string, input = story): string =>
    execFileSync(runtime, [join(folder, 'replay.ts.cjs')], {
      input,
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'determinism-'));
    story = execFileSync(process.execPath, [bundle('sample.ts')], { encoding: 'utf8', maxBuffer: 2 ** 26 });
    bundle('replay.ts');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('holds for a story that calls every function that writes, with success at least once', () => {
    const transactions = story
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ReplayTransaction);
    const outcomes = replay(process.execPath)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ReplayOutcome);
    expect(outcomes).toHaveLength(transactions.length);
    const succeeded = new Set(
      transactions.filter((_, index) => outcomes[index]?.error === undefined).map((tx) => tx.function),
    );
    for (const entry of Object.values({ ...INTENT_TYPES, ...ACTS })) {
      expect(succeeded).toContain(`${entry.contract}:${entry.function}`);
    }
    expect(outcomes.filter(({ error }) => error !== undefined).length).toBeGreaterThan(4);
  });

  it('gives the same bytes in two processes on every Node at hand', () => {
    const first = replay(process.execPath);
    for (const runtime of RUNTIMES) expect(replay(runtime)).toBe(first);
    expect(RUNTIMES.length).toBeGreaterThan(1);
  });

  it('shows a difference where there is one', () => {
    const first = replay(process.execPath);
    const later = story.replace('"timestamp":1800000000', '"timestamp":1800000001');
    expect(replay(process.execPath, later)).not.toBe(first);
  });

  it('compiles nothing of the building machine into a bundle', () => {
    expect(readFileSync(join(folder, 'replay.ts.cjs'), 'utf8')).not.toContain(join(ROOM, '..'));
  });
});
