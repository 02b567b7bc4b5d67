import { generateKeyPairSync } from 'node:crypto';
import { jwksFingerprint, parseJwks } from '@maker-registry/guard';
import { wrappingKey } from './wrapping-key';

function jwks(use: string): Uint8Array {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return Buffer.from(JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use }] }));
}

describe('wrappingKey', () => {
  const honest = jwks('wrap');
  const fingerprint = jwksFingerprint(parseJwks(honest));

  it('is the key whose fingerprint was confirmed', () => {
    expect(wrappingKey(honest, { fingerprint })).toMatchObject({ kid: 'one', use: 'wrap' });
    expect(wrappingKey(honest, { 'trust-first': true })).toMatchObject({ use: 'wrap' });
  });

  it.each([
    ['a key that nobody confirmed', honest, {}, 'KEYS_NOT_PINNED'],
    ['a key of the gateway’s own', jwks('wrap'), { fingerprint }, 'FINGERPRINT_MISMATCH'],
    [
      'that key also when told to trust',
      jwks('wrap'),
      { fingerprint, 'trust-first': true },
      'FINGERPRINT_MISMATCH',
    ],
    ['a set without one', jwks('token'), { 'trust-first': true }, 'RESPONSE_MALFORMED'],
  ])('is not %s', (_what, set, given, code) => {
    let found: unknown;
    try {
      wrappingKey(set, given);
    } catch (error) {
      found = (error as { code?: unknown }).code;
    }
    expect(found).toBe(code);
  });
});
