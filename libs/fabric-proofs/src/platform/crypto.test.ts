import { generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { flipped, highS } from '../testing/receipt-fixtures';
import * as browser from './crypto-browser';
import * as node from './crypto';
import { type KeyKind } from './key-kind';

/** Two implementations, one answer: a verdict must not depend on where it is reached. */
describe('the cryptography of Node and of browsers', () => {
  const keys = {
    p256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    ed25519: generateKeyPairSync('ed25519'),
  };
  const spkiOf = (kind: 'p256' | 'ed25519'): Buffer =>
    keys[kind].publicKey.export({ type: 'spki', format: 'der' });
  const signed = (kind: 'p256' | 'ed25519', message: Uint8Array): Buffer =>
    sign(kind === 'p256' ? 'sha256' : null, message, keys[kind].privateKey);

  function both(
    kind: KeyKind,
    spki: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ): [boolean, boolean] {
    const [ours, theirs] = [node.importKey(kind, spki), browser.importKey(kind, spki)];
    const answer = (check: () => boolean): boolean => {
      try {
        return check();
      } catch {
        return false;
      }
    };
    return [
      answer(() => ours !== null && node.checkSignature(ours, message, signature)),
      answer(() => theirs !== null && browser.checkSignature(theirs, message, signature)),
    ];
  }

  it('hash alike', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200, size: 'max' }), { maxLength: 4 }), (parts) => {
        expect(browser.sha256(...parts).equals(node.sha256(...parts))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it.each(['p256', 'ed25519'] as const)('accept and refuse the same signatures: %s', (kind) => {
    const message = Buffer.from('what was said');
    const signature = signed(kind, message);
    expect(both(kind, spkiOf(kind), message, signature)).toEqual([true, true]);
    expect(both(kind, spkiOf(kind), Buffer.from('something else'), signature)).toEqual([false, false]);
    fc.assert(
      fc.property(fc.nat(signature.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const [ours, theirs] = both(kind, spkiOf(kind), message, flipped(signature, at, mask));
        expect(theirs).toBe(ours);
      }),
      { numRuns: 100 },
    );
    for (const length of [0, 1, signature.length - 1])
      expect(both(kind, spkiOf(kind), message, signature.subarray(0, length))).toEqual([false, false]);
  });

  it('both take the higher s, which the library refuses before it asks them', () => {
    const message = Buffer.from('what was said');
    expect(both('p256', spkiOf('p256'), message, highS(signed('p256', message)))).toEqual([true, true]);
  });

  it('refuse a point that is not on the curve, and a key of another kind', () => {
    const message = Buffer.from('what was said');
    const signature = signed('p256', message);
    const off = flipped(spkiOf('p256'), 90, 1);
    expect(node.importKey('p256', off)).toBeNull();
    expect(browser.importKey('p256', off)).toBeNull();
    expect(browser.importKey('p256', spkiOf('ed25519'))).toBeNull();
    expect(browser.importKey('p256', Buffer.alloc(3))).toBeNull();
    expect(both('other', spkiOf('p256'), message, signature)).toEqual([false, false]);
  });
});
