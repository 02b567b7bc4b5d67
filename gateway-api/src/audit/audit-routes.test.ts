import {
  type AuditItem,
  type AuditRelease,
  checkReport,
  keyId,
  openReport,
  parseExportLine,
  RangeFold,
  ReleasesFold,
} from '@maker-registry/protocol';
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { type GatewayContext } from '../context';
import { migrate } from '../database/migrate';
import { type Caller } from '../http/caller';
import { HeadTracker } from '../reads/head-tracker';
import { MirrorTables } from '../testing/mirror-tables';
import { ReadServer } from '../testing/read-server';
import { auditRoutes } from './audit-routes';
import { AuditReports, type ReportParts } from './audit-reports';
import { openReports } from './open-reports';
import { softwareSigner } from './testing/software-signer';

// Seconds on an idle machine; the rest is room for a busy one.
jest.setTimeout(60_000);

const REFUSED_BLOCK = 23;
const LAST = 31;
const NETWORK = 'ab'.repeat(32);
const signer = softwareSigner();
const FINGERPRINT = '7'.repeat(64);

function caller(role: string, mspId = 'Op1MSP', id = `certificate:${mspId}:${FINGERPRINT}`): Caller {
  return { id, kind: 'certificate', mspId, roles: [role] };
}

const REGULATOR = caller('regulator', 'RegulatorMSP');
const ROUTES = [
  '/v1/audit/search',
  `/v1/audit/timelines/artifact/${'0'.repeat(64)}`,
  '/v1/audit/statistics',
  '/v1/audit/queries',
  '/v1/audit/export',
  '/v1/audit/releases',
  '/v1/audit/stream',
  '/v1/audit/reports',
  '/v1/audit/reports/1',
];

let tables: MirrorTables;
let head: HeadTracker;
let server: ReadServer;
let context: GatewayContext;

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!(await what())) {
    if (performance.now() > deadline) throw new Error('did not come to pass');
    await delay(20);
  }
}

function linesOf(text: string): (AuditItem | AuditRelease)[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(parseExportLine);
}

async function release(
  outcome: 'released' | 'refused',
  code: string | null,
  age = '1 minute',
): Promise<void> {
  await tables.pool.query(
    `INSERT INTO gateway.releases (release_id, at, outcome, code, holder, right_id, challenge_id, intent_id, policy, checks,
       operator) VALUES ($1, now() - $4::interval, $2, $3, 'h', 'r', 'c', 'i', '{"height":3}', '[]', 'Op1MSP')`,
    [randomUUID(), outcome, code, age],
  );
}

async function queries(): Promise<Record<string, unknown>[]> {
  const { rows } = await tables.pool.query<Record<string, unknown>>(
    'SELECT * FROM gateway.audit_queries ORDER BY query_id',
  );
  return rows;
}

beforeAll(async () => {
  tables = await MirrorTables.start(NETWORK);
  await migrate(tables.pool);
  await tables.replay(LAST - 2);
  head = new HeadTracker(tables.url, pino({ level: 'silent' }));
  head.start();
  await until(() => head.connected);
  server = await ReadServer.start(tables.pool, (bare) => {
    context = {
      ...bare,
      head,
      stopping: new AbortController().signal,
      trust: () => ({ reportSigner: signer }),
      config: {
        ...bare.config,
        reportIntervalS: 60,
        network: { entry: { ...bare.config.network.entry, chaincode: 'registry', genesis_hash: NETWORK } },
      },
    } as unknown as GatewayContext;
    return auditRoutes(context);
  });
});

beforeEach(async () => {
  await tables.pool.query('TRUNCATE gateway.audit_queries');
  server.become(REGULATOR);
});

afterAll(async () => {
  await server.stop();
  await head.stop();
  await tables.stop();
});

describe('who may ask', () => {
  it.each(ROUTES)('%s is closed to anyone without one of the roles', async (path) => {
    server.become();
    expect((await server.get(path)).status).toBe(401);
    for (const other of [
      caller('reviewer'),
      caller('gateway'),
      caller('auditor', 'Op2MSP'),
      caller('operator-admin', 'Op2MSP'),
      // An operator can't make itself a regulator of others.
      caller('regulator', 'Op2MSP'),
    ]) {
      server.become(other);
      expect((await server.get(path)).status).toBe(403);
    }
    expect(await queries()).toEqual([]);
  });

  it.each([REGULATOR, caller('auditor'), caller('operator-admin'), caller('regulator')])(
    'is open to %j',
    async (one) => {
      server.become(one);
      expect((await server.get('/v1/audit/search?limit=1')).status).toBe(200);
    },
  );

  it('is told when the mirror is contradicted, and that is on record too', async () => {
    await tables.pool.query(
      `INSERT INTO registry.findings (source, code, message) VALUES ('own-peer', 'COMMIT_HASH_MISMATCH', 'x')`,
    );
    await tables.pool.query("SELECT pg_notify('registry_findings', '1')");
    await until(() => head.contradicted);
    for (const path of ROUTES) expect((await server.get(path)).status).toBe(503);
    expect((await queries()).map(({ outcome }) => outcome)).toContain('MIRROR_CONTRADICTED');
    const reports = openReports(context);
    await expect(reports!.issue()).rejects.toMatchObject({ code: 'MIRROR_CONTRADICTED' });
    await tables.pool.query('DELETE FROM registry.findings');
    await tables.pool.query("SELECT pg_notify('registry_findings', '')");
    await until(() => !head.contradicted);
  });
});

