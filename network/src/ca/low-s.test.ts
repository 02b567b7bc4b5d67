import { generateKeyPairSync, verify } from 'node:crypto';
import fc from 'fast-check';
import { derSignature, signLowS } from './low-s';

const HALF_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n / 2n;

function sOf(der: Buffer): bigint {
  const rLength = der[3] ?? 0;
  return BigInt(`0x${der.subarray(6 + rLength).toString('hex')}`);
}

describe('low-S signatures', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;

  it('verify and are always the lower one', () => {
    for (let round = 0; round < 40; round += 1) {
      const signature = signLowS(`message ${round}`, pem);
      expect(verify('sha256', Buffer.from(`message ${round}`), publicKey, signature)).toBe(true);
      expect(sOf(signature) <= HALF_ORDER).toBe(true);
    }
  });

  it('do not verify another message', () => {
    expect(verify('sha256', Buffer.from('b'), publicKey, signLowS('a', pem))).toBe(false);
  });

  it('are minimal DER for all numbers', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 2n ** 256n - 1n), fc.bigInt(1n, 2n ** 256n - 1n), (r, s) => {
        const der = derSignature(r, s);
        expect(der[1]).toBe(der.length - 2);
        expect((der[4] ?? 0) < 0x80).toBe(true);
        expect(sOf(der)).toBe(s);
      }),
    );
  });
});
