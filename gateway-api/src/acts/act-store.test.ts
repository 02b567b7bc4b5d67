import { randomUUID } from 'node:crypto';
import { ACTS } from '../database/migrations/0002-acts';
import { MAX_OPEN_ACTS } from '../limits';
import { temporaryPostgres, type TemporaryPostgres } from '../trust/testing/temporary-postgres';
import { type Act, ActStore } from './act-store';

// A real server on a busy machine.
jest.setTimeout(60_000);

function act(): Act {
  return {
    actId: randomUUID(),
    mspId: 'Op1MSP',
    certificate: 'x',
    function: 'revocations:Issue',
    argument: '{}',
    proposal: Buffer.of(1),
    transaction: undefined,
  };
}

describe('ActStore when full', () => {
  let database: TemporaryPostgres;
  let store: ActStore;

  beforeAll(async () => {
    database = await temporaryPostgres();
    await database.pool.query('CREATE SCHEMA gateway');
    await database.pool.query(ACTS.sql);
    store = new ActStore(database.pool);
  });

  afterAll(() => database.stop());

  beforeEach(async () => {
    await database.pool.query('TRUNCATE gateway.acts');
  });

  async function flood(count: number, transaction: Buffer | null): Promise<void> {
    await database.pool.query(
      `INSERT INTO gateway.acts (act_id, msp_id, certificate, function, argument, proposal, transaction, expires_at)
       SELECT gen_random_uuid(), 'Op1MSP', 'x', 'f', '{}', '\\x01', $2, now() + make_interval(secs => 100 + n)
       FROM generate_series(1, $1) AS n`,
      [count, transaction],
    );
  }

  it('lets a new act in for the oldest that nobody signed', async () => {
    const signed = act();
    await store.insert(signed);
    await store.setTransaction(signed.actId, Buffer.of(2));
    await flood(MAX_OPEN_ACTS - 1, null);
    const late = act();
    await expect(store.insert(late)).resolves.toBe(true);
    await expect(store.byId(late.actId)).resolves.toMatchObject({ actId: late.actId });
    await expect(store.byId(signed.actId)).resolves.toMatchObject({ actId: signed.actId });
    const { rows } = await database.pool.query('SELECT count(*)::integer AS count FROM gateway.acts');
    expect(rows).toEqual([{ count: MAX_OPEN_ACTS }]);
  });

  it('refuses when every act has a signature', async () => {
    await flood(MAX_OPEN_ACTS, Buffer.of(2));
    await expect(store.insert(act())).resolves.toBe(false);
  });
});
