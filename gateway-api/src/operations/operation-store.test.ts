import { OPERATIONS } from '../database/migrations/0001-operations';
import { REMOVAL_ROWS } from '../limits';
import { temporaryPostgres, type TemporaryPostgres } from '../trust/testing/temporary-postgres';
import { OperationStore } from './operation-store';

// A real server on a busy machine.
jest.setTimeout(60_000);

describe('OperationStore.removeEnded', () => {
  let database: TemporaryPostgres;

  beforeAll(async () => {
    database = await temporaryPostgres();
    await database.pool.query('CREATE SCHEMA gateway');
    await database.pool.query(OPERATIONS.sql);
  });

  afterAll(() => database.stop());

  async function add(count: number, status: string, ageDays: number): Promise<void> {
    await database.pool.query(
      `INSERT INTO gateway.operations (operation_id, instance, kind, caller, request_hash, function, argument, status,
         updated_at)
       SELECT gen_random_uuid(), 'a', 'intent', 'x', '\\x00', 'f', '{}', $2, now() - make_interval(days => $3)
       FROM generate_series(1, $1)`,
      [count, status, ageDays],
    );
  }

  it('removes a backlog in statements of bounded size, and nothing that is open or young', async () => {
    const backlog = 2 * REMOVAL_ROWS + 7;
    await add(backlog, 'refused', 31);
    await add(3, 'committed', 29);
    await add(2, 'pending', 40);
    const query = jest.spyOn(database.pool, 'query');
    await expect(new OperationStore(database.pool, 'a').removeEnded(30)).resolves.toBe(backlog);
    const results = (await Promise.all(query.mock.results.map(({ value }) => value as unknown))) as {
      rowCount: number;
    }[];
    expect(results.map(({ rowCount }) => rowCount)).toEqual([REMOVAL_ROWS, REMOVAL_ROWS, 7]);
    query.mockRestore();
    const { rows } = await database.pool.query('SELECT count(*)::integer AS count FROM gateway.operations');
    expect(rows).toEqual([{ count: 5 }]);
  });
});
