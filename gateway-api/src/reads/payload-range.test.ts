import fc from 'fast-check';
import { payloadRange } from './payload-range';

const NONCE = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));

function leadingBits(hex: string, bits: number): string {
  const all = BigInt(`0x${hex}`)
    .toString(2)
    .padStart(hex.length * 4, '0');
  return all.slice(0, bits);
}

describe('payloadRange', () => {
  it('holds exactly the nonces that begin with the payload’s bits', () => {
    fc.assert(
      fc.property(NONCE, NONCE, fc.integer({ min: 1, max: 256 }), (payload, nonce, bits) => {
        const { from, to } = payloadRange(payload, bits);
        const isInside = from <= nonce && nonce <= to;
        expect(isInside).toBe(leadingBits(nonce, bits) === leadingBits(payload, bits));
      }),
    );
  });

  it('holds the nonce that the payload was cut from, and its neighbours only within it', () => {
    fc.assert(
      fc.property(NONCE, fc.integer({ min: 1, max: 256 }), (nonce, bits) => {
        const { from, to } = payloadRange(nonce.slice(0, Math.ceil(bits / 4)), bits);
        expect(from <= nonce && nonce <= to).toBe(true);
        expect([from.length, to.length]).toEqual([64, 64]);
      }),
    );
  });

  it.each<[string, number | undefined, string, string]>([
    ['80', undefined, '80', '80'],
    ['8', 1, '8', 'f'],
    ['7', 1, '0', '7'],
    ['a5', 5, 'a0', 'a7'],
    ['a5f', 8, 'a5', 'a5'],
    ['ff', 7, 'fe', 'ff'],
  ])('of %s with %s bits begins and ends there', (payload, bits, from, to) => {
    const range = payloadRange(payload, bits);
    expect(range).toEqual({ from: from.padEnd(64, '0'), to: to.padEnd(64, 'f') });
  });

  it.each([
    ['8', 5],
    ['ab', 9],
    ['ab', 256],
  ])('refuses %s as a payload of %s bits', (payload, bits) => {
    expect(() => payloadRange(payload, bits)).toThrow(
      expect.objectContaining({ code: 'SCHEMA_VIOLATION', subject: '/query/payload_bits' }) as Error,
    );
  });
});
