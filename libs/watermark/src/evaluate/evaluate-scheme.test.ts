import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileAttack } from '../attacks/file-attack';
import { WatermarkKey } from '../keys/watermark-key';
import { LOWEST_BIT_DOCUMENT, LOWEST_BIT_SCHEME } from '../testing/lowest-bit-scheme';
import { evaluateScheme, type Evaluation, type EvaluationRow } from './evaluate-scheme';

const KEY = new WatermarkKey(new Uint8Array(32).fill(7));

function attack(name: string, change: (bytes: Buffer) => Buffer): FileAttack {
  return {
    ...{ name, medium: 'image', group: 'editing' },
    apply: async (input, output) => {
      await writeFile(output, change(await readFile(input)));
    },
  };
}

const FLIP_SOME = attack('flip-20', (bytes) =>
  Buffer.from(bytes.map((byte, at) => (at < 20 ? byte ^ 1 : byte))),
);
const CLEAR = attack('clear', (bytes) => Buffer.alloc(bytes.length));
const SHORTEN = attack('shorten', (bytes) => bytes.subarray(0, 10));

let folder: string;
/** Where files in between lie: nobody else's runs, so that what is left over is ours. */
let between: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evaluate-test-'));
  between = mkdtempSync(join(tmpdir(), 'evaluate-between-'));
  jest.spyOn(jest.requireActual<{ tmpdir(): string }>('node:os'), 'tmpdir').mockReturnValue(between);
  writeFileSync(join(folder, 'plain.bin'), Buffer.alloc(1024, 'content '));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
  rmSync(between, { recursive: true });
});

function evaluation(changes: Partial<Evaluation> = {}): Evaluation {
  return {
    ...{ document: LOWEST_BIT_DOCUMENT, scheme: LOWEST_BIT_SCHEME, key: KEY },
    input: join(folder, 'plain.bin'),
    payload: Buffer.from('0123456789abcdef', 'hex'),
    attacks: [],
    ...changes,
  };
}

const leftOver = (): Promise<string[]> => readdir(between);

describe('evaluating a scheme', () => {
  it('has a row for the unmarked, the marked and each attacked content', async () => {
    const told: EvaluationRow[] = [];
    const table = await evaluateScheme(
      evaluation({ attacks: [FLIP_SOME, CLEAR, SHORTEN], onRow: (row) => told.push(row) }),
    );
    expect(
      table.rows.map(({ attack: name, decision, payload_exact: exact }) => [name, decision, exact]),
    ).toEqual([
      ['unmarked', 'not-detected', false],
      ['none', 'detected', true],
      ['flip-20', 'detected', true],
      ['clear', 'not-detected', false],
      ['shorten', 'error', false],
    ]);
    expect(told).toEqual(table.rows);
    expect(table.rows[2]).toMatchObject({ corrected: 20, raw_matches: 236, raw_total: 256 });
    expect(table.rows[4]?.error).toContain('MEDIA_TOO_SMALL');
    expect(table.summary).toEqual({ attacks: 3, exact: 1, false_alarm: false });
    expect(table).toMatchObject({ payload: '0123456789abcdef', embedding: { psnr: '51.14' } });
  });

  it('leaves no file behind and the input as it was', async () => {
    const input = await readFile(join(folder, 'plain.bin'));
    let during: string[] = [];
    const look: FileAttack = {
      ...FLIP_SOME,
      apply: async (from, to) => {
        during = await leftOver();
        await FLIP_SOME.apply(from, to);
      },
    };
    await evaluateScheme(evaluation({ attacks: [look] }));
    expect(during).toHaveLength(1);
    expect(await leftOver()).toEqual([]);
    expect(await readFile(join(folder, 'plain.bin'))).toEqual(input);
    expect(await readdir(folder)).toEqual(['plain.bin']);
  });

  it('does not take a mark with another payload for its own', async () => {
    const other = join(folder, 'other.bin');
    const task = { document: LOWEST_BIT_DOCUMENT, key: KEY, content: { path: join(folder, 'plain.bin') } };
    await LOWEST_BIT_SCHEME.embed?.({ ...task, payload: Buffer.alloc(8, 1), output: other });
    const swap: FileAttack = { ...FLIP_SOME, name: 'swap', apply: (_, output) => copyFile(other, output) };
    const { rows } = await evaluateScheme(evaluation({ attacks: [swap] }));
    expect(rows[2]).toMatchObject({ decision: 'detected', payload_exact: false });
  });

  it('reports a false alarm in content that is marked already', async () => {
    const marked = join(folder, 'marked.bin');
    const { document, key, input, payload } = evaluation();
    await LOWEST_BIT_SCHEME.embed?.({ document, key, content: { path: input }, payload, output: marked });
    expect((await evaluateScheme(evaluation({ input: marked }))).summary.false_alarm).toBe(true);
  });

  it('stops in the middle, with nothing left behind', async () => {
    const controller = new AbortController();
    const stop = attack('stop', (bytes) => {
      controller.abort();
      return bytes;
    });
    const rows: EvaluationRow[] = [];
    const run = evaluateScheme(
      evaluation({ attacks: [stop, CLEAR], signal: controller.signal, onRow: (row) => rows.push(row) }),
    );
    await expect(run).rejects.toThrow(expect.objectContaining({ code: 'ABORTED' }) as Error);
    expect(rows.map((row) => row.attack)).toEqual(['unmarked', 'none']);
    expect(await leftOver()).toEqual([]);
  });

  it.each([
    ['SCHEME_NO_EMBEDDER', { scheme: withoutEmbedder() }],
    ['PAYLOAD_MALFORMED', { payload: Buffer.alloc(4) }],
  ])('refuses with %s before anything is attacked', async (code, changes) => {
    await expect(evaluateScheme(evaluation({ attacks: [CLEAR], ...changes }))).rejects.toThrow(
      expect.objectContaining({ code }) as Error,
    );
  });

  it('tells of progress that never falls and ends at one', async () => {
    const parts: number[] = [];
    await evaluateScheme(evaluation({ attacks: [FLIP_SOME, CLEAR], onProgress: (part) => parts.push(part) }));
    expect(parts).toEqual([...parts].sort((a, b) => a - b));
    expect(parts.at(-1)).toBe(1);
  });
});

function withoutEmbedder(): Evaluation['scheme'] {
  return { ...LOWEST_BIT_SCHEME, embed: undefined } as unknown as Evaluation['scheme'];
}
