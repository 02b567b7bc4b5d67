import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { type GatewayContext } from '../context';
import { exportRoutes } from '../routes/exports';
import { registryReadRoutes } from '../routes/registry-reads';
import { MirrorTables } from '../testing/mirror-tables';
import { ReadServer } from '../testing/read-server';
import { HeadTracker } from './head-tracker';

// Seconds on an idle machine; the rest is room for a busy one.
jest.setTimeout(60_000);

const POLL_MS = 20;
const PATIENCE_MS = 15_000;

async function until(what: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!what()) {
    if (performance.now() > deadline) throw new Error('did not come to pass');
    await delay(POLL_MS);
  }
}

describe('what the gateway knows of the mirror', () => {
  let tables: MirrorTables;
  let head: HeadTracker;
  let server: ReadServer;

  beforeAll(async () => {
    tables = await MirrorTables.start('ab'.repeat(32));
    await tables.block([]);
    head = new HeadTracker(tables.url, pino({ level: 'silent' }));
    head.start();
    await until(() => head.connected);
    server = await ReadServer.start(tables.pool, (context: GatewayContext) => [
      ...registryReadRoutes({ ...context, head }),
      ...exportRoutes({ ...context, head }),
    ]);
  });

  afterAll(async () => {
    await server.stop();
    await head.stop();
    await tables.stop();
  });

  async function find(): Promise<void> {
    await tables.pool.query(
      `INSERT INTO registry.findings (source, code, message) VALUES ('own-peer', 'COMMIT_HASH_MISMATCH', 'x')`,
    );
    await tables.pool.query("SELECT pg_notify('registry_findings', '1')");
  }

  it.each(['/v1/artifacts', `/v1/actors/${'0'.repeat(64)}`, '/v1/blocks/0'])(
    'refuses %s while a finding is open, with its own code, and answers again once it is resolved',
    async (path) => {
      const before = await server.get(path);
      expect(before.status).not.toBe(503);
      await find();
      await until(() => head.contradicted);
      const refused = await server.get(path);
      expect(refused.status).toBe(503);
      expect(refused.body).toMatchObject({ code: 'MIRROR_CONTRADICTED' });
      await tables.pool.query("UPDATE registry.findings SET resolved_at = now(), resolution = 'looked at'");
      await tables.pool.query("SELECT pg_notify('registry_findings', '')");
      await until(() => !head.contradicted);
      expect((await server.get(path)).status).toBe(before.status);
    },
  );

  it('knows of a finding that was there before it came', async () => {
    await find();
    const late = new HeadTracker(tables.url, pino({ level: 'silent' }));
    late.start();
    await until(() => late.connected);
    expect(late.contradicted).toBe(true);
    await late.stop();
  });
});
