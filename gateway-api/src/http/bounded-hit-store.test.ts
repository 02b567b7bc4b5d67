import { type Options } from 'express-rate-limit';
import { BoundedHitStore } from './bounded-hit-store';

describe('BoundedHitStore', () => {
  it('counts, resets with the window, and undoes', () => {
    jest.useFakeTimers({ now: 0 });
    const store = new BoundedHitStore();
    store.init({ windowMs: 1_000 } as Options);
    expect(store.increment('a').totalHits).toBe(1);
    expect(store.increment('a').totalHits).toBe(2);
    store.decrement('a');
    expect(store.increment('a').totalHits).toBe(2);
    jest.setSystemTime(1_001);
    expect(store.increment('a')).toEqual({ totalHits: 1, resetTime: new Date(2_001) });
    store.resetKey('a');
    expect(store.increment('a').totalHits).toBe(1);
    jest.useRealTimers();
  });

  it('never holds more callers than it may, and forgets the least recent', () => {
    const store = new BoundedHitStore(100);
    store.increment('regular');
    for (let n = 0; n < 10_000; n += 1) {
      store.increment(`attacker ${n}`);
      store.increment('regular');
    }
    expect(store.size).toBe(100);
    expect(store.increment('regular').totalHits).toBe(10_002);
  });
});
