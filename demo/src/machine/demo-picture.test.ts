import { randomBytes } from 'node:crypto';
import { demoDetector, DEMO_SCHEME, demoPicture } from './demo-picture';

const CONTEXT = { modelRef: '', schemeRef: '', signal: new AbortController().signal };

describe('the demonstration’s picture', () => {
  it('carries the leading bits of the nonce', async () => {
    const nonce = randomBytes(32).toString('hex');
    const outcome = await demoDetector.detect(demoPicture(nonce), DEMO_SCHEME, CONTEXT);
    expect(outcome).toMatchObject({ decision: 'detected', payload: nonce.slice(0, 16), payload_bits: 64 });
  });

  it.each([
    ['changed', (picture: Buffer) => Buffer.from(picture.map((byte, at) => (at === 20 ? byte ^ 1 : byte)))],
    ['empty', () => Buffer.alloc(0)],
    ['of noise', () => randomBytes(4_096)],
  ])('is not found in a file that is %s', async (_what, change) => {
    const outcome = await demoDetector.detect(change(demoPicture('ab'.repeat(32))), DEMO_SCHEME, CONTEXT);
    expect(outcome.decision).toBe('not-detected');
  });
});
