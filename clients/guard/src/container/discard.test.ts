import { createCipheriv, randomBytes } from 'node:crypto';
import { discard } from './discard';

describe('discard', () => {
  it('clears a result of a cipher and gives its memory back', () => {
    const result = createCipheriv('aes-256-gcm', randomBytes(32), randomBytes(12)).update(
      Buffer.alloc(131_072),
    );
    discard(result);
    expect(result.length).toBe(0);
  });

  it('only clears bytes that share a buffer', () => {
    const whole = Buffer.alloc(100, 7);
    const part = whole.subarray(10, 20);
    discard(part);
    expect(part.every((byte) => byte === 0)).toBe(true);
    expect(whole[9]).toBe(7);
    expect(whole[20]).toBe(7);
    expect(whole.length).toBe(100);
  });

  it('takes nothing', () => {
    expect(() => {
      discard(new Uint8Array());
    }).not.toThrow();
  });
});
