import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type AuditItem, exportLine, RangeFold } from '@maker-registry/protocol';
import { type RegistryClient } from '@maker-registry/sdk';
import { databaseUrl, registryClient, runningNetwork } from '@maker-registry/testbed';
import { Client } from 'pg';
import { run } from './support/commands';
import { http } from './support/http';
import { registeredActor, Stage } from './support/world';

const network = runningNetwork();

/** Who and what a careless operator would leave behind: nothing of it may be anywhere but where it is meant to be. */
const PLANTED = ['Erika Mustermann', 'erika.mustermann@example.org', 'DE89370400440532013000'];
/** The one column for what a certificate says of its holder, as the blocks do. */
const MEANT = new Set(['transactions.creator_subject']);

/** A text as it may be written: plainly, in hex, or in base64 at any of the three places it can begin. */
function writings(text: string): string[] {
  const bytes = Buffer.from(text);
  const base64 = [0, 1, 2].map((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    // Characters at the ends depend on what stands beside them.
    return whole.slice(shift === 0 ? 0 : shift + 1, Math.floor(((shift + bytes.length) * 8) / 6));
  });
  return [text, encodeURIComponent(text), bytes.toString('hex'), ...base64].map((one) => one.toLowerCase());
}

function holds(content: string, texts: readonly string[]): string[] {
  const lower = content.toLowerCase();
  return texts.filter((text) => writings(text).some((writing) => lower.includes(writing)));
}

