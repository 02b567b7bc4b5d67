import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DetectorOutcome, MAX_LOCAL_FINDINGS, readDetectorOutcome } from '@maker-registry/protocol';
import * as fc from 'fast-check';
import { WatermarkKey } from '../keys/watermark-key';
import { LOWEST_BIT_DOCUMENT, LOWEST_BIT_SCHEME } from '../testing/lowest-bit-scheme';
import { committedTo } from './commit-document';
import { detectorsFor, outcomeOf, type SchemeDetector } from './detectors';
import { nothingFound } from './decide';
import { readyMadeSchemes } from './ready-made';
import { type Detection, type WatermarkScheme } from './watermark-scheme';

const KEY = new WatermarkKey(new Uint8Array(32).fill(7));
const OTHER = new WatermarkKey(new Uint8Array(32).fill(8));
const DOCUMENT = committedTo(LOWEST_BIT_DOCUMENT, 'mine-1', KEY);
const PAYLOAD = Buffer.from('0123456789abcdef', 'hex');
const CONTEXT = { signal: new AbortController().signal };
const NOTHING = nothingFound({ threshold: { p_value: '0.000001', inconclusive_p_value: '0.001' } }, 64, 1n);

let folder: string;
let marked: Uint8Array;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'detectors-'));
  const [plain, output] = [join(folder, 'plain'), join(folder, 'marked')];
  writeFileSync(plain, Buffer.alloc(1024, 'content '));
  const task = { document: DOCUMENT, key: KEY, content: { path: plain }, payload: PAYLOAD, output };
  await LOWEST_BIT_SCHEME.embed?.(task);
  marked = readFileSync(output);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function detectorOf(keys: readonly WatermarkKey[], changes: Partial<WatermarkScheme> = {}): SchemeDetector {
  return detectorsFor(keys, [{ ...LOWEST_BIT_SCHEME, ...changes }])[0];
}

const withCode = (code: string): Error => expect.objectContaining({ code }) as Error;

describe('detectors for a verifier', () => {
  it('find the payload with the key that the document commits to, wherever it stands among the keys', async () => {
    for (const keys of [[KEY], [OTHER, KEY]]) {
      const detector = detectorOf(keys);
      expect([detector.name, detector.version]).toEqual(['lowest-bit', '1.0.0']);
      const outcome = readDetectorOutcome(await detector.detect(marked, DOCUMENT, CONTEXT));
      expect(outcome).toMatchObject({ decision: 'detected', payload: '0123456789abcdef', payload_bits: 64 });
    }
  });

  it('can read what commits to one of their keys, and neither templates nor metadata', () => {
    const template = { ...DOCUMENT, key_commitment: '0'.repeat(64) };
    expect(detectorOf([OTHER, KEY]).canRead(DOCUMENT)).toBe(true);
    expect(detectorOf([OTHER]).canRead(DOCUMENT)).toBe(false);
    expect(detectorOf([]).canRead(DOCUMENT)).toBe(false);
    expect(detectorOf([KEY]).canRead(template)).toBe(false);
    expect(detectorOf([KEY], { robust: false }).canRead(DOCUMENT)).toBe(false);
  });

  it('find nothing in other content', async () => {
    const outcome = readDetectorOutcome(
      await detectorOf([KEY]).detect(new Uint8Array(512), DOCUMENT, CONTEXT),
    );
    expect(outcome.decision).toBe('not-detected');
    expect(outcome.payload).toBeUndefined();
  });

  it.each([
    ['no key', [], 'No watermark key was given'],
    ['other keys', [OTHER], 'None of 1 given keys'],
  ])('say with %s that the key is not here', async (_what, keys, words) => {
    const detection = detectorOf(keys).detect(marked, DOCUMENT, CONTEXT);
    await expect(detection).rejects.toThrow(withCode('KEY_COMMITMENT_MISMATCH'));
    await expect(detection).rejects.toThrow(words);
  });

  it('refuse a template, for which anybody can make marks', async () => {
    await expect(detectorOf([KEY]).detect(marked, LOWEST_BIT_DOCUMENT, CONTEXT)).rejects.toThrow(
      withCode('SCHEME_NO_EVIDENCE'),
    );
  });

  it('refuse a metadata layer before they look at content', async () => {
    const detect = jest.fn();
    const detection = detectorOf([KEY], { robust: false, detect }).detect(marked, DOCUMENT, CONTEXT);
    await expect(detection).rejects.toThrow(withCode('SCHEME_NO_EVIDENCE'));
    expect(detect).not.toHaveBeenCalled();
  });

  it.each([
    [
      'another version',
      { detector_spec: { ...DOCUMENT.detector_spec, version: '2.0.0' } },
      'SCHEME_UNKNOWN_DETECTOR',
    ],
    ['parameters out of range', { params: { ...DOCUMENT.params, hypotheses: 0 } }, 'PARAMS_OUT_OF_RANGE'],
  ])('refuse a document of %s', async (_what, changes, code) => {
    await expect(detectorOf([KEY]).detect(marked, { ...DOCUMENT, ...changes }, CONTEXT)).rejects.toThrow(
      withCode(code),
    );
  });

  it('stop when the verifier does', async () => {
    const context = { signal: AbortSignal.abort() };
    await expect(detectorOf([KEY]).detect(marked, DOCUMENT, context)).rejects.toThrow(withCode('ABORTED'));
  });

  it('pass the media type on', async () => {
    const detect = jest.fn().mockResolvedValue(NOTHING);
    await detectorOf([KEY], { detect }).detect(marked, DOCUMENT, { ...CONTEXT, mediaType: 'image/png' });
    expect(detect).toHaveBeenCalledWith(
      expect.objectContaining({ key: KEY, content: { bytes: marked, mediaType: 'image/png' } }),
    );
  });
});

