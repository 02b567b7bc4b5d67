import { RETRY_BASE_MS, RETRY_CAP_MS } from '../limits';
import { backoff, backoffCeiling } from './backoff';

describe('backoff', () => {
  it('doubles up to a cap', () => {
    expect([0, 1, 2].map(backoffCeiling)).toEqual([RETRY_BASE_MS, RETRY_BASE_MS * 2, RETRY_BASE_MS * 4]);
    expect(backoffCeiling(1_000)).toBe(RETRY_CAP_MS);
    expect(Math.max(...Array.from({ length: 40 }, (_, n) => backoffCeiling(n)))).toBe(RETRY_CAP_MS);
  });

  it('ends at once when the gateway stops', async () => {
    await expect(backoff(20, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});
