import { runningNetwork } from '@maker-registry/testbed';
import { Client } from 'pg';
import { databaseUrl } from '@maker-registry/testbed';
import { mirror } from './support/commands';
import { ledgerHeight } from './support/ledger';

const network = runningNetwork();

describe('the mirror', () => {
  it('equals the ledger, row by row', async () => {
    const verdict = await mirror(network, 'verify');
    expect(verdict.stderr + verdict.stdout).not.toMatch(/differ/i);
    expect(verdict.code).toBe(0);
  }, 120_000);

  it('has identical tables after a rebuild from genesis', async () => {
    const database = new Client(databaseUrl(network));
    await database.connect();
    try {
      const before = await mirror(network, 'hash');
      const rebuilt = await mirror(network, 'rebuild');
      expect(rebuilt.code).toBe(0);
      const after = await mirror(network, 'hash');
      expect(after.stdout).toBe(before.stdout);
      const { rows } = await database.query<{ height: string }>('SELECT height FROM registry.head');
      expect(Number(rows[0]?.height)).toBeGreaterThan(0);
      expect(Number(rows[0]?.height)).toBeLessThanOrEqual(await ledgerHeight(network));
    } finally {
      await database.end();
    }
  }, 240_000);

  it('is told by a changed row that it no longer equals the ledger', async () => {
    const database = new Client(databaseUrl(network));
    await database.connect();
    try {
      await database.query(
        "UPDATE registry.blocks SET data_hash = 'ff' || substr(data_hash, 3) WHERE number = 1 AND data_hash NOT LIKE 'ff%'",
      );
      const verdict = await mirror(network, 'verify');
      expect(verdict.code).not.toBe(0);
    } finally {
      await database.end();
      const repaired = await mirror(network, 'rebuild');
      expect(repaired.code).toBe(0);
    }
  }, 240_000);
});
