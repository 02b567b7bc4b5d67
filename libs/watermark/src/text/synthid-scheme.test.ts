import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ParamsDocument, readDetectorOutcome, utf8 } from '@maker-registry/protocol';
import { WatermarkKey } from '../keys/watermark-key';
import { committedTo } from '../scheme/commit-document';
import { readSchemeDocument } from '../scheme/read-scheme-document';
import { MersenneTwister } from './mersenne-twister';
import { synthIdConfig } from './synthid-config';
import { MAX_SYNTHID_TOKENS } from './synthid-detector';
import { synthIdKeys } from './synthid-keys';
import { type SynthIdParams } from './synthid-params';
import { TEXT_SYNTHID } from './synthid-scheme';
import { samplingTable } from './synthid-table';
import { TOKENIZERS } from './tokenizer-table';

const TEMPLATE = readFileSync(resolve(__dirname, '../../schemes/text-synthid-v1.json'));
const KEY = new WatermarkKey(Uint8Array.from({ length: 32 }, (_, index) => index));
const { document: DOCUMENT } = readSchemeDocument(TEMPLATE);
const LIBRARY = JSON.parse(
  readFileSync(resolve(__dirname, '../../vectors/text-synthid/library.json'), 'utf8'),
) as { vectors: { config: { keys: string[] }; tokens: number[] }[] };
const [MARKED] = LIBRARY.vectors;

const withCode = (code: string, subject?: string): Error =>
  expect.objectContaining(subject === undefined ? { code } : { code, subject }) as Error;
const changed = (params: object): ParamsDocument => ({
  ...DOCUMENT,
  params: { ...DOCUMENT.params, ...params },
});
const listKey = (keys: readonly (bigint | string | number)[]): WatermarkKey =>
  WatermarkKey.fromFile(Buffer.from(`[${keys.join(', ')}]`));
const json = (text: string) => ({ bytes: utf8(text), mediaType: 'application/json' });
const LISTED = changed({ keys: 'list', eos_token_id: 4095 });
const detect = (tokens: unknown, document = LISTED, key = listKey(MARKED.config.keys)) =>
  TEXT_SYNTHID.detect({ document, key, content: json(JSON.stringify(tokens)) });

