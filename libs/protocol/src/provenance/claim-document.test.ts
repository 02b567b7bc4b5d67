import fc from 'fast-check';
import { utf8 } from '../encoding/bytes';
import { codeOf, subjectOf } from '../test-support/expect-code';
import { MAX_ATTESTATION_TIME, ZERO_HASH } from './attestation';
import { MAX_CLAIM_BYTES, parseClaimDocument, parseModelReference } from './claim-document';

const MODEL = { ref_type: 0, ref_bytes: '11'.repeat(32) };
const CONTEXT = '55'.repeat(32);
const FILE = {
  domain_tag: 'WM_PROV_V1',
  schema_version: 1,
  model_ref: MODEL,
  scheme_ref: { ref_type: 2, ref_bytes: '22'.repeat(32) },
  content_hash: '33'.repeat(32),
  parent_hash: ZERO_HASH,
  timestamp: 1_790_000_000,
  nonce: '44'.repeat(32),
  context_hash_present: true,
  context_hash: CONTEXT,
};
const parse = (change: object): ReturnType<typeof parseClaimDocument> =>
  parseClaimDocument(JSON.stringify({ ...FILE, ...change }));

describe('parseClaimDocument', () => {
  it('takes a claim as text or bytes', () => {
    const claim = parse({});
    expect(claim).toMatchObject({ schema_version: 1, model_ref: MODEL, timestamp: 1_790_000_000n });
    expect(claim.context_hash).toBe(CONTEXT);
    expect(parseClaimDocument(utf8(JSON.stringify(FILE, null, 2)))).toEqual(claim);
    expect(Object.keys(claim)).not.toContain('domain_tag');
  });

  it('takes every timestamp as text, and those that a number holds as number', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: MAX_ATTESTATION_TIME }), (timestamp) => {
        expect(parse({ timestamp: String(timestamp) }).timestamp).toBe(timestamp);
        if (timestamp <= BigInt(Number.MAX_SAFE_INTEGER)) {
          expect(parse({ timestamp: Number(timestamp) }).timestamp).toBe(timestamp);
        }
      }),
    );
    expect(parse({ timestamp: Number.MAX_SAFE_INTEGER }).timestamp).toBe(2n ** 53n - 1n);
  });

  it.each([null, '', ZERO_HASH, undefined])('takes %j for the place of an absent context', (context_hash) => {
    for (const context_hash_present of [false, 0]) {
      expect(Object.keys(parse({ context_hash_present, context_hash }))).not.toContain('context_hash');
    }
  });

  it.each<[string, object]>([
    ['/domain_tag', { domain_tag: 'WM_PROV_V2' }],
    ['/domain_tag', { domain_tag: undefined }],
    ['/schema_version', { schema_version: '1' }],
    ['/schema_version', { schema_version: true }],
    ['/schema_version', { schema_version: 1.5 }],
    ['/extra', { extra: 1 }],
    ['/a~1b~0c', { 'a/b~c': 1 }],
    ['/model_ref', { model_ref: MODEL.ref_bytes }],
    ['/model_ref', { model_ref: null }],
    ['/model_ref/ref_len', { model_ref: { ...MODEL, ref_len: 32 } }],
    ['/model_ref/ref_type', { model_ref: { ref_bytes: MODEL.ref_bytes } }],
    ['/model_ref/ref_type', { model_ref: { ...MODEL, ref_type: '0' } }],
    ['/scheme_ref/ref_type', { scheme_ref: { ...MODEL, ref_type: 3 } }],
    ['/scheme_ref/ref_bytes', { scheme_ref: { ...MODEL, ref_bytes: '11'.repeat(33) } }],
    ['/content_hash', { content_hash: 'AB'.repeat(32) }],
    ['/content_hash', { content_hash: 7 }],
    ['/parent_hash', { parent_hash: null }],
    ['/nonce', { nonce: '' }],
    ['/timestamp', { timestamp: '007' }],
    ['/timestamp', { timestamp: '+7' }],
    ['/timestamp', { timestamp: '-7' }],
    ['/timestamp', { timestamp: '7e1' }],
    ['/timestamp', { timestamp: '7.0' }],
    ['/timestamp', { timestamp: '0x7' }],
    ['/timestamp', { timestamp: '' }],
    ['/timestamp', { timestamp: ' 7' }],
    ['/timestamp', { timestamp: -7 }],
    ['/timestamp', { timestamp: 7.5 }],
    ['/timestamp', { timestamp: true }],
    ['/timestamp', { timestamp: '18446744073709551616' }],
    ['/timestamp', { timestamp: '9'.repeat(1_000) }],
    ['/context_hash_present', { context_hash_present: 'true' }],
    ['/context_hash_present', { context_hash_present: 2 }],
    ['/context_hash_present', { context_hash_present: undefined }],
    ['/context_hash', { context_hash: undefined }],
    ['/context_hash', { context_hash: null }],
    ['/context_hash', { context_hash_present: 1, context_hash: '' }],
    ['/context_hash', { context_hash_present: false, context_hash: CONTEXT }],
    ['/context_hash', { context_hash_present: 0, context_hash: '00' }],
    ['/context_hash', { context_hash_present: 0, context_hash: false }],
  ])('refuses a wrong %s: %j', (subject, change) => {
    expect(codeOf(() => parse(change))).toBe('ATTESTATION_MALFORMED');
    expect(subjectOf(() => parse(change))).toBe(subject);
  });

  it('judges the version before the members, of which another version may have others', () => {
    for (const schema_version of [0, 2, -1, 255]) {
      expect(codeOf(() => parse({ schema_version, extra: 1, nonce: 1 }))).toBe('UNSUPPORTED_SCHEMA_VERSION');
    }
  });

  it('refuses what is not one JSON object', () => {
    const text = JSON.stringify(FILE);
    const codes = [
      '[]',
      'null',
      '',
      `${text}{}`,
      `${text.slice(0, -1)},"nonce":"${FILE.nonce}"}`,
      text.replace('1790000000', '9007199254740993'),
      text.replace('1790000000', '-0'),
      text + ' '.repeat(MAX_CLAIM_BYTES),
    ].map((each) => codeOf(() => parseClaimDocument(each)));
    expect(codes).toEqual([
      'ATTESTATION_MALFORMED',
      'ATTESTATION_MALFORMED',
      'JSON_MALFORMED',
      'JSON_MALFORMED',
      'JSON_DUPLICATE_KEY',
      'JSON_NUMBER_OUT_OF_RANGE',
      'JSON_NUMBER_OUT_OF_RANGE',
      'TOO_LARGE',
    ]);
  });
});

describe('parseModelReference', () => {
  it('takes an id or an object', () => {
    expect(parseModelReference(MODEL.ref_bytes)).toEqual(MODEL);
    expect(parseModelReference({ ...MODEL, ref_type: 2 })).toEqual({ ...MODEL, ref_type: 2 });
  });

  it.each([
    undefined,
    null,
    7,
    '',
    [MODEL],
    {},
    'AB'.repeat(32),
    `0x${'1'.repeat(64)}`,
    { ref_bytes: MODEL.ref_bytes },
    { ref_type: 0 },
    { ...MODEL, ref_type: '0' },
    { ...MODEL, ref_type: 3 },
    { ...MODEL, ref_bytes: '11' },
    { ...MODEL, ref_len: 32 },
  ])('refuses %j', (value) => {
    expect(codeOf(() => parseModelReference(value))).toBe('REFERENCE_MALFORMED');
  });
});
