import { BlockQueue, type ReceivedBlock } from './block-queue';

function block(size: number): ReceivedBlock {
  return { bytes: new Uint8Array(size), receivedAt: 0 };
}

describe('BlockQueue', () => {
  it('gives all that waits, up to the bytes asked for, always one', async () => {
    const queue = new BlockQueue(1_000);
    for (const size of [40, 40, 40, 500]) queue.push(block(size));
    expect((await queue.take(100)).length).toBe(2);
    expect((await queue.take(100)).length).toBe(1);
    expect((await queue.take(100)).length).toBe(1);
    expect(queue.length).toBe(0);
  });

  it('waits for the next block', async () => {
    const queue = new BlockQueue(1_000);
    const taking = queue.take(100);
    queue.push(block(1));
    expect(await taking).toHaveLength(1);
  });

  it('holds the stream back when full and lets it go when half empty', async () => {
    const calls: string[] = [];
    const queue = new BlockQueue(100);
    queue.control({ pause: () => calls.push('pause'), resume: () => calls.push('resume') });
    for (let count = 0; count < 4; count += 1) queue.push(block(40));
    expect(calls).toEqual(['pause']);
    await queue.take(80);
    expect(calls).toEqual(['pause']);
    await queue.take(40);
    expect(calls).toEqual(['pause', 'resume']);
  });

  it('holds back a stream that it was full before it knew', () => {
    const calls: string[] = [];
    const queue = new BlockQueue(10);
    queue.push(block(20));
    queue.control({ pause: () => calls.push('pause'), resume: () => calls.push('resume') });
    expect(calls).toEqual(['pause']);
  });

  it('gives what came before an error, then the first error', async () => {
    const queue = new BlockQueue(100);
    queue.push(block(1));
    queue.fail(new Error('first'));
    queue.fail(new Error('second'));
    expect(await queue.take(10)).toHaveLength(1);
    await expect(queue.take(10)).rejects.toThrow('first');
  });

  it('wakes who waits when it fails', async () => {
    const queue = new BlockQueue(100);
    const taking = queue.take(10);
    queue.fail(new Error('away'));
    await expect(taking).rejects.toThrow('away');
  });
});