describe('text-synthid', () => {
  it('finds what transformers marked, and shows the scores of synthid-text', async () => {
    const found = await detect(MARKED.tokens);
    expect(found).toMatchObject({
      decision: 'detected',
      bits: 0,
      corrected: 0,
      raw_matches: 4365,
      raw_total: 196 * 30,
      hypotheses: '1',
      threshold: { p_value: '0.000001', met: true },
    });
    expect(found.payload).toBeUndefined();
    expect(found.local.map(({ place }) => place)).toEqual([
      'mean score 0.742347 of 196 n-grams',
      'weighted-mean score 0.743983 of 196 n-grams',
    ]);
    const { decision, confidence, p_value, local } = found;
    expect(() =>
      readDetectorOutcome({
        ...{ decision, confidence, p_value },
        local: local.map((place) => ({ place: place.place, confidence: place.confidence })),
      }),
    ).not.toThrow();
  });

  it('finds nothing with another key, nor in a text that ended before it began', async () => {
    expect((await detect(MARKED.tokens, LISTED, listKey(synthKeys(30)))).decision).toBe('not-detected');
    const ended = await detect([4095, ...MARKED.tokens]);
    expect(ended).toMatchObject({ decision: 'not-detected', p_value: '1', log10_p: 0, raw_total: 0 });
  });

  it('reads a file as it reads bytes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'synthid-'));
    try {
      const path = join(folder, 'tokens.json');
      writeFileSync(path, JSON.stringify(MARKED.tokens));
      const key = listKey(MARKED.config.keys);
      const found = await TEXT_SYNTHID.detect({ document: LISTED, key, content: { path } });
      expect(found).toEqual(await detect(MARKED.tokens));
      await expect(
        TEXT_SYNTHID.detect({ document: LISTED, key, content: { path: join(folder, 'none') } }),
      ).rejects.toThrow(withCode('MEDIA_UNREADABLE'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('embeds nothing: that is the sampler’s part', () => {
    expect(TEXT_SYNTHID.embed).toBeUndefined();
  });

  it.each([
    ['MEDIA_TOO_SMALL', []],
    ['MEDIA_TOO_SMALL', [7]],
    ['MEDIA_TOO_SMALL', [1, 2, 3, 4]],
    ['MEDIA_UNREADABLE', [1, 2, 3, 4, 262_144]],
    ['MEDIA_UNREADABLE', [1, 2, 3, 4, -1]],
    ['MEDIA_UNREADABLE', [1, 2, 3, 4, 0.5]],
    ['MEDIA_UNREADABLE', [1, 2, 3, 4, '5']],
    ['MEDIA_UNREADABLE', [[1], 2, 3, 4, 5]],
    ['MEDIA_UNREADABLE', { tokens: [1, 2, 3, 4, 5] }],
    ['MEDIA_UNREADABLE', null],
    ['MEDIA_TOO_LARGE', new Array(MAX_SYNTHID_TOKENS + 1).fill(1)],
    ['MEDIA_TOO_LARGE', 'x'.repeat(10_000_000)],
  ])('refuses with %s what is no text of tokens', async (code, tokens) => {
    await expect(detect(tokens)).rejects.toThrow(withCode(code));
  });

  it.each(['', '[1,2', '[1,2,]', '[1e400]', '[1,2,3,4,5] x'])('refuses the list "%s"', async (text) => {
    const key = listKey(MARKED.config.keys);
    await expect(TEXT_SYNTHID.detect({ document: LISTED, key, content: json(text) })).rejects.toThrow(
      withCode('MEDIA_UNREADABLE'),
    );
  });

  it('cuts text with a tokenizer of this package, and corrects for its readings', async () => {
    const [{ name, vocabularySha256, vocabularySize }] = TOKENIZERS;
    const tokenizer = { name, vocabulary_sha256: vocabularySha256, vocabulary_size: vocabularySize };
    const document = changed({ tokenizer, readings: ['exact', 'cleaned'] });
    const text = 'The quick brown fox jumps over the lazy dog.';
    const judge = (params: ParamsDocument, bytes = utf8(text)) =>
      TEXT_SYNTHID.detect({ document: params, key: KEY, content: { bytes } });
    const found = await judge(document);
    expect(found).toMatchObject({ decision: 'not-detected', hypotheses: '2', raw_total: 6 * 30 });
    const { p_value: exact } = await judge(changed({ tokenizer }));
    expect(Number(found.p_value)).toBeCloseTo(Math.min(1, 2 * Number(exact)), 12);
    await expect(judge(document, Uint8Array.of(0x80, 0x80))).rejects.toThrow(withCode('MEDIA_UNREADABLE'));
    await expect(judge(changed({ tokenizer: { ...tokenizer, vocabulary_size: 9 } }))).rejects.toThrow(
      withCode('PARAMS_OUT_OF_RANGE', '/params/tokenizer'),
    );
  });

  it('stops when told to', async () => {
    const task = { document: LISTED, key: listKey(MARKED.config.keys), content: json('[1,2,3,4,5]') };
    await expect(TEXT_SYNTHID.detect({ ...task, signal: AbortSignal.abort() })).rejects.toThrow(
      withCode('ABORTED'),
    );
    const caller = new AbortController();
    const detection = TEXT_SYNTHID.detect({ ...task, signal: caller.signal });
    caller.abort();
    await expect(detection).rejects.toThrow(withCode('ABORTED'));
  });

  it.each([
    ['/params/ngram_len', { ngram_len: 1 }],
    ['/params/ngram_len', { ngram_len: 17 }],
    ['/params/depth', { depth: 0 }],
    ['/params/depth', { depth: 65 }],
    ['/params/keys', { keys: [1, 2] }],
    ['/params/sampling_table/size', { sampling_table: { source: 'mt19937', size: 1000, seed: 0 } }],
    ['/params/sampling_table/seed', { sampling_table: { source: 'mt19937', size: 65_536, seed: -1 } }],
    ['/params/sampling_table/source', { sampling_table: { source: 'philox', size: 65_536, seed: 0 } }],
    ['/params/context_history_size', { context_history_size: 0 }],
    ['/params/statistic', { statistic: 'bayesian' }],
    ['/params/tokenizer/vocabulary_size', { tokenizer: { name: 'token_ids', vocabulary_size: 1 } }],
    ['/params/payload_bits', { payload_bits: 64 }],
    ['/params/tokenizer/name', { tokenizer: { name: 'gpt2', vocabulary_size: 50_257 } }],
    ['/params/readings', { readings: [] }],
  ])('refuses a document that is out of range at %s', (subject, params) => {
    expect(() => readSchemeDocument(utf8(JSON.stringify(changed(params))))).toThrow(
      withCode('PARAMS_OUT_OF_RANGE', subject),
    );
  });

  it('refuses an end-of-text token that is no token, a table of another length, and a foreign key', async () => {
    await expect(detect([1], changed({ keys: 'list', eos_token_id: 262_144 }))).rejects.toThrow(
      withCode('PARAMS_OUT_OF_RANGE', '/params/eos_token_id'),
    );
    const table = { source: 'bits', size: 65_536, bits: 'AAAA' };
    await expect(detect([1], changed({ keys: 'list', sampling_table: table }))).rejects.toThrow(
      withCode('PARAMS_OUT_OF_RANGE', '/params/sampling_table/bits'),
    );
    await expect(detect([1], committedTo(LISTED, 'mine-1', KEY))).rejects.toThrow(
      withCode('KEY_COMMITMENT_MISMATCH'),
    );
  });
});

describe('keys of the layers', () => {
  const params = DOCUMENT.params as unknown as SynthIdParams;
  const listed: SynthIdParams = { ...params, keys: 'list' };

  it('come from the keyed stream, as transformers is told', () => {
    const keys = synthIdKeys(KEY, params);
    expect(keys).toHaveLength(30);
    expect(keys.slice(0, 3)).toEqual([845_063_701n, 4_093_242_183n, 3_876_673_957n]);
    expect(synthIdConfig(committedTo(DOCUMENT, 'mine-1', KEY), KEY)).toEqual({
      ngram_len: 5,
      keys: keys.map(Number),
      context_history_size: 1024,
      sampling_table_size: 65_536,
      sampling_table_seed: 0,
    });
  });

  it('are not told for a document of another scheme, nor of one out of range', () => {
    const list = readSchemeDocument(
      readFileSync(resolve(__dirname, '../../schemes/text-green-list-v1.json')),
    );
    expect(() => synthIdConfig(list.document, KEY)).toThrow(withCode('SCHEME_UNKNOWN_DETECTOR'));
    expect(() => synthIdConfig(changed({ depth: 0 }), KEY)).toThrow(
      withCode('PARAMS_OUT_OF_RANGE', '/params/depth'),
    );
  });

  it('come from a list, up to the ends of 64 signed bits', () => {
    const list = synthKeys(28).concat([-(1n << 63n), (1n << 63n) - 1n]);
    expect(synthIdKeys(listKey(list), listed)).toEqual(list);
  });

  it.each([
    ['too few', synthKeys(29)],
    ['too many', synthKeys(31)],
    ['beyond 64 bits', synthKeys(29).concat([1n << 63n])],
    ['one key over and over', synthKeys(1).concat(new Array<bigint>(29).fill(5n))],
    ['equal modulo the table', synthKeys(29).concat([synthKeys(1)[0] + 65_536n])],
  ])('are no list of %s', (_, list) => {
    expect(() => synthIdKeys(listKey(list), listed)).toThrow(withCode('KEY_MALFORMED'));
  });

  it('are not taken for the other kind', () => {
    expect(() => synthIdKeys(KEY, listed)).toThrow(withCode('KEY_MALFORMED'));
    expect(() => synthIdKeys(listKey(synthKeys(30)), params)).toThrow(withCode('KEY_MALFORMED'));
    expect(() => synthIdConfig(LISTED, listKey(synthKeys(30)))).toThrow(
      withCode('PARAMS_OUT_OF_RANGE', '/params/keys'),
    );
  });
});

describe('sampling table', () => {
  it('begins as the reference of MT19937 does', () => {
    const generator = new MersenneTwister(5489);
    expect([generator.uint32(), generator.uint32(), generator.uint32()]).toEqual([
      3_499_211_612, 581_869_302, 3_890_346_734,
    ]);
    for (let drawn = 4; drawn < 10_000; drawn += 1) generator.uint32();
    expect(generator.uint32()).toBe(4_123_659_995);
  });

  it('can be given as bits', () => {
    const drawn = samplingTable({ source: 'mt19937', size: 256, seed: 7 });
    const bytes = Buffer.alloc(32);
    drawn.forEach((bit, place) => (bytes[place >> 3] |= bit << (7 - (place & 7))));
    expect(samplingTable({ source: 'bits', size: 256, bits: bytes.toString('base64') })).toEqual(drawn);
  });
});

/** Different keys, small and large. */
function synthKeys(count: number): bigint[] {
  return Array.from({ length: count }, (_, index) => BigInt(index + 1) * 1_000_003n + 17n);
}
