import fc from 'fast-check';
import { utf8 } from '../encoding/bytes';
import { codeOf } from '../test-support/expect-code';
import { contextHash, policyCommitment, schemeCommitment } from './commitments';
import { idReference } from './reference';

const MODEL = idReference('ab'.repeat(32));
const CONTENT = 'cd'.repeat(32);
const POLICY = 'ef'.repeat(32);

describe('scheme_commitment', () => {
  it('depends on every part, and on where one ends and the next starts', () => {
    const scheme = fc.stringMatching(/^[a-z0-9]{1,4}$/);
    const document = fc.oneof(fc.nat({ max: 2_000 }), fc.record({ a: fc.nat({ max: 9 }) }));
    fc.assert(
      fc.property(scheme, document, scheme, document, (id, params, otherId, other) => {
        const equal = schemeCommitment(MODEL, id, params) === schemeCommitment(MODEL, otherId, other);
        expect(equal).toBe(id === otherId && JSON.stringify(params) === JSON.stringify(other));
      }),
    );
    const key = { ...MODEL, ref_type: 1 };
    expect(schemeCommitment(key, 'a', {})).not.toBe(schemeCommitment(MODEL, 'a', {}));
  });

  it.each<[string, unknown, string]>([
    ['a number beyond 2^53−1', { a: 1e30 }, 'JSON_NUMBER_OUT_OF_RANGE'],
    ['2^53', [9_007_199_254_740_992], 'JSON_NUMBER_OUT_OF_RANGE'],
    ['NaN', Number.NaN, 'NOT_CANONICALIZABLE'],
    ['undefined', { a: undefined }, 'NOT_CANONICALIZABLE'],
    ['a bigint', 1n, 'NOT_CANONICALIZABLE'],
    ['a date', new Date(0), 'NOT_CANONICALIZABLE'],
    ['half a surrogate pair', '\ud800', 'JSON_LONE_SURROGATE'],
  ])('is not made of %s', (_name, params, code) => {
    expect(codeOf(() => schemeCommitment(MODEL, 'a', params))).toBe(code);
    expect(codeOf(() => policyCommitment(MODEL, CONTENT, { license_terms: {}, royalty_terms: params }))).toBe(
      code,
    );
  });

  it('is not made of a malformed reference', () => {
    expect(codeOf(() => schemeCommitment({ ...MODEL, ref_type: 3 }, 'a', {}))).toBe('REFERENCE_MALFORMED');
    expect(codeOf(() => schemeCommitment({ ...MODEL, ref_bytes: '' }, 'a', {}))).toBe('REFERENCE_MALFORMED');
  });
});

describe('policy_commitment', () => {
  it('is over the two halves only', () => {
    const terms = { license_terms: { a: 1 }, royalty_terms: { b: 2 } };
    const more = { ...terms, note: 'not committed to' };
    expect(policyCommitment(MODEL, CONTENT, more)).toBe(policyCommitment(MODEL, CONTENT, terms));
    const swapped = { license_terms: terms.royalty_terms, royalty_terms: terms.license_terms };
    expect(policyCommitment(MODEL, CONTENT, swapped)).not.toBe(policyCommitment(MODEL, CONTENT, terms));
  });

  it.each(['', 'ab', CONTENT.toUpperCase(), `${CONTENT}00`])('is not made for the content %j', (content) => {
    const terms = { license_terms: {}, royalty_terms: {} };
    expect(codeOf(() => policyCommitment(MODEL, content, terms))).toBe('ID_MALFORMED');
  });
});

describe('context_hash', () => {
  it('takes no context for an empty one, and text for its UTF-8', () => {
    expect(contextHash(POLICY)).toBe(contextHash(POLICY, ''));
    expect(contextHash(POLICY, 'é')).toBe(contextHash(POLICY, utf8('é')));
    expect(contextHash(POLICY, Uint8Array.of(0))).not.toBe(contextHash(POLICY));
    expect(contextHash(POLICY, new Uint8Array(65_535))).toHaveLength(64);
  });

  it('refuses what it cannot commit to', () => {
    expect(codeOf(() => contextHash(POLICY, new Uint8Array(65_536)))).toBe('TOO_LARGE');
    expect(codeOf(() => contextHash(POLICY, 'a\udc00'))).toBe('JSON_LONE_SURROGATE');
    expect(codeOf(() => contextHash('', 'a'))).toBe('ID_MALFORMED');
    expect(codeOf(() => contextHash(`${POLICY}00`, 'a'))).toBe('ID_MALFORMED');
  });
});
