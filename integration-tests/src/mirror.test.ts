import { setTimeout as delay } from 'node:timers/promises';
import { runningNetwork } from '@maker-registry/testbed';
import { Client } from 'pg';
import { databaseUrl } from '@maker-registry/testbed';
import { mirror } from './support/commands';
import { http } from './support/http';
import { ledgerHeight } from './support/ledger';

const network = runningNetwork();
const POLL_MS = 100;
/** Other peers are looked at every two seconds; a mirror that resumes begins within one. */
const PATIENCE_MS = 20_000;

async function until(what: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error('did not come to pass');
    await delay(POLL_MS);
  }
}

async function statusOf(path: string): Promise<number> {
  return (await http(network, path)).status;
}

function lines(text: string): Record<string, unknown>[] {
  return text
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function inDatabase<Value>(work: (database: Client) => Promise<Value>): Promise<Value> {
  const database = new Client(databaseUrl(network));
  await database.connect();
  return work(database).finally(() => database.end());
}

describe('the mirror', () => {
  it('equals the ledger, row by row', async () => {
    const verdict = await mirror(network, 'verify');
    expect(verdict.stderr + verdict.stdout).not.toMatch(/differ/i);
    expect(verdict.code).toBe(0);
  }, 120_000);

  it('has identical tables after each of two rebuilds from genesis', async () => {
    const before = await mirror(network, 'hash');
    for (let time = 1; time <= 2; time += 1) {
      expect((await mirror(network, 'rebuild')).code).toBe(0);
      expect((await mirror(network, 'hash')).stdout).toBe(before.stdout);
    }
    const height = await inDatabase(async (database) => {
      const { rows } = await database.query<{ height: string }>('SELECT height FROM registry.head');
      return Number(rows[0]?.height);
    });
    expect(height).toBeGreaterThan(0);
    expect(height).toBeLessThanOrEqual(await ledgerHeight(network));
  }, 240_000);

  it('agrees with the peer of every other operator', async () => {
    const others = network.file.organizations.filter(
      ({ name, peer }) => name !== 'op1' && peer !== undefined,
    );
    expect(others.length).toBeGreaterThanOrEqual(3);
    await until(async () => {
      const witnesses = lines((await mirror(network, 'witnesses')).stdout);
      return others.every(({ msp_id: organization }) =>
        witnesses.some(
          (one) =>
            one['organization'] === organization &&
            one['state'] === 'agrees' &&
            Number(one['agreed_block']) > 0,
        ),
      );
    });
    expect(await mirror(network, 'findings')).toMatchObject({ code: 0, stdout: '' });
  }, 60_000);

  it('stops serving when a row was changed, and serves again when it was rebuilt and an operator resumed it', async () => {
    await inDatabase((database) =>
      database.query(
        "UPDATE registry.blocks SET data_hash = 'ff' || substr(data_hash, 3) WHERE number = 1 AND data_hash NOT LIKE 'ff%'",
      ),
    );
    try {
      expect((await mirror(network, 'verify')).code).not.toBe(0);
      const [finding] = lines((await mirror(network, 'findings')).stdout);
      expect(finding).toMatchObject({ source: 'tables', code: 'TABLES_DIFFER', block: 1, key: 'blocks' });
      await until(async () => (await statusOf('/v1/artifacts')) === 503);
      const refused = await http(network, '/v1/artifacts');
      expect(refused.json).toMatchObject({ code: 'MIRROR_CONTRADICTED' });
      await until(async () => (await statusOf('/readyz')) === 503);
    } finally {
      expect((await mirror(network, 'rebuild')).code).toBe(0);
    }
    // Rebuilt tables alone do not tell who changed the old ones.
    expect(await statusOf('/v1/artifacts')).toBe(503);
    expect(await mirror(network, 'resume', 'all', 'a test changed a row')).toMatchObject({ code: 0 });
    await until(async () => (await statusOf('/v1/artifacts')) === 200);
    await until(async () => (await statusOf('/readyz')) === 200);
    expect((await mirror(network, 'verify')).code).toBe(0);
  }, 240_000);
});
