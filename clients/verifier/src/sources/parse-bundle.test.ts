import { sha256Hex } from '@maker-registry/protocol';
import {
  fixtureBundle,
  fixtureModel,
  fixtureRecord,
  fixtureScheme,
  marked,
  PARAMS,
} from '../testing/fixture-world';
import { isVerifierError } from '../verifier-error';
import { bundleSource } from './bundle-source';
import { parseBundle } from './parse-bundle';

const MODEL = fixtureModel();
const SCHEME = fixtureScheme(MODEL);
const RECORD = fixtureRecord('cat', marked('cat'), SCHEME);
const PARTS = {
  records: [RECORD],
  models: [MODEL],
  schemes: [SCHEME],
  content_index: { [RECORD.content_hash]: MODEL.model_ref },
  params: { [SCHEME.scheme_commitment]: PARAMS },
};
const BUNDLE = fixtureBundle(PARTS);

function refusal(text: string | Uint8Array): string {
  try {
    parseBundle(text);
  } catch (error) {
    if (isVerifierError(error)) return `${error.code} ${error.subject ?? ''}`;
    throw error;
  }
  return 'none';
}

const changed = (changes: Record<string, unknown>): string => JSON.stringify({ ...BUNDLE, ...changes });
const record = (changes: Record<string, unknown>): string =>
  changed({ records: [{ ...RECORD, ...changes }] });
const model = (changes: Record<string, unknown>): string => changed({ models: [{ ...MODEL, ...changes }] });
const scheme = (changes: Record<string, unknown>): string =>
  changed({ schemes: [{ ...SCHEME, ...changes }] });

describe('a bundle', () => {
  it('is read, also with members that a later ledger wrote into its documents', () => {
    expect(refusal(JSON.stringify(BUNDLE))).toBe('none');
    expect(refusal(record({ mood: 'good' }))).toBe('none');
    expect(refusal(changed({ params: undefined }))).toBe('none');
  });

  it.each([
    ['BUNDLE_MALFORMED 0', ''],
    ['BUNDLE_MALFORMED ', 'null'],
    ['BUNDLE_MALFORMED ', '[]'],
    ['BUNDLE_MALFORMED /format', '{}'],
    ['BUNDLE_MALFORMED /format', changed({ format: 'maker-registry-bundle/v2' })],
    ['BUNDLE_MALFORMED /network', changed({ network: 'main' })],
    ['BUNDLE_MALFORMED /height', changed({ height: -1 })],
    ['BUNDLE_MALFORMED /height', changed({ height: '42' })],
    ['BUNDLE_MALFORMED /extra', changed({ extra: true })],
    ['BUNDLE_MALFORMED /records', changed({ records: {} })],
    ['BUNDLE_MALFORMED /content_index', changed({ content_index: { ab: MODEL.model_ref } })],
    ['BUNDLE_MALFORMED /params', changed({ params: { ab: {} } })],
    ['BUNDLE_MALFORMED 12', '{"format":1,"format":1}'],
  ])('is refused with %s', (code, text) => {
    expect(refusal(text).startsWith(code.trimEnd())).toBe(true);
    expect(refusal(text)).not.toBe('none');
  });

  it.each([
    ['a record', record({ model_ref: 'x' })],
    ['a record', record({ content_hash: RECORD.content_hash.toUpperCase() })],
    ['a record', record({ schema_version: '1' })],
    ['a record', record({ schema_version: 1.5 })],
    ['a record', record({ nonce: 'ab' })],
    ['a record', record({ timestamp: -1 })],
    ['a record', record({ timestamp: '1790000000' })],
    ['a record', record({ signature: 'xyz' })],
    ['a record', record({ key_version: 0 })],
    ['a record', record({ annotations: ['fine'] })],
    ['a record', record({ annotations: undefined })],
    ['a record', record({ backfill: {} })],
    ['a record', record({ recorded: undefined })],
    ['a record', changed({ records: [null] })],
    ['a model', model({ owner: undefined })],
    ['a model', model({ keys: [{}] })],
    ['a model', model({ keys: [{ ...MODEL.keys[0], alg: 'rsa' }] })],
    ['a model', model({ flags: { disabled: 'no' } })],
    ['a scheme', scheme({ scheme_commitment: 'x' })],
    ['a scheme', scheme({ detector: 'marks' })],
    ['a scheme', scheme({ status: 'gone' })],
    ['a scheme', scheme({ params_uri: 'https://a\u202Eb' })],
    ['a scheme', scheme({ detector: { name: 'a\nb', version: '1' } })],
  ])('is refused with SOURCE_MALFORMED for %s', (_what, text) => {
    expect(refusal(text)).toMatch(/^SOURCE_MALFORMED /);
  });

  it('is refused when it is too large, too deep or not text', () => {
    expect(refusal(' '.repeat(67_108_865))).toMatch(/^BUNDLE_MALFORMED/);
    expect(refusal('['.repeat(100) + ']'.repeat(100))).toMatch(/^BUNDLE_MALFORMED/);
    expect(refusal(Uint8Array.of(0xff, 0xfe))).toMatch(/^BUNDLE_MALFORMED/);
  });

  it('keeps only the key of a record of another version', () => {
    const { records } = parseBundle(
      changed({
        records: [{ schema_version: 7, model_ref: MODEL.model_ref, content_hash: RECORD.content_hash }],
      }),
    );
    expect(records).toEqual([
      { key: { model_ref: MODEL.model_ref, content_hash: RECORD.content_hash }, schema_version: 7 },
    ]);
  });
});

describe('a bundle as a source', () => {
  const twin = fixtureRecord('twin', marked('twin'), SCHEME, {
    nonce: RECORD.nonce,
    recorded: { tx_id: sha256Hex('earlier'), at: RECORD.recorded.at - 50 },
  });
  const source = bundleSource(JSON.stringify(fixtureBundle({ ...PARTS, records: [RECORD, twin] })), 'b.json');

  it('knows what it holds and nothing else', async () => {
    expect((await source.record(RECORD))?.record).toEqual(RECORD);
    expect(await source.record({ ...RECORD, model_ref: RECORD.scheme_ref })).toBeUndefined();
    expect(await source.model(MODEL.model_ref)).toEqual(MODEL);
    expect(await source.model('__proto__')).toBeUndefined();
    expect(await source.scheme(SCHEME.scheme_ref)).toEqual(SCHEME);
    expect(await source.scheme('constructor')).toBeUndefined();
    expect(await source.schemes(RECORD.content_hash)).toEqual([]);
    expect(await source.params(SCHEME.scheme_commitment)).toEqual(PARAMS);
    expect(await source.params('toString')).toBeUndefined();
    expect(await source.recordsOf('hasOwnProperty')).toEqual([]);
  });

  it('gives the earliest record of a payload first', async () => {
    const payload = { payload: RECORD.nonce.slice(0, 8), payload_bits: 32 };
    const hits = await source.recordsWith(SCHEME.scheme_ref, payload);
    expect(hits.map(({ key }) => key.content_hash)).toEqual([twin.content_hash, RECORD.content_hash]);
    expect(await source.recordsWith(RECORD.model_ref, payload)).toEqual([]);
  });
});