describe('regulators and auditors', () => {
  let regulator: RegistryClient;
  let stage: Stage;
  let artifact: string;
  let right: string;

  beforeAll(async () => {
    regulator = registryClient(network, { operator: 'regulator', identity: 'admin' });
    const maker = registryClient(network);
    try {
      stage = await Stage.set(maker);
      artifact = await stage.artifact();
      right = await stage.right(artifact, (await registeredActor(maker)).actorId);
    } finally {
      maker.close();
    }
    await delay(1_000);
  });

  afterAll(() => {
    regulator.close();
  });

  async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
    const found: Item[] = [];
    for await (const item of items) found.push(item);
    return found;
  }

  it('find an artifact, follow it and a right, and are led to transactions', async () => {
    const [found] = await all(regulator.audit.search({ kind: 'artifact', id: artifact }));
    expect(found).toMatchObject({
      kind: 'artifact',
      id: artifact,
      created: { tx_id: expect.any(String) as string },
    });
    for (const [type, id] of [
      ['artifact', artifact],
      ['right', right],
      ['actor', stage.maker.actorId],
    ] as const) {
      const items = await all(regulator.audit.timeline(type, id));
      expect(items.length).toBeGreaterThan(0);
      for (const { tx_id: txId } of items)
        expect(await regulator.read.transaction(String(txId))).toMatchObject({ validation_code: 'VALID' });
    }
  });

  it('are the only ones: others get 403 or 401', async () => {
    expect((await http(network, '/v1/audit/search')).status).toBe(401);
    // Not op2's: the tests of certificate revocations use up its people.
    const other = registryClient(network, { operator: 'op3', identity: 'auditor' });
    await expect(all(other.audit.search())).rejects.toMatchObject({ code: 'FORBIDDEN' });
    other.close();
    const own = registryClient(network, { operator: 'op1', identity: 'auditor' });
    expect(await own.audit.statistics()).toMatchObject({ operator: 'Op1MSP' });
    own.close();
  });

  it('recompute a signed report from the export, with the command line and without the network', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'audit-'));
    await regulator.audit.issueReport();
    const reports = await regulator.audit.reports();
    const newest = reports.at(-1) as { number: number; from_block: number; to_block: number };
    const lines: AuditItem[] = await all(
      regulator.audit.export({ fromBlock: newest.from_block, toBlock: newest.to_block }),
    );
    const fold = new RangeFold();
    for (const item of lines) fold.add(item);
    expect(fold.result.statistics.blocks).toBe(newest.to_block - newest.from_block + 1);
    const file = (name: string, text: string | Uint8Array): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const words = [
      file('report.json', await regulator.audit.report(newest.number)),
      ...['--jwks', file('jwks.json', await regulator.trust.jwks()), '--network', network.file.genesis_hash],
    ];
    const whole = file('ledger.jsonl', lines.map(exportLine).join(''));
    const good = await run('clients/cli/dist/main.js', ['report', 'verify', ...words, '--export', whole]);
    expect(JSON.parse(good.stdout)).toMatchObject({
      verdict: 'valid',
      checks: ['signature', 'network', 'export'],
    });
    const transaction = lines.findIndex((item) => item.type === 'write');
    const changed = lines.map((item, n) =>
      n === transaction ? { ...item, value_digest: '0'.repeat(64) } : item,
    );
    const tampered = file('tampered.jsonl', changed.map((item) => exportLine(item)).join(''));
    const bad = await run('clients/cli/dist/main.js', ['report', 'verify', ...words, '--export', tampered]);
    expect(JSON.parse(bad.stdout)).toMatchObject({ verdict: 'invalid', code: 'REPORT_DIFFERS' });
  });

  it('are on record with each question, by a digest', async () => {
    const queries = await all(regulator.audit.queries());
    expect(queries).toContainEqual(
      expect.objectContaining({ role: 'regulator', operation: 'auditExport', outcome: 'answered' }),
    );
  });

  it('leave, with everybody else, no personal data in anything that is written', async () => {
    const [name = '', mail = '', iban = ''] = PLANTED;
    // Where people put what does not belong there: searches, names of callers, refused requests.
    await all(regulator.audit.search({ text: name }));
    await all(regulator.audit.search({ text: mail }));
    const paths = [
      `/v1/audit/search?text=${encodeURIComponent(mail)}`,
      `/v1/timeline/${encodeURIComponent(name)}`,
    ];
    for (const path of [...paths, `/v1/artifacts?name=${encodeURIComponent(iban)}`])
      await http(network, path);
    await http(network, '/v1/intents', { body: JSON.stringify({ name, mail, iban }) });
    await http(network, '/v1/audit/search', { headers: { authorization: `Bearer ${mail}` } });
    await delay(1_000);
    expect(await foundInDatabase(PLANTED)).toEqual([]);
    for (const file of readdirSync(join(network.folder, 'logs'))) {
      const text = readFileSync(join(network.folder, 'logs', file), 'latin1');
      expect([file, holds(text, PLANTED)]).toEqual([file, []]);
    }
    const exported = (await all(regulator.audit.export())).map(exportLine).join('');
    expect(holds(exported, PLANTED)).toEqual([]);
    // Nor what a certificate says of the person who holds it: neither the certificate nor its subject is exported.
    expect(exported).not.toMatch(/BEGIN CERTIFICATE|LS0tLS1CRUdJTi|creator_subject/);
  }, 120_000);

  /** Every text, document and byte of both schemas, the ledger's state and writes among them. */
  async function foundInDatabase(people: readonly string[]): Promise<string[]> {
    const database = new Client(databaseUrl(network));
    await database.connect();
    try {
      const { rows: columns } = await database.query<{
        schema: string;
        table: string;
        column: string;
        type: string;
      }>(
        `SELECT table_schema AS schema, table_name AS table, column_name AS column, data_type AS type
          FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
          WHERE table_schema IN ('registry', 'gateway') AND table_type = 'BASE TABLE'`,
      );
      expect(columns.length).toBeGreaterThan(100);
      const found: string[] = [];
      for (const { schema, table, column, type } of columns) {
        const value = type === 'bytea' ? `encode("${column}", 'escape')` : `"${column}"::text`;
        const { rows } = await database.query<{ value: string | null }>(
          `SELECT ${value} AS value FROM "${schema}"."${table}" WHERE "${column}" IS NOT NULL`,
        );
        const hit = holds(rows.map((row) => row.value ?? '').join('\n'), people);
        if (hit.length > 0 && !MEANT.has(`${table}.${column}`))
          found.push(`${table}.${column}: ${hit.join(', ')}`);
      }
      return found;
    } finally {
      await database.end();
    }
  }
});