describe('a detection in a verifier’s words', () => {
  const wordsOf = (detection: Detection, placesSearched?: number): DetectorOutcome =>
    outcomeOf(detection, { placesSearched, inconclusive: '0.001' });
  const place = (name: string, p_value?: string) => ({
    ...{ place: name, confidence: '0.9' },
    ...(p_value === undefined ? {} : { p_value }),
  });

  it('has no payload unless detected, and none of a mark that carries none', () => {
    const found: Detection = { ...NOTHING, decision: 'detected', payload: 'ab', bits: 8 };
    expect(wordsOf(found)).toMatchObject({ payload: 'ab', payload_bits: 8 });
    expect(wordsOf({ ...found, decision: 'inconclusive' }).payload).toBeUndefined();
    expect(wordsOf({ ...found, bits: 0 }).payload).toBeUndefined();
  });

  it('has every place of a marked content', () => {
    const local = [place('0s-5s'), place('5s-10s', '0.5')];
    expect(wordsOf({ ...NOTHING, decision: 'detected', local }).local).toHaveLength(2);
  });

  it('has of doubtful content only places that tell, corrected for how many were looked at', () => {
    const local = [place('a', '0.0001'), place('b', '0.5'), place('c')];
    expect(wordsOf({ ...NOTHING, decision: 'inconclusive', local }).local).toEqual([
      { place: 'a', confidence: '0.9' },
    ]);
    const many = [place('a', '0.0001'), ...Array.from({ length: 10 }, () => place('b', '0.9'))];
    expect(wordsOf({ ...NOTHING, decision: 'inconclusive', local: many }).local).toBeUndefined();
  });

  it('has of doubtful content no place that was only listed because it tells, out of many', () => {
    const local = [place('0.0s-30.0s', '0.0001')];
    const doubtful: Detection = { ...NOTHING, decision: 'inconclusive', local };
    expect(wordsOf(doubtful, 10).local).toHaveLength(1);
    expect(wordsOf(doubtful, 11).local).toBeUndefined();
  });

  it('has no place of content that is in doubt as a whole: a weak mark is no trace of tampering', () => {
    const local = [place('tokens 0-200', '0.00001')];
    const doubtful: Detection = { ...NOTHING, decision: 'inconclusive', local };
    expect(wordsOf({ ...doubtful, p_value: '0.001' }).local).toBeUndefined();
    expect(wordsOf({ ...doubtful, p_value: '0.0011' }).local).toHaveLength(1);
  });

  it('has no scores of the whole content in the place of places', () => {
    const local = [place('mean score 0.53 of 200 n-grams', '0.0000001')];
    for (const decision of ['detected', 'inconclusive'] as const) {
      expect(wordsOf({ ...NOTHING, decision, local }, 0).local).toBeUndefined();
    }
  });

  it.each([
    ['text-synthid-v1', 0, 0],
    ['audio-patchwork-v1', 100, 10_000],
    ['video-fourier-v1', 16, 16],
    ['video-fourier-audio-v1', 100, 10_000],
  ])('knows of how many places those of %s are a choice', async (name, least, most) => {
    const found = (await readyMadeSchemes()).find((each) => each.name === name);
    const places = found?.scheme.placesSearched?.(found.document);
    expect(places).toBeGreaterThanOrEqual(least);
    expect(places).toBeLessThanOrEqual(most);
  });

  it('comes from a detector without what its scheme calls no places', async () => {
    const local = [place('a', '0.0000001')];
    const detect = jest.fn().mockResolvedValue({ ...NOTHING, decision: 'inconclusive', local });
    const found = await detectorOf([KEY], { detect }).detect(marked, DOCUMENT, CONTEXT);
    expect(found.local).toHaveLength(1);
    const detector = detectorOf([KEY], { detect, placesSearched: () => 0 });
    expect((await detector.detect(marked, DOCUMENT, CONTEXT)).local).toBeUndefined();
  });

  it('has no place of content without a mark: a verifier would suspect tampering', () => {
    const local = [place('a', '0.0000001')];
    expect(wordsOf({ ...NOTHING, decision: 'not-detected', local }).local).toBeUndefined();
  });

  it('keeps to a verifier’s bounds, whatever a scheme says', () => {
    const local = Array.from({ length: MAX_LOCAL_FINDINGS + 1 }, (_, at) =>
      place(`${at}: ${'é'.repeat(300)}`),
    );
    const outcome = readDetectorOutcome(wordsOf({ ...NOTHING, decision: 'detected', local }));
    expect(outcome.local).toHaveLength(MAX_LOCAL_FINDINGS);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
        readDetectorOutcome(wordsOf({ ...NOTHING, decision: 'detected', local: [place(name)] }));
      }),
    );
  });
});
