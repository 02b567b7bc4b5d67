import { type Client } from 'pg';
import { ProofError, stateKeyId } from '@maker-registry/fabric-proofs';
import { Session } from './database';
import { readHead, readPosition, readState } from './head';
import { migrate } from './migrate';
import { BlockPreparation } from './prepare-block';
import { type BlockRows } from './projection/rows';
import { AbortedError, replicate, type Replication, type WrittenBatch } from './replicate';
import { digestTables } from './table-hash';
import { EmbeddedPostgres } from './testing/embedded-postgres';
import { ledgerFixture, StoredBlocks } from './testing/ledger-fixture';
import { HeadMovedError, writeBatch } from './write-batch';

const { blocks, ledger } = ledgerFixture();
const LAST = blocks.length - 1;
// A second or two on an idle machine; the rest is room for a busy one.
jest.setTimeout(60_000);

let server: EmbeddedPostgres;
let sessions: Session[] = [];

beforeAll(async () => {
  server = await EmbeddedPostgres.start();
});

afterAll(async () => {
  await server.stop();
});

afterEach(async () => {
  await Promise.all(sessions.map((session) => session.close()));
  sessions = [];
});

async function open(schema: string): Promise<Client> {
  const session = await Session.open(server.url, schema);
  sessions.push(session);
  await migrate(session.client, schema);
  return session.client;
}

function run(client: Client, options: Partial<Replication> = {}): Promise<void> {
  return replicate({
    peer: new StoredBlocks(blocks),
    client,
    ledger,
    announce: false,
    until: LAST,
    signal: new AbortController().signal,
    onWritten: () => undefined,
    ...options,
  });
}

async function digestOf(client: Client): Promise<string> {
  return (await digestTables(client, () => undefined)).digest;
}

async function count(client: Client, text: string): Promise<number> {
  const { rows } = await client.query<{ count: string }>(`SELECT count(*) AS count FROM ${text}`);
  return Number(rows[0]!.count);
}

async function prepared(upTo: number): Promise<BlockRows[]> {
  const preparation = new BlockPreparation(ledger, null, () => Promise.resolve(new Map()));
  const rows: BlockRows[] = [];
  for (const block of blocks.slice(0, upTo + 1)) rows.push(await preparation.prepare(block));
  return rows;
}

