import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { type MirrorConfig } from './config';
import { Session } from './database';
import { Follower, type FollowerState } from './follower';
import { findingsCommand, resumeCommand } from './findings-commands';
import { readHead } from './head';
import { rebuildCommand, verifyCommand } from './maintenance';
import { MirrorMetrics } from './metrics';
import { type ConnectPeer } from './peer';
import { digestTables } from './table-hash';
import { EmbeddedPostgres } from './testing/embedded-postgres';
import { ledgerFixture, StoredBlocks } from './testing/ledger-fixture';

// Seconds on an idle machine; the rest is room for a busy one.
jest.setTimeout(60_000);

const { blocks, ledger } = ledgerFixture();
const LAST = blocks.length - 1;
const POLL_MS = 20;
const silent = pino({ level: 'silent' });
let server: EmbeddedPostgres;
let config: MirrorConfig;
let running: { controller: AbortController; done: Promise<void> }[] = [];
let printed: string[] = [];

/** A peer that has the given blocks and stays connected without more. */
function peerWith(chain: readonly Uint8Array[]): ConnectPeer {
  return () => {
    const source = new StoredBlocks(chain, true);
    return Promise.resolve({
      height: () => Promise.resolve(chain.length),
      blocks: (from, listener) => source.blocks(from, listener),
      close: () => undefined,
    });
  };
}

function follow(connect: ConnectPeer = peerWith(blocks)): {
  follower: Follower;
  metrics: MirrorMetrics;
  stop: () => Promise<void>;
} {
  const metrics = new MirrorMetrics();
  const follower = new Follower(config, metrics, silent, connect);
  const controller = new AbortController();
  const done = follower.run(controller.signal);
  running.push({ controller, done });
  const stop = async (): Promise<void> => {
    controller.abort();
    await done;
  };
  return { follower, metrics, stop };
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) await delay(POLL_MS);
}

function reaches(follower: Follower, state: FollowerState['state'], height?: number): Promise<void> {
  return until(() => {
    const now = follower.state;
    return (
      now.state === state && (height === undefined || (now.state === 'following' && now.height === height))
    );
  });
}

async function withSession<Value>(use: (session: Session) => Promise<Value>): Promise<Value> {
  const session = await Session.open(server.url);
  return use(session).finally(() => session.close());
}

function digest(): Promise<string> {
  return withSession(async ({ client }) => (await digestTables(client, () => undefined)).digest);
}

function execute(text: string): Promise<unknown> {
  return withSession(({ client }) => client.query(text));
}

beforeAll(async () => {
  server = await EmbeddedPostgres.start();
  config = {
    source: {
      ...ledger,
      channel: 'registry',
      endpoint: '',
      tlsCaCert: '',
      serverName: '',
      mspId: '',
      certificate: '',
      key: '',
    },
    witnesses: [],
    watchIntervalMs: POLL_MS,
    databaseUrl: server.url,
    operationsHost: '127.0.0.1',
    operationsPort: 0,
    logLevel: 'silent',
  };
});

beforeEach(async () => {
  await execute('DROP SCHEMA IF EXISTS registry CASCADE');
  printed = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});

afterEach(async () => {
  for (const { controller } of running) controller.abort();
  await Promise.all(running.map(({ done }) => done));
  running = [];
  jest.restoreAllMocks();
});

afterAll(async () => {
  await server.stop();
});

