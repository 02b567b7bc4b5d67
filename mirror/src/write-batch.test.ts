import { type Client } from 'pg';
import { Session } from './database';
import { migrate } from './migrate';
import { DOCUMENT_TABLES } from './projection/document-tables';
import { digestTables, HASHED_TABLES } from './table-hash';
import { documentBlock, type Put } from './testing/document-blocks';
import { EmbeddedPostgres } from './testing/embedded-postgres';
import { writeBatch } from './write-batch';

jest.setTimeout(60_000);

const id = (byte: string): string => byte.repeat(32);
const MODEL = id('a1');
const SCHEME = id('a2');
const SETTLEMENT = id('c1');

let server: EmbeddedPostgres;
let session: Session;
let client: Client;
let schemas = 0;

beforeAll(async () => {
  server = await EmbeddedPostgres.start();
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  schemas += 1;
  session = await Session.open(server.url, `tables${schemas}`);
  client = session.client;
  await migrate(client, `tables${schemas}`);
});
afterEach(async () => {
  await session.close();
});

async function rows(text: string): Promise<unknown[]> {
  return (await client.query<Record<string, unknown>>(text)).rows.map((row) => Object.values(row));
}

function record(content: string, change: object = {}): Put {
  const value = {
    model_ref: MODEL,
    content_hash: content,
    scheme_ref: SCHEME,
    parent_hash: id('00'),
    nonce: content,
  };
  return { kind: 'record', id: [MODEL, content], value: { ...value, ...change } };
}

function settlement(payees: readonly string[], settlementId = SETTLEMENT): Put {
  const layer = { payees: payees.map((_payee, n) => n), amounts: payees.map(() => '5') };
  const value = {
    settlement_id: settlementId,
    currency: 'EUR',
    beneficiaries: payees,
    layers: [layer],
    fee: { amount: '1' },
    settled: { at: 1 },
  };
  return { kind: 'settlement', id: [settlementId], value };
}

describe('typed tables of provenance and royalties', () => {
  it('take a batch of 200 records with their contents in one transaction', async () => {
    const contents = Array.from({ length: 200 }, (_unused, n) => n.toString(16).padStart(64, '0'));
    const puts = contents.flatMap((content) => [
      record(content),
      { kind: 'content', id: [content], value: { model_ref: MODEL } },
      { kind: 'nonce', id: [MODEL, content], value: { content_hash: content } },
    ]);
    await writeBatch(client, [documentBlock(0, [puts])], false);
    expect(await rows('SELECT count(*)::int FROM records JOIN contents USING (content_hash)')).toEqual([
      [200],
    ]);
    expect(await rows('SELECT DISTINCT created_block::int, created_tx_index FROM records')).toEqual([[0, 0]]);
  });

  it('take a settlement of 64 layers with 4 160 lines', async () => {
    const payees = Array.from({ length: 4_160 }, (_unused, n) => n.toString(16).padStart(64, '0'));
    await writeBatch(client, [documentBlock(0, [[settlement(payees)]])], false);
    expect(await rows('SELECT lines::int FROM settlements')).toEqual([[4_160]]);
    expect(await rows('SELECT count(*)::int, sum(amount)::int FROM settlement_credits')).toEqual([
      [4_161, 4_160 * 5 + 1],
    ]);
  });

  it('keep the place of the first write and the values of the last', async () => {
    const value = { owner: id('b1'), version: 1 };
    const model = (version: number): Put => ({ kind: 'model', id: [MODEL], value: { ...value, version } });
    await writeBatch(
      client,
      [documentBlock(0, [[model(1)], [model(2)]]), documentBlock(1, [[model(3)]])],
      false,
    );
    const places = 'created_block::int, created_tx_index, block::int, tx_index';
    expect(await rows(`SELECT version::int, ${places} FROM models`)).toEqual([[3, 0, 0, 1, 0]]);
  });

  it('lose a settlement’s credits with it, in a later batch and in the same', async () => {
    const gone: Put = { kind: 'settlement', id: [SETTLEMENT] };
    await writeBatch(client, [documentBlock(0, [[settlement([id('b1')])]])], false);
    await writeBatch(client, [documentBlock(1, [[gone]])], false);
    expect(await rows('SELECT * FROM settlement_credits')).toEqual([]);
    const others = [settlement([id('b1'), id('b2')]), settlement([id('b1')], id('c2'))];
    await writeBatch(client, [documentBlock(2, [others, [gone]])], false);
    expect(await rows('SELECT settlement_id FROM settlements')).toEqual([[id('c2')]]);
    expect(await rows('SELECT DISTINCT settlement_id FROM settlement_credits')).toEqual([[id('c2')]]);
  });

  it('leave nothing of a batch that fails', async () => {
    const wrong = documentBlock(0, [[record(id('d1'))]]);
    await expect(writeBatch(client, [wrong, wrong], false)).rejects.toThrow('duplicate key');
    expect(await rows('SELECT * FROM records')).toEqual([]);
  });

  it('are digested, so that a changed amount or a missing credit shows', async () => {
    const digest = async (): Promise<string> => (await digestTables(client, () => undefined)).digest;
    await writeBatch(client, [documentBlock(0, [[settlement([id('b1')]), record(id('d1'))]])], false);
    for (const change of [
      'UPDATE settlement_credits SET amount = amount + 1',
      "DELETE FROM settlement_credits WHERE beneficiary = 'safety-fund'",
      `UPDATE records SET nonce = '${id('ff')}'`,
      'UPDATE settlements SET lines = 2',
    ]) {
      const before = await digest();
      await client.query(change);
      expect(await digest()).not.toBe(before);
    }
    const hashed = HASHED_TABLES.map(({ name }) => name);
    for (const { table } of DOCUMENT_TABLES) expect(hashed).toContain(table);
  });

  it('order nonces by bytes whatever the locale, for ranges of a payload', async () => {
    await writeBatch(
      client,
      [documentBlock(0, [['0f', '9a', 'a0', 'ff'].map((byte) => record(id(byte)))])],
      false,
    );
    const inRange = `nonce COLLATE "C" BETWEEN '${'9'.padEnd(64, '0')}' AND '${'a'.padEnd(64, 'f')}'`;
    expect(await rows(`SELECT nonce FROM records WHERE ${inRange} ORDER BY nonce COLLATE "C"`)).toEqual([
      [id('9a')],
      [id('a0')],
    ]);
  });
});
