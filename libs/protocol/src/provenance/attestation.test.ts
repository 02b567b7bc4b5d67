import fc from 'fast-check';
import { toHex } from '../encoding/bytes';
import { codeOf, subjectOf } from '../test-support/expect-code';
import {
  type AttestationClaim,
  attestationDigest,
  decodeAttestation,
  encodeAttestation,
  MAX_ATTESTATION_TIME,
  ZERO_HASH,
} from './attestation';

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);
const ref = fc.record({ ref_type: fc.constantFrom(0, 1, 2), ref_bytes: hash });
const claims: fc.Arbitrary<AttestationClaim> = fc.record(
  {
    schema_version: fc.constant(1),
    model_ref: ref,
    scheme_ref: ref,
    content_hash: hash,
    parent_hash: fc.oneof(hash, fc.constant(ZERO_HASH)),
    timestamp: fc.bigInt({ min: 0n, max: MAX_ATTESTATION_TIME }),
    nonce: hash,
    context_hash: fc.oneof(hash, fc.constant(ZERO_HASH)),
  },
  {
    requiredKeys: [
      'schema_version',
      'model_ref',
      'scheme_ref',
      'content_hash',
      'parent_hash',
      'timestamp',
      'nonce',
    ],
  },
);

const CLAIM: AttestationClaim = {
  schema_version: 1,
  model_ref: { ref_type: 0, ref_bytes: '11'.repeat(32) },
  scheme_ref: { ref_type: 0, ref_bytes: '22'.repeat(32) },
  content_hash: '33'.repeat(32),
  parent_hash: ZERO_HASH,
  timestamp: 1_790_000_000n,
  nonce: '44'.repeat(32),
};

describe('the attestation message', () => {
  it('gives its claim again, and the claim the message', () => {
    fc.assert(
      fc.property(claims, (claim) => {
        const payload = encodeAttestation(claim);
        expect(payload).toHaveLength(claim.context_hash === undefined ? 187 : 219);
        expect(decodeAttestation(payload)).toEqual(claim);
        expect(toHex(encodeAttestation(decodeAttestation(payload)))).toBe(toHex(payload));
      }),
    );
  });

  it('differs for every two claims', () => {
    fc.assert(
      fc.property(claims, claims, (one, other) => {
        const equal = toHex(encodeAttestation(one)) === toHex(encodeAttestation(other));
        const text = (claim: AttestationClaim): string =>
          JSON.stringify({ ...claim, timestamp: String(claim.timestamp) });
        expect(equal).toBe(text(one) === text(other));
      }),
    );
  });

  it('is refused with a byte too few or too many, at every length', () => {
    for (const claim of [CLAIM, { ...CLAIM, context_hash: ZERO_HASH }]) {
      const payload = encodeAttestation(claim);
      for (let length = 0; length < payload.length; length += 1) {
        expect(codeOf(() => decodeAttestation(payload.subarray(0, length)))).toBe('ATTESTATION_MALFORMED');
      }
      const longer = Uint8Array.of(...payload, 0);
      expect(codeOf(() => decodeAttestation(longer))).toBe('ATTESTATION_MALFORMED');
    }
  });

  it('is never read as another claim after a change of one byte', () => {
    const payload = encodeAttestation({ ...CLAIM, context_hash: ZERO_HASH });
    fc.assert(
      fc.property(fc.nat({ max: payload.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = payload.map((byte, index) => (index === at ? byte ^ mask : byte));
        let claim: AttestationClaim;
        try {
          claim = decodeAttestation(changed);
        } catch {
          return;
        }
        expect(toHex(encodeAttestation(claim))).toBe(toHex(changed));
      }),
    );
  });

  it('is read from a part of a larger buffer', () => {
    const payload = encodeAttestation(CLAIM);
    const within = Uint8Array.of(1, 2, 3, ...payload, 4).subarray(3, 3 + payload.length);
    expect(decodeAttestation(within)).toEqual(CLAIM);
    expect(attestationDigest(within)).toBe(attestationDigest(payload));
  });

  it.each<[string, Partial<AttestationClaim>, string]>([
    ['/timestamp', { timestamp: -1n }, 'ATTESTATION_MALFORMED'],
    ['/timestamp', { timestamp: 2n ** 64n }, 'ATTESTATION_MALFORMED'],
    ['/content_hash', { content_hash: '' }, 'ATTESTATION_MALFORMED'],
    ['/content_hash', { content_hash: 'AA'.repeat(32) }, 'ATTESTATION_MALFORMED'],
    ['/parent_hash', { parent_hash: '00' }, 'ATTESTATION_MALFORMED'],
    ['/nonce', { nonce: '00'.repeat(33) }, 'ATTESTATION_MALFORMED'],
    ['/context_hash', { context_hash: '' }, 'ATTESTATION_MALFORMED'],
    ['/schema_version', { schema_version: 0 }, 'UNSUPPORTED_SCHEMA_VERSION'],
    ['/schema_version', { schema_version: 257 }, 'UNSUPPORTED_SCHEMA_VERSION'],
  ])('is not made with a wrong %s', (subject, change, code) => {
    const encode = (): unknown => encodeAttestation({ ...CLAIM, ...change });
    expect(codeOf(encode)).toBe(code);
    expect(subjectOf(encode)).toBe(subject);
  });
});
