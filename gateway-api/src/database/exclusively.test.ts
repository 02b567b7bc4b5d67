import { type TemporaryPostgres, temporaryPostgres } from '../trust/testing/temporary-postgres';
import { exclusively } from './exclusively';

jest.setTimeout(60_000);

let postgres: TemporaryPostgres;
beforeAll(async () => {
  postgres = await temporaryPostgres();
});
afterAll(async () => {
  await postgres.stop();
});

describe('exclusively', () => {
  /** Takes a moment in which another one could come between. */
  const pause = (): Promise<unknown> => postgres.pool.query('SELECT pg_sleep(0.05)');

  it('lets one work at a time under one lock, and others under theirs', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<number> => {
      inside += 1;
      most = Math.max(most, inside);
      await pause();
      inside -= 1;
      return most;
    };
    await Promise.all([1, 2, 3].map(() => exclusively(postgres.pool, '77', work)));
    expect(most).toBe(1);
    await Promise.all(['78', '79'].map((lock) => exclusively(postgres.pool, lock, work)));
    expect(most).toBe(2);
  });

  it('lets the next one in when the work failed', async () => {
    const failing = exclusively(postgres.pool, '80', () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await exclusively(postgres.pool, '80', () => Promise.resolve(7))).toBe(7);
  });
});
