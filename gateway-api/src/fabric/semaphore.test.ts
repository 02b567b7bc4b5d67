import { setTimeout as sleep } from 'node:timers/promises';
import { Semaphore } from './semaphore';

describe('Semaphore', () => {
  it('never lets more tasks run than its limit, and all of them in the end', async () => {
    const semaphore = new Semaphore(3);
    let running = 0;
    let most = 0;
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        semaphore.run(async () => {
          running += 1;
          most = Math.max(most, running);
          order.push(n);
          await sleep(1);
          running -= 1;
        }),
      ),
    );
    expect(most).toBe(3);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('gives the place back when a task fails', async () => {
    const semaphore = new Semaphore(1);
    await expect(semaphore.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(semaphore.run(() => Promise.resolve(7))).resolves.toBe(7);
  });
});
