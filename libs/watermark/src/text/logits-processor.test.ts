import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ParamsDocument } from '@maker-registry/protocol';
import { KeyedStream } from '../keys/keyed-stream';
import { WatermarkKey } from '../keys/watermark-key';
import { schemeDocumentOf, schemeOf } from '../scheme/scheme-table';
import { type Detection } from '../scheme/watermark-scheme';
import { GreenList } from './green-list';
import { type LogitsProcessor, logitsProcessor } from './logits-processor';
import { type TokenParams } from './text-params';

const VOCABULARY = 500;
const KEY = new WatermarkKey(new Uint8Array(32).fill(6));
const PAYLOAD = Buffer.from('feedbeef', 'hex');
const withCode = (code: string): unknown => expect.objectContaining({ name: 'WatermarkError', code });

/** A ready-made document for ids of some model's own tokenizer. */
function documentOf(name: string, params: Record<string, unknown> = {}): ParamsDocument {
  const path = join(__dirname, '..', '..', 'schemes', `${name}.json`);
  const document = schemeDocumentOf(JSON.parse(readFileSync(path, 'utf8')));
  const tokenizer = { name: 'token_ids', vocabulary_size: VOCABULARY };
  return { ...document, params: { ...document.params, tokenizer, ...params } };
}
const LIST = documentOf('text-green-list-v1');
const MULTIBIT = documentOf('text-green-multibit-v1');

/** A generation loop over a model without any preference: softmax of the logits, then a draw. */
function generate(mark: LogitsProcessor, count: number, seed: string): number[] {
  const stream = new KeyedStream(KEY, seed);
  const tokens = [1, 2, 3, 4];
  while (tokens.length < count) {
    const logits = new Float32Array(VOCABULARY);
    mark.process(tokens, logits);
    const weights = Array.from(logits, (logit) => Math.round(Math.exp(logit) * 1000));
    let point = stream.below(weights.reduce((sum, weight) => sum + weight, 0));
    tokens.push(weights.findIndex((weight) => (point -= weight) < 0));
  }
  return tokens;
}

const detect = (document: ParamsDocument, tokens: readonly number[]): Promise<Detection> =>
  schemeOf(document).detect({ document, key: KEY, content: { bytes: Buffer.from(JSON.stringify(tokens)) } });

describe('the logits processor', () => {
  it.each([1, 2, 3, 4])('raises green tokens by delta after %d tokens of context', (width) => {
    const document = documentOf('text-green-list-v1', { context_width: width });
    const list = new GreenList(KEY, document.params as unknown as TokenParams);
    const tokens = [9, 8, 7, 6, 5];
    const logits = new Float64Array(VOCABULARY).fill(0.25);
    logitsProcessor(document, KEY).process(tokens, logits);
    const expected = Array.from({ length: VOCABULARY }, (_, id) =>
      list.isGreen([...tokens.slice(-width), id], 0) ? 2.25 : 0.25,
    );
    expect(Array.from(logits)).toEqual(expected);
    const green = expected.filter((logit) => logit > 1).length;
    expect(green / VOCABULARY).toBeGreaterThan(0.18);
    expect(green / VOCABULARY).toBeLessThan(0.32);
  });

  it('treats candidates as it treats the whole vocabulary', () => {
    for (const mark of [logitsProcessor(LIST, KEY), logitsProcessor(MULTIBIT, KEY, PAYLOAD)]) {
      const dense = new Float32Array(VOCABULARY);
      mark.process([7], dense);
      const ids = [400, 3, 77, 3, 499];
      const logits = new Float32Array(ids.length);
      mark.process([7], { ids, logits });
      expect(Array.from(logits)).toEqual(ids.map((id) => dense[id]));
    }
  });

  it('favours one of the four colours where there is a payload', () => {
    const logits = new Float32Array(VOCABULARY);
    logitsProcessor(MULTIBIT, KEY, PAYLOAD).process([7], logits);
    const share = logits.filter((logit) => logit === 2).length / VOCABULARY;
    expect(share).toBeGreaterThan(0.18);
    expect(share).toBeLessThan(0.32);
  });

  it('marks what a loop generates, as the detectors find', async () => {
    const marked = generate(logitsProcessor(LIST, KEY), 120, 'list');
    expect(await detect(LIST, marked)).toMatchObject({ decision: 'detected' });
    const carrying = generate(logitsProcessor(MULTIBIT, KEY, PAYLOAD), 400, 'multibit');
    expect(await detect(MULTIBIT, carrying)).toMatchObject({ decision: 'detected', payload: 'feedbeef' });
    expect(await detect(LIST, carrying)).toMatchObject({ decision: 'not-detected' });
  });

  it('changes nothing before there is a context, nor behind the vocabulary', () => {
    const logits = new Float32Array(VOCABULARY + 12);
    const mark = logitsProcessor(documentOf('text-green-list-v1', { context_width: 3 }), KEY);
    mark.process([1, 2], logits);
    expect(logits.every((logit) => logit === 0)).toBe(true);
    mark.process([1, 2, 3], logits);
    expect(logits.subarray(VOCABULARY).every((logit) => logit === 0)).toBe(true);
    expect(logits.some((logit) => logit === 2)).toBe(true);
  });

  it('refuses ids outside of the vocabulary and lists of unlike lengths', () => {
    const mark = logitsProcessor(LIST, KEY);
    const logits = new Float32Array(2);
    const unreadable = withCode('MEDIA_UNREADABLE');
    for (const context of [VOCABULARY, -1, 1.5, Number.NaN]) {
      expect(() => {
        mark.process([context], logits);
      }).toThrow(unreadable as Error);
    }
    for (const ids of [[1], [1, VOCABULARY], [1, -1], [1, 2, 3]]) {
      expect(() => {
        mark.process([1], { ids, logits });
      }).toThrow(unreadable as Error);
    }
  });

  it('refuses other schemes, keys and payloads', () => {
    const unknown = { ...LIST, detector_spec: { ...LIST.detector_spec, name: 'text-synthid' } };
    expect(() => logitsProcessor(unknown, KEY)).toThrow(withCode('SCHEME_NO_EMBEDDER') as Error);
    const newer = { ...LIST, detector_spec: { ...LIST.detector_spec, version: '9.0.0' } };
    expect(() => logitsProcessor(newer, KEY)).toThrow(withCode('SCHEME_NO_EMBEDDER') as Error);
    const committed = { ...LIST, key_commitment: 'ab'.repeat(32) };
    expect(() => logitsProcessor(committed, KEY)).toThrow(withCode('KEY_COMMITMENT_MISMATCH') as Error);
    expect(() => logitsProcessor(LIST, KEY, PAYLOAD)).toThrow(withCode('PAYLOAD_MALFORMED') as Error);
    expect(() => logitsProcessor(MULTIBIT, KEY)).toThrow(withCode('PAYLOAD_MALFORMED') as Error);
  });

  it.each([
    ['no function', LIST, { prf: undefined }],
    ['no chance', LIST, { gamma: undefined }],
    ['a long context', LIST, { context_width: 5 }],
    ['an unknown member', LIST, { more: 1 }],
    ['no code', MULTIBIT, { code: undefined }],
  ])('refuses parameters with %s', (_, document, params) => {
    const changed = { ...document, params: { ...document.params, ...params } } as ParamsDocument;
    expect(() => logitsProcessor(changed, KEY, PAYLOAD)).toThrow(withCode('PARAMS_OUT_OF_RANGE') as Error);
  });
});