describe('search', () => {
  it('finds by kind, id, state, type, text and time, with the transactions', async () => {
    const all = await server.all<Record<string, unknown>>('/v1/audit/search?limit=7');
    expect(new Set(all.map(({ kind }) => kind))).toEqual(
      new Set(['actor', 'license', 'artifact', 'parameters', 'proposal']),
    );
    const [artifact] = all.filter(({ kind }) => kind === 'artifact') as {
      id: string;
      state: string;
      created: object;
    }[];
    expect(artifact!.created).toMatchObject({ tx_id: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    for (const query of [
      `kind=artifact&id=${artifact!.id}`,
      `kind=artifact&state=${artifact!.state}`,
      `id=${artifact!.id}&type=model`,
    ]) {
      const found = await server.all<{ id: string }>(`/v1/audit/search?${query}`);
      expect(found.map(({ id }) => id)).toContain(artifact!.id);
    }
    expect(await server.all('/v1/audit/search?kind=artifact&from=1&to=2')).toEqual([]);
    expect(await server.all('/v1/audit/search?kind=artifact&from=1')).not.toEqual([]);
  });

  it('pages through everything once, in order', async () => {
    const whole = await server.all('/v1/audit/search?limit=200');
    for (const limit of [1, 3]) expect(await server.all(`/v1/audit/search?limit=${limit}`)).toEqual(whole);
  });

  it('takes the signs of LIKE and SQL as letters', async () => {
    for (const text of ['%%%', '___', "'; DROP TABLE registry.actors; --", '\\\\\\']) {
      const found = await server.get(`/v1/audit/search?text=${encodeURIComponent(text)}`);
      expect(found).toMatchObject({ status: 200, body: { items: [] } });
    }
  });

  it.each([
    'text=ab',
    'kind=person',
    'limit=0',
    'limit=1000',
    'cursor=x',
    'cursor=WzFd',
    'from=-1',
    'name=x',
  ])('refuses %s', async (query) => {
    expect((await server.get(`/v1/audit/search?${query}`)).status).toBe(422);
  });
});

describe('a timeline', () => {
  it('is in ledger order and links to transactions and receipts', async () => {
    const { rows } = await tables.pool.query<{ id: string }>(
      `SELECT subject_id AS id FROM registry.subjects WHERE subject_type = 'actor' GROUP BY 1 HAVING count(*) > 1 LIMIT 1`,
    );
    const [actor] = rows;
    const items = await server.all<Record<string, number | string>>(
      `/v1/audit/timelines/actor/${actor!.id}?limit=1`,
    );
    expect(items.length).toBeGreaterThan(1);
    const places = items.map(({ block, tx_index: index }) => Number(block) * 1_000 + Number(index));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    for (const { tx_id: id, links } of items)
      expect(links).toEqual({
        transaction: `/v1/transactions/${id}`,
        receipt: `/v1/transactions/${id}/receipt`,
      });
    expect(await server.all(`/v1/audit/timelines/artifact/${actor!.id}`)).toEqual([]);
    expect((await server.get(`/v1/audit/timelines/person/${actor!.id}`)).status).toBe(422);
  });
});

describe('the export', () => {
  it('is whole and the same in pages of any size, with and without cursors', async () => {
    const whole = (await server.get('/v1/audit/export?limit=1000')).text;
    const fold = new RangeFold();
    for (const item of linesOf(whole)) if (item.type !== 'release') fold.add(item);
    expect(fold.result.anchors).toMatchObject({ from: { block: 0 }, to: { block: LAST - 2 } });
    expect(fold.result.statistics.transactions.refused_by_code).toEqual({ ENDORSEMENT_POLICY_FAILURE: 1 });
    for (const limit of [1, 7, 101]) {
      let text = '';
      let cursor = '';
      for (;;) {
        const page = await server.get(`/v1/audit/export?limit=${limit}${cursor}`);
        text += page.text;
        cursor = `&cursor=${page.headers.get('registry-next-cursor')}`;
        if (page.headers.get('registry-more') === 'false') break;
      }
      expect(text).toBe(whole);
    }
  });

  it('takes a range of blocks, and says where to go on after the last', async () => {
    const part = await server.get(`/v1/audit/export?from_block=${REFUSED_BLOCK}&to_block=${REFUSED_BLOCK}`);
    expect(linesOf(part.text)).toMatchObject([
      { type: 'block', block: REFUSED_BLOCK, valid: 0 },
      { type: 'transaction', validation_code: 'ENDORSEMENT_POLICY_FAILURE' },
    ]);
    const next = part.headers.get('registry-next-cursor');
    const after = await server.get(`/v1/audit/export?cursor=${next}&limit=1`);
    expect(linesOf(after.text)).toMatchObject([{ type: 'block', block: REFUSED_BLOCK + 1 }]);
    expect((await server.get('/v1/audit/export?cursor=WzFd')).status).toBe(422);
  });

  it('has no certificate, no subject of one and no argument in it', async () => {
    const { text } = await server.get('/v1/audit/export?limit=1000');
    expect(text).not.toMatch(/BEGIN CERTIFICATE|LS0tLS1CRUdJTi|creator_subject|"argument"|payloadType/);
  });
});

describe('statistics', () => {
  it('are what the export comes to, over blocks and over times', async () => {
    const fold = new RangeFold();
    for (const item of linesOf(
      (await server.get('/v1/audit/export?from_block=5&to_block=20&limit=1000')).text,
    ))
      if (item.type !== 'release') fold.add(item);
    const { body } = await server.get('/v1/audit/statistics?from_block=5&to_block=20');
    expect(body).toMatchObject({ ...fold.result });
    expect((await server.get('/v1/audit/statistics?from=1&to=2')).status).toBe(404);
    expect((await server.get('/v1/audit/statistics?from=1')).status).toBe(200);
    expect((await server.get('/v1/audit/statistics?from_block=9&to_block=3')).status).toBe(404);
  });
});

describe('the record of queries', () => {
  it('has who, what, when and how much, and nobody’s name or text', async () => {
    server.become({ id: 'token:erika@example.org', kind: 'token', mspId: undefined, roles: ['auditor'] });
    await server.get('/v1/audit/search?text=Erika%20Musterfrau&kind=license');
    server.become(REGULATOR);
    await server.get('/v1/audit/export?limit=3');
    await server.get('/v1/audit/search?cursor=x');
    expect(await queries()).toMatchObject([
      {
        kind: 'token',
        role: 'auditor',
        operation: 'auditSearch',
        parameters: { kind: 'license', text: '(16 characters)' },
        outcome: 'answered',
        items: 0,
      },
      { kind: 'certificate', msp_id: 'RegulatorMSP', role: 'regulator', subject: FINGERPRINT, items: 3 },
      { operation: 'auditSearch', outcome: 'SCHEMA_VIOLATION', items: 0 },
    ]);
    const { text, body } = await server.get('/v1/audit/queries?limit=2');
    expect(text).not.toMatch(/Erika|example\.org|Musterfrau/i);
    expect(body).toMatchObject({ items: [{ operation: 'auditSearch' }, { operation: 'auditExport' }] });
    // That it was read is on record as well.
    const seen = await server.all<Record<string, unknown>>(
      `/v1/audit/queries?subject=${FINGERPRINT}&limit=1`,
    );
    expect(seen.map(({ operation }) => operation)).toContain('auditQueries');
  });

  it('is a condition of every answer', async () => {
    await tables.pool.query('ALTER TABLE gateway.audit_queries RENAME TO audit_queries_away');
    try {
      for (const path of ROUTES) expect((await server.get(path)).status).toBeGreaterThanOrEqual(500);
    } finally {
      await tables.pool.query('ALTER TABLE gateway.audit_queries_away RENAME TO audit_queries');
    }
  });
});

describe('releases and signed reports', () => {
  const key = { keyid: keyId(signer.alg, signer.publicKey), alg: signer.alg, publicKey: signer.publicKey };

  let parts: ReportParts;

  beforeAll(() => {
    parts = {
      source: { pool: tables.pool, chaincode: 'registry' },
      head,
      logger: pino({ level: 'silent' }),
      signer,
      issuer: 'Op1MSP',
      network: NETWORK,
      intervalS: 60,
      now: () => Math.floor(Date.now() / 1_000),
    };
  });

  it('can be recomputed from the export and the record of releases, report after report', async () => {
    await release('released', null);
    await release('refused', 'TOKEN_EXPIRED');
    const reports = new AuditReports(parts);
    await reports.issueDue();
    // Not due again, and nothing new.
    await reports.issueDue();
    expect(await reports.issue()).toBeUndefined();
    await tables.replay(LAST - 1);
    await until(() => head.height === LAST - 1);
    await reports.issueDue();
    expect((await server.get('/v1/audit/reports')).body).toMatchObject({
      items: [{ number: 1, to_block: LAST - 2 }],
    });
    expect(await Promise.all([reports.issue(), reports.issue()])).toMatchObject([
      { number: 2 },
      { number: 2 },
    ]);
    const [first, second] = await Promise.all(
      [1, 2].map(async (number) => openReport((await server.get(`/v1/audit/reports/${number}`)).text)),
    );
    const range = new RangeFold();
    const { from, to } = first!.report.anchors;
    const lines = linesOf(
      (await server.get(`/v1/audit/export?from_block=${from.block}&to_block=${to.block}&limit=1000`)).text,
    );
    for (const item of lines) if (item.type !== 'release') range.add(item);
    const releases = new ReleasesFold(0);
    for (const item of linesOf((await server.get('/v1/audit/releases')).text))
      if (item.type === 'release') releases.add(item);
    expect(releases.result).toMatchObject({ released: 1, refused: 1, refused_by_code: { TOKEN_EXPIRED: 1 } });
    const question = { network: NETWORK, keys: [key] };
    expect(checkReport(first!, { ...question, range: range.result, releases: releases.result })).toContain(
      'export',
    );
    expect(checkReport(second!, { ...question, previous: first })).toContain('chain');
    expect((await server.get('/v1/audit/reports/3')).status).toBe(404);
  });

  it('pages releases and narrows them', async () => {
    const page = await server.get('/v1/audit/releases?limit=1');
    expect(linesOf(page.text)).toHaveLength(1);
    expect(page.headers.get('registry-more')).toBe('true');
    const rest = await server.get(`/v1/audit/releases?cursor=${page.headers.get('registry-next-cursor')}`);
    expect(linesOf(rest.text)).toMatchObject([{ outcome: 'refused' }]);
    expect((await server.get(`/v1/audit/releases?right_id=${'1'.repeat(64)}`)).text).toBe('');
  });

  it('is issued before its time for a backlog that one report cannot hold', async () => {
    const reports = new AuditReports({ ...parts, issuer: 'Op2MSP', maxBlocks: 2 });
    for (const number of [1, 2, 3]) {
      await reports.issueDue();
      expect((await reports.list(0, 10)).at(-1)).toMatchObject({ number, to_block: 2 * number - 1 });
    }
    const patient = new AuditReports({ ...parts, issuer: 'Op2MSP' });
    await patient.issueDue();
    expect(await patient.list(3, 10)).toEqual([]);
  });

  it('shows no release before one with a smaller number that still settles', async () => {
    await release('released', null, '1 second');
    await release('released', null);
    expect(linesOf((await server.get('/v1/audit/releases')).text)).toHaveLength(2);
    await tables.pool.query("UPDATE gateway.releases SET at = at - interval '1 minute'");
    const seen = linesOf((await server.get('/v1/audit/releases')).text).map(
      (item) => (item as AuditRelease).seq,
    );
    expect(seen).toHaveLength(4);
    expect(seen).toEqual([...seen].sort((left, right) => left - right));
  });
});

describe('the stream', () => {
  it('sends what is there and what comes, each batch with a cursor to come again with', async () => {
    let text = '';
    const sent = request(
      { ...server.address, path: `/v1/audit/stream?from_block=${LAST - 2}` },
      (response) => {
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      },
    );
    sent.on('error', () => undefined).end();
    await until(() => text.includes('"type":"cursor"'));
    await tables.replay(LAST);
    await until(() => text.includes(`"block":${LAST},`));
    await until(
      () => text.trimEnd().endsWith('}') && text.trimEnd().split('\n').at(-1)!.includes('"cursor"'),
    );
    const items = text
      .trim()
      .split('\n')
      .filter((line) => !line.includes('"type":"cursor"'));
    const whole = (await server.get(`/v1/audit/export?from_block=${LAST - 2}&limit=1000`)).text;
    expect(`${items.join('\n')}\n`).toBe(whole);
    const { cursor } = JSON.parse(text.trim().split('\n').at(-1)!) as { cursor: string };
    expect((await server.get(`/v1/audit/export?cursor=${cursor}`)).text).toBe('');
    expect((await queries()).find(({ operation }) => operation === 'auditStream')).toMatchObject({
      outcome: 'open',
    });
    sent.destroy();
    await until(async () =>
      (await queries()).some(({ operation, outcome }) => operation === 'auditStream' && outcome === 'gone'),
    );
  });

  it('is refused beyond the number that may be open', async () => {
    const open = Array.from({ length: 16 }, () => {
      const one = request({ ...server.address, path: '/v1/audit/stream' }, (response) => response.resume());
      one.on('error', () => undefined).end();
      return one;
    });
    try {
      await until(async () => (await queries()).length === open.length);
      expect(await server.get('/v1/audit/stream')).toMatchObject({ status: 429 });
    } finally {
      for (const one of open) one.destroy();
    }
  });
});
