import { createHash } from 'node:crypto';
import { attestationContext } from './attestation-context';

const context = { nonce: Buffer.alloc(32, 1), rightId: 'ab'.repeat(32), releaseKeyName: Buffer.alloc(34, 3) };

describe('attestationContext', () => {
  it('hashes its parts with their lengths', () => {
    const message = Buffer.concat([
      Buffer.from('MRQ1'),
      Buffer.of(32),
      context.nonce,
      Buffer.of(32),
      Buffer.from(context.rightId, 'hex'),
      Buffer.of(0, 34),
      context.releaseKeyName,
    ]);
    expect(Buffer.from(attestationContext(context))).toEqual(createHash('sha256').update(message).digest());
  });

  it.each<[string, Partial<typeof context>]>([
    ['another nonce', { nonce: Buffer.alloc(32, 2) }],
    ['a shorter nonce', { nonce: Buffer.alloc(31, 1) }],
    ['another right', { rightId: 'ac'.repeat(32) }],
    ['another key', { releaseKeyName: Buffer.alloc(34, 4) }],
  ])('differs for %s', (_what, change) => {
    expect(attestationContext({ ...context, ...change })).not.toEqual(attestationContext(context));
  });

  it('refuses a right that is no id', () => {
    expect(() => attestationContext({ ...context, rightId: 'AB' })).toThrow('hexadecimal');
  });
});
