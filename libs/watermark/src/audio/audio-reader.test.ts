import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { unmask } from '../coding/code-mask';
import { KeyedStream } from '../keys/keyed-stream';
import { WatermarkKey } from '../keys/watermark-key';
import { schemeDocumentOf } from '../scheme/scheme-table';
import { drawnSound } from '../testing/drawn-sound';
import { AudioMarker } from './audio-marker';
import { audioParams, type AudioParams } from './audio-params';
import { type AudioFinding, AudioReader } from './audio-reader';
import { Resampler } from './resampler';
import { SpectrumFrames } from './spectrum-frames';
import { type Threads } from './window-pool';
import { audioQuestion, judged, readWindow } from './window-reading';

const RATE = 16_000;
/** Frames of 128 samples in a second. */
const FRAMES = RATE / 128;
const document = schemeDocumentOf(
  JSON.parse(readFileSync(join(__dirname, '..', '..', 'schemes', 'audio-patchwork-v1.json'), 'utf8')),
);
const params = audioParams(document);
const key = new WatermarkKey(Buffer.alloc(32, 7));
const payload = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const question = audioQuestion(key, document.scheme_id, params);
/** Short windows and few speeds: the rules are the same. */
const quick: AudioParams = {
  ...params,
  search: {
    window_s: 8,
    stages: [
      params.search.stages[0],
      { speeds: [{ from_ppm: 1_050_000, to_ppm: 1_050_000, step_ppm: 100 }], readings: 4 },
    ],
  },
};
const quickly = audioQuestion(key, document.scheme_id, quick);
jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), 'window-worker-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A thread runs no TypeScript. */
function bundledWorker(): string {
  const outfile = join(folder, 'window-worker.cjs');
  const entry = join(__dirname, 'window-worker.ts');
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: 'node', logLevel: 'error' });
  return outfile;
}

interface Setting {
  readonly rate?: number;
  readonly portion?: number;
  readonly by?: AudioParams;
  readonly threads?: Threads;
}

function marked(sound: Float64Array): Float64Array {
  const marker = new AudioMarker({ params, schemeId: document.scheme_id, key, payload }, RATE, 1);
  const keep = (): void => undefined;
  const result = new Float64Array(sound.length);
  const [begin] = marker.push([sound], keep);
  result.set(begin);
  result.set(marker.end(keep)[0], begin.length);
  return result;
}

/** White noise on top, so that not every code bit is read. */
function noisy(sound: Float64Array, strength: number): Float64Array {
  const stream = new KeyedStream(key, 'test-noise');
  return sound.map((value) => value + (strength * (stream.byte() - 127.5)) / 128);
}

async function read(
  sound: Float64Array,
  { rate = RATE, portion = 16_384, by = params, threads }: Setting = {},
): Promise<AudioFinding> {
  const reader = new AudioReader(audioQuestion(key, document.scheme_id, by), rate, threads);
  try {
    for (let at = 0; at < sound.length; at += portion) await reader.push([sound.subarray(at, at + portion)]);
    return await reader.end();
  } finally {
    await reader.close();
  }
}

function framesOf(sound: Float64Array, rate: number): Float64Array[] {
  const resampler = new Resampler(rate, RATE);
  const spectra = new SpectrumFrames(params.analysis.frame, params.analysis.hop);
  for (const part of [resampler.push(sound), resampler.end()]) {
    spectra.push(part, new Float64Array(part.length));
  }
  return spectra.frames;
}

