import { Backoff, pause } from './backoff';

describe('Backoff', () => {
  it('doubles up to a bound and begins again after a success', () => {
    const backoff = new Backoff();
    const pauses = Array.from({ length: 7 }, () => backoff.next(() => 1));
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
    backoff.reset();
    expect(backoff.next(() => 0)).toBe(125);
  });

  it('ends a pause when told to stop', async () => {
    const controller = new AbortController();
    const waiting = pause(60_000, controller.signal);
    controller.abort();
    await waiting;
  });
});