describe('Follower', () => {
  it('follows to the end and counts what it wrote', async () => {
    const { follower, metrics } = follow();
    await reaches(follower, 'following', LAST);
    const text = await metrics.registry.metrics();
    expect(text).toContain(`mirror_height ${LAST}`);
    expect(text).toContain(`mirror_blocks_total ${LAST + 1}`);
    expect(text).toContain('mirror_transactions_total{valid="false"} 1');
    expect(text).toContain('mirror_leader 1');
  });

  it('stands by for another mirror and takes over when that one ends', async () => {
    const first = follow();
    await reaches(first.follower, 'following', LAST);
    const second = follow();
    await reaches(second.follower, 'standby');
    await first.stop();
    await reaches(second.follower, 'following', LAST);
  });

  it('halts at a block that contradicts the chain, says so, and goes on once the peer is right', async () => {
    const wrong = blocks.map((block) => Buffer.from(block));
    wrong[9]![wrong[9]!.length - 3]! ^= 1;
    const { follower, metrics, stop } = follow(peerWith(wrong));
    await reaches(follower, 'halted');
    expect(follower.state).toMatchObject({ halt: { block: 9, check: 'COMMIT_HASH_MISMATCH' } });
    expect(await metrics.registry.metrics()).toContain('mirror_verified 0');
    await until(async () => (await withSession(({ client }) => readHead(client))).halted !== null);
    expect(await withSession(({ client }) => readHead(client))).toMatchObject({
      height: 8,
      halted: { block: 9 },
    });
    await stop();
    const again = follow();
    await reaches(again.follower, 'halted');
    expect(await resumeCommand(config, { which: 'all', resolution: 'the peer was restored' })).toBe(0);
    await reaches(again.follower, 'following', LAST);
    expect((await withSession(({ client }) => readHead(client))).halted).toBeNull();
  });

  it('halts on tables of another network and leaves them alone', async () => {
    const { follower, stop } = follow();
    await reaches(follower, 'following', LAST);
    await stop();
    await execute("UPDATE head SET genesis_hash = 'other'");
    const before = await digest();
    const other = follow();
    await reaches(other.follower, 'halted');
    expect(other.follower.state).toMatchObject({ halt: { check: 'OtherNetworkError' } });
    await other.stop();
    expect(await digest()).toBe(before);
  });

  it('waits while PostgreSQL or the peer is away', async () => {
    let away = true;
    const connect: ConnectPeer = (source) =>
      away ? Promise.reject(new Error('no peer')) : peerWith(blocks)(source);
    const { follower } = follow(connect);
    await reaches(follower, 'waiting');
    expect(follower.state).toMatchObject({ reason: 'no peer' });
    away = false;
    await reaches(follower, 'following', LAST);
    await server.kill();
    await reaches(follower, 'waiting');
    await server.run();
    await reaches(follower, 'following');
  });
});

describe('rebuild and verify', () => {
  const signal = new AbortController().signal;

  it('gives equal tables, under a running follower', async () => {
    const { follower } = follow();
    await reaches(follower, 'following', LAST);
    const before = await digest();
    expect(await rebuildCommand(config, signal, peerWith(blocks))).toBe(0);
    expect(await digest()).toBe(before);
    expect(printed.join('')).toMatch(/\nequal\n/);
    expect(await verifyCommand(config, signal, peerWith(blocks))).toBe(0);
  });

  it('lets a follower write on in the new tables', async () => {
    const growing = blocks.slice(0, 20);
    const { follower, stop } = follow(peerWith(growing));
    await reaches(follower, 'following', 19);
    expect(await rebuildCommand(config, signal, peerWith(growing))).toBe(0);
    await stop();
    await reaches(follow().follower, 'following', LAST);
    expect(await verifyCommand(config, signal, peerWith(blocks))).toBe(0);
  });

  it('shows which table was tampered with, and repairs it', async () => {
    const { follower, stop } = follow();
    await reaches(follower, 'following', LAST);
    await stop();
    const before = await digest();
    await execute("UPDATE artifacts SET state = 'active', doc = jsonb_set(doc, '{state}', '\"active\"')");
    expect(await verifyCommand(config, signal, peerWith(blocks))).toBe(1);
    expect(printed.join('')).toContain('DIFFERENT artifacts: in use (');
    const halted = follow();
    await reaches(halted.follower, 'halted');
    expect(halted.follower.state).toMatchObject({
      halt: {
        check: 'TABLES_DIFFER',
        source: 'tables',
        key: 'artifacts',
        block: expect.any(Number) as number,
      },
    });
    expect(await rebuildCommand(config, signal, peerWith(blocks))).toBe(0);
    expect(printed.join('')).toContain('\nDIFFERENT\n');
    expect(await digest()).toBe(before);
    // Fresh tables do not tell who wrote to the old ones: that is for an operator to say.
    expect(halted.follower.state.state).toBe('halted');
    expect(await findingsCommand(config)).toBe(1);
    expect(await resumeCommand(config, { which: 'all', resolution: 'a migration by hand' })).toBe(0);
    await reaches(halted.follower, 'following', LAST);
    expect(await findingsCommand(config)).toBe(0);
  });

  it('does not wait for blocks that nobody has', async () => {
    const { follower, stop } = follow();
    await reaches(follower, 'following', LAST);
    await stop();
    await execute('UPDATE head SET height = height + 1000');
    expect(await verifyCommand(config, signal, peerWith(blocks))).toBe(1);
    expect(printed.join('')).toContain(`the tables say block ${LAST + 1000}, the peer has ${LAST}`);
  });

  it('builds where nothing is', async () => {
    expect(await rebuildCommand(config, signal, peerWith(blocks))).toBe(0);
    expect(printed.join('')).toContain('no readable tables');
    expect(await verifyCommand(config, signal, peerWith(blocks))).toBe(0);
  });
});