describe('replication into PostgreSQL', () => {
  let expected: string;

  beforeAll(async () => {
    const session = await Session.open(server.url, 'whole');
    await migrate(session.client, 'whole');
    await run(session.client);
    expected = await digestOf(session.client);
    await session.close();
  });

  it('writes blocks, transactions of every verdict, writes, documents and timelines', async () => {
    const client = await open('whole');
    expect(await readHead(client)).toMatchObject({
      height: LAST,
      genesisHash: ledger.genesisHash,
      halted: null,
    });
    expect(await count(client, 'blocks')).toBe(LAST + 1);
    expect(await count(client, "transactions WHERE validation_code = 'ENDORSEMENT_POLICY_FAILURE'")).toBe(1);
    expect(await count(client, 'writes WHERE block = 23')).toBe(0);
    const { rows } = await client.query<{ kind: string; name: string }>(
      `SELECT artifacts.kind, actors.status AS name FROM artifacts JOIN actors ON actors.actor_id = artifacts.maker`,
    );
    expect(rows).toHaveLength(1);
    expect(await count(client, 'licenses')).toBe(7);
    expect(await count(client, "revocations WHERE NOT lifted AND kind <> 'release'")).toBe(1);
    expect(await count(client, 'revocation_heads WHERE number = 1')).toBe(1);
    expect(await count(client, 'parameters WHERE version = 1')).toBe(1);
    expect(
      await count(client, "subjects JOIN artifacts ON subject_id = artifact_id WHERE relation = 'object'"),
    ).toBe(1);
    expect(
      await count(
        client,
        "transactions JOIN intents USING (intent_id, actor) WHERE validation_code = 'VALID'",
      ),
    ).toBe(await count(client, 'intents'));
    expect(await count(client, "transactions WHERE creator_role = 'gateway'")).toBeGreaterThan(0);
  });

  it('reads current values, for writes that only touch metadata', async () => {
    const client = await open('whole');
    const { rows } = await client.query<{
      namespace: string;
      collection: string;
      key: Buffer;
      value: Buffer;
    }>('(SELECT * FROM state LIMIT 1) UNION ALL (SELECT * FROM state OFFSET 40 LIMIT 1)');
    const missing = { namespace: 'registry', collection: '', key: Buffer.from('missing') };
    const values = await readState(client, [...rows, missing]);
    expect(values.size).toBe(2);
    expect(values.get(stateKeyId(rows[0]!))).toEqual(rows[0]!.value);
  });

  it('ends when told to, with blocks waiting', async () => {
    const client = await open('stopped');
    const controller = new AbortController();
    controller.abort();
    await expect(run(client, { signal: controller.signal })).rejects.toBeInstanceOf(AbortedError);
    expect((await readHead(client)).height).toBe(-1);
  });

  it('gives equal tables one block at a time, and interrupted anywhere', async () => {
    const client = await open('stepwise');
    for (let until = 0; until <= LAST; until += 1) {
      const controller = new AbortController();
      const stopped = run(client, {
        signal: controller.signal,
        until: until % 3 === 0 ? until : LAST,
        onWritten: ({ height }: WrittenBatch) => {
          if (height >= until) controller.abort();
        },
      }).catch((error: unknown) => error);
      const result = await stopped;
      if (result !== undefined) expect(result).toBeInstanceOf(AbortedError);
    }
    await run(client);
    expect(await digestOf(client)).toBe(expected);
  });

  it('lets only one of two writers advance', async () => {
    const [one, two] = [await open('contended'), await open('contended')];
    const results = await Promise.all(
      [run(one), run(two)].map((attempt) => attempt.catch((error: unknown) => error)),
    );
    expect(results.some((result) => result instanceof HeadMovedError)).toBe(true);
    await run(one);
    expect(await digestOf(one)).toBe(expected);
  });

  it('writes all of a batch or nothing', async () => {
    const client = await open('atomic');
    const batch = await prepared(5);
    const twice = [...batch, batch.at(-1)!];
    await expect(writeBatch(client, twice, false)).rejects.toThrow('duplicate key');
    expect((await readHead(client)).height).toBe(-1);
    expect(await count(client, 'blocks')).toBe(0);
    await writeBatch(client, batch, false);
    await expect(writeBatch(client, batch, false)).rejects.toBeInstanceOf(HeadMovedError);
    expect(await count(client, 'blocks')).toBe(6);
  });

  it('tells listeners of each new height', async () => {
    const client = await open('announced');
    const heights: string[] = [];
    client.on('notification', ({ payload }) => heights.push(payload ?? ''));
    await client.query('LISTEN registry_head');
    await run(client, { announce: true });
    expect(heights.at(-1)).toBe(String(LAST));
  });

  it('stops at the last good block when one does not verify, and goes on when the peer is right again', async () => {
    const client = await open('halted');
    const wrong = blocks.map((block) => Buffer.from(block));
    wrong[20]![wrong[20]!.length - 3]! ^= 1;
    const error: unknown = await run(client, { peer: new StoredBlocks(wrong) }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ProofError);
    expect((error as ProofError).details['block']).toBe(20);
    expect(await readHead(client)).toMatchObject({ height: 19 });
    expect(await count(client, 'blocks')).toBe(20);
    await run(client);
    expect(await digestOf(client)).toBe(expected);
  });

  it('survives PostgreSQL being killed in the middle', async () => {
    const client = await open('killed');
    const error = await run(client, {
      until: LAST,
      onWritten: () => {
        void server.kill();
      },
    }).catch((reason: unknown) => reason);
    expect(error).toHaveProperty('message');
    await server.kill();
    await server.run();
    const again = await open('killed');
    await run(again);
    expect(await digestOf(again)).toBe(expected);
  });

  it('notices a changed value, a removed row and an added one', async () => {
    const client = await open('tampered');
    await run(client);
    for (const change of [
      `UPDATE state SET value = 'x' WHERE ctid = (SELECT min(ctid) FROM state)`,
      'DELETE FROM subjects WHERE ctid = (SELECT min(ctid) FROM subjects)',
      `INSERT INTO intents (actor, nonce, doc, created_block, created_tx_index, block, tx_index) VALUES ('a', 'b', '{}', 1, 0, 1, 0)`,
      `UPDATE artifacts SET doc = jsonb_set(doc, '{state}', '"active"'), state = 'revoked'`,
    ]) {
      const before = await digestOf(client);
      await client.query(change);
      expect(await digestOf(client)).not.toBe(before);
    }
    expect(await readPosition(client)).not.toBeNull();
  });
});