describe('sound of several windows', () => {
  const sound = noisy(marked(drawnSound(65, RATE, 1)[0]), 0.01);
  let whole: AudioFinding;
  beforeAll(async () => {
    whole = await read(sound);
  });

  it('is read window by window and once as a whole, which says more than any of them', () => {
    expect(whole.local.map(({ place }) => place)).toEqual(['0.0s-30.0s', '30.0s-65.0s']);
    expect(Buffer.from(whole.judgement!.payload!)).toEqual(payload);
    const frames = framesOf(sound, RATE);
    for (const part of [frames.slice(0, 30 * FRAMES), frames.slice(30 * FRAMES)]) {
      const { judgement } = readWindow(part, question)!;
      expect(judgement.payload).toBeDefined();
      expect(judgement.matches).toBeLessThan(whole.judgement!.matches);
    }
  });

  it('lists a window only where it is that good among all windows', async () => {
    // Weak enough for a p-value that its decimals show.
    const weak = noisy(sound, 0.015);
    const limited = (p: string): Promise<AudioFinding> =>
      read(weak, { by: { ...params, threshold: { ...params.threshold, inconclusive_p_value: p } } });
    const places = (await limited('0.001')).local;
    const [worst] = places.map(({ p_value: p }) => Number(p)).sort((a, b) => b - a);
    expect(worst).toBeGreaterThan(1e-38);
    expect((await limited((worst * 1.9).toFixed(40))).local).toHaveLength(places.length - 1);
    expect((await limited((worst * 2.1).toFixed(40))).local).toHaveLength(places.length);
  });

  it.each([1000, 65 * RATE])('gives the same evidence in portions of %d samples', async (portion) => {
    expect(await read(sound, { portion })).toEqual(whole);
  });

  it('gives the same evidence read by several threads', async () => {
    const workerFile = bundledWorker();
    expect(await read(sound, { threads: { count: 2, workerFile } })).toEqual(whole);
  });

  it('ends its threads when it is left in the middle', async () => {
    const threads = { count: 2, workerFile: bundledWorker() };
    const reader = new AudioReader(question, RATE, threads);
    await reader.push([sound]);
    await reader.close();
    await expect(reader.end()).rejects.toThrow(/ha(s|ve) ended/);
  });

  it('hands on what a thread fails of', async () => {
    const workerFile = join(folder, 'broken.cjs');
    writeFileSync(workerFile, 'throw new Error("broken")');
    await expect(read(sound, { threads: { count: 2, workerFile } })).rejects.toThrow('broken');
  });
});

describe('sound that is read at a later speed, after the first reading has failed', () => {
  const rate = RATE * 1.05;
  const sound = marked(drawnSound(21, RATE, 1)[0]);
  const frames = framesOf(sound, rate);

  it('adds up readings that pilots chose, not those that the mask favored', async () => {
    const windows = [frames.slice(0, 8 * FRAMES), frames.slice(8 * FRAMES)];
    const findings = windows.map((part) => readWindow(part, quickly)!);
    const first = findings.map(({ firstSoft }) => judged(firstSoft, quickly));
    expect(first.map((judgement) => judgement.payload)).toEqual([undefined, undefined]);
    const alone = findings.map(({ judgement }) => judgement);
    expect(alone.every((judgement) => judgement.payload !== undefined)).toBe(true);
    // The sum is none of the mark, so the better window's own word stands.
    const best = Math.max(...alone.map(({ matches }) => matches));
    expect((await read(sound, { rate, by: quick })).judgement).toEqual(
      alone.find(({ matches }) => matches === best),
    );
  });

  it('has the same first reading under every mask', () => {
    const flipped = { ...quickly, mask: quickly.mask.map((bit, index) => bit ^ (index % 3 === 0 ? 1 : 0)) };
    const own = readWindow(frames, quickly)!;
    const other = readWindow(frames, flipped)!;
    expect(own.judgement.payload).toBeDefined();
    expect(other.judgement.payload).toBeUndefined();
    expect(unmask(other.firstSoft, flipped.mask)).toEqual(unmask(own.firstSoft, quickly.mask));
  });
});

describe('local evidence', () => {
  it('is none where the probability was cut off at 1, however many hypotheses the document allows', async () => {
    const sound = drawnSound(9, RATE, 1, 3)[0];
    const found = await read(sound, { by: { ...quick, hypotheses: 1_000_000 } });
    expect(found.judgement).toMatchObject({ total: 1024, probability: { numerator: 1n, denominator: 1n } });
    expect(found.local).toEqual([]);
  });
});
