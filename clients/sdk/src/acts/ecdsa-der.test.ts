import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { isLowS } from '@maker-registry/fabric-proofs';
import { normalizeLowS } from '@maker-registry/protocol';
import { encodeEcdsaSignature } from './ecdsa-der';

describe('encodeEcdsaSignature', () => {
  it('gives what OpenSSL verifies, with low s, for many signatures', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (let i = 0; i < 300; i += 1) {
      const message = Buffer.from(`message ${i}`);
      const raw = sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      const der = encodeEcdsaSignature(normalizeLowS(raw));
      expect(isLowS(der)).toBe(true);
      expect(verify('sha256', message, publicKey, der)).toBe(true);
    }
  });

  it('writes integers in minimal form', () => {
    const small = Buffer.alloc(64);
    small[31] = 1;
    small[32] = 0x80;
    expect(Buffer.from(encodeEcdsaSignature(small)).toString('hex')).toBe(
      `302602010102210080${'00'.repeat(31)}`,
    );
  });

  it.each([0, 63, 65])('refuses %i bytes', (length) => {
    expect(() => encodeEcdsaSignature(new Uint8Array(length))).toThrow('64 bytes');
  });
});
