import {
  creditOf,
  ledgerKeys,
  type LedgerWrite,
  SAFETY_FUND,
  type Settlement,
  type Stream,
  type StreamWindow,
  type Suspense,
  type Withdrawal,
} from '@maker-registry/protocol';
import { encodeCursor } from '../http/cursor';
import { MirrorTables } from '../testing/mirror-tables';
import {
  collectedPut,
  creditPut,
  idOf,
  layerOf,
  PLACE,
  policyPuts,
  settlementOf,
  settlementPut,
} from '../testing/provenance-documents';
import { ReadServer } from '../testing/read-server';
import { royaltyReadRoutes } from './royalty-reads';

jest.setTimeout(60_000);

const [ONE, TWO, PAYER] = [idOf('a', 1), idOf('a', 2), idOf('a', 9)];
const NOWHERE = idOf('0', 404);

let tables: MirrorTables;
let server: ReadServer;

beforeAll(async () => {
  tables = await MirrorTables.start('ab'.repeat(32));
  server = await ReadServer.start(tables.pool, royaltyReadRoutes);
});
afterAll(async () => {
  await server.stop();
  await tables.stop();
});

interface Entry {
  readonly source: string;
  readonly amount: string;
  readonly lines: unknown[];
  readonly state: string;
  readonly [member: string]: unknown;
}

interface StatementAnswer {
  readonly items: readonly Entry[];
  readonly next_cursor?: string;
  readonly totals?: { readonly open: string; readonly collected: string };
}

describe('what is not there', () => {
  it.each([
    [`/v1/policies/${NOWHERE}/${NOWHERE}`, 'POLICY_UNKNOWN', `${NOWHERE}/${NOWHERE}`],
    [`/v1/policies/${NOWHERE}/${NOWHERE}/versions`, 'POLICY_UNKNOWN', `${NOWHERE}/${NOWHERE}`],
    [`/v1/policies/${NOWHERE}/${NOWHERE}/versions/1`, 'POLICY_UNKNOWN', `${NOWHERE}/${NOWHERE}/1`],
    [`/v1/settlements/${NOWHERE}`, 'SETTLEMENT_UNKNOWN', NOWHERE],
    [`/v1/settlements/${NOWHERE}/allocations`, 'SETTLEMENT_UNKNOWN', NOWHERE],
    [`/v1/vaults/${NOWHERE}/EUR`, 'NOT_FOUND', `${NOWHERE}/EUR`],
    [`/v1/withdrawals/${NOWHERE}`, 'WITHDRAWAL_UNKNOWN', NOWHERE],
    [`/v1/streams/${NOWHERE}`, 'STREAM_UNKNOWN', NOWHERE],
    [`/v1/streams/${NOWHERE}/windows`, 'STREAM_UNKNOWN', NOWHERE],
    [`/v1/shares/${NOWHERE}`, 'SHARES_UNKNOWN', NOWHERE],
    [`/v1/shares/${NOWHERE}/holdings`, 'SHARES_UNKNOWN', NOWHERE],
  ])('is said with its own code: %s', async (path, code, subject) => {
    expect(await server.get(path)).toMatchObject({ status: 404, body: { code, subject } });
  });

  it.each([
    `/v1/vaults/${NOWHERE}`,
    '/v1/policies?rights_owner=' + NOWHERE,
    '/v1/withdrawals',
    '/v1/streams',
    '/v1/shares',
  ])('makes an empty page: %s', async (path) => {
    expect(await server.get(path)).toMatchObject({ status: 200, body: { items: [] } });
  });

  it('makes an empty statement', async () => {
    const { body } = await server.get(`/v1/vaults/${NOWHERE}/EUR/credits`);
    expect(body).toEqual({ items: [], totals: { open: '0', collected: '0' } });
  });
});

describe('what is asked for wrongly', () => {
  it.each([
    ['/v1/policies?content_hash=x', '/query/content_hash'],
    ['/v1/policies?status=active', '/query/status'],
    [`/v1/policies/${NOWHERE}/x`, '/path/content_hash'],
    [`/v1/policies/${NOWHERE}/${NOWHERE}/versions/x`, '/path/version'],
    [`/v1/policies/${NOWHERE}/${NOWHERE}/versions?cursor=${encodeCursor(['a'])}`, '/query/cursor'],
    ['/v1/settlements/x', '/path/settlement_id'],
    ['/v1/settlements?currency=euro', '/query/currency'],
    ['/v1/settlements?settlement_ref=%00', '/query/settlement_ref'],
    [`/v1/settlements?settlement_ref=${'x'.repeat(129)}`, '/query/settlement_ref'],
    ['/v1/settlements?beneficiary=somebody', '/query/beneficiary'],
    ['/v1/settlements?lines=1', '/query/lines'],
    ['/v1/settlements?limit=0', '/query/limit'],
    [`/v1/settlements/${NOWHERE}/allocations?limit=201`, '/query/limit'],
    ['/v1/suspense?status=open', '/query/status'],
    ['/v1/suspense?reason=because', '/query/reason'],
    ['/v1/vaults/somebody', '/path/beneficiary'],
    [`/v1/vaults/pending:${'0'.repeat(63)}`, '/path/beneficiary'],
    [`/v1/vaults/${ONE}/EURO`, '/path/currency'],
    [`/v1/vaults/${ONE}/eur/credits`, '/path/currency'],
    [`/v1/vaults/${ONE}/EUR/credits?state=closed`, '/query/state'],
    [`/v1/vaults/${ONE}/EUR/credits?cursor=${encodeCursor([1, 2])}`, '/query/cursor'],
    [`/v1/vaults/${ONE}/EUR/credits?cursor=${encodeCursor(['1', '2', '3'])}`, '/query/cursor'],
    ['/v1/withdrawals?status=lost', '/query/status'],
    ['/v1/withdrawals?beneficiary=x', '/query/beneficiary'],
    ['/v1/streams?payer=x', '/query/payer'],
    [`/v1/streams/${NOWHERE}/windows?from=-1`, '/query/from'],
    [`/v1/streams/${NOWHERE}/windows?to=1.5`, '/query/to'],
    [`/v1/streams/${NOWHERE}/windows?from=${10 ** 9}`, '/query/from'],
    ['/v1/shares?issuer=x', '/query/issuer'],
    [`/v1/shares/${NOWHERE}/holdings?holder=%00`, '/query/holder'],
  ])('is refused: %s', async (path, subject) => {
    expect(await server.get(path)).toMatchObject({
      status: 422,
      body: { code: 'SCHEMA_VIOLATION', subject },
    });
  });
});

describe('policies', () => {
  it('are listed, and keep every version', async () => {
    const content = idOf('d', 7);
    await tables.block(policyPuts(1, content), policyPuts(1, content, { version: 2, rights_owner: TWO }));
    await tables.block(policyPuts(2, content));
    const path = `/v1/policies/${idOf('b', 1)}/${content}`;
    expect(await server.get(path)).toMatchObject({ status: 200, body: { version: 2, rights_owner: TWO } });
    const versions = await server.all<{ version: number }>(`${path}/versions?limit=1`);
    expect(versions.map(({ version }) => version)).toEqual([1, 2]);
    expect(await server.get(`${path}/versions/1`)).toMatchObject({ body: { rights_owner: ONE } });
    expect(await server.all(`/v1/policies?content_hash=${content}&limit=1`)).toHaveLength(2);
    expect(await server.all(`/v1/policies?rights_owner=${TWO}`)).toHaveLength(1);
    expect(await server.all(`/v1/policies?model_ref=${idOf('b', 2)}`)).toHaveLength(1);
  });
});

describe('settlements', () => {
  const sold = { model_ref: idOf('b', 31), content_hash: idOf('d', 31), currency: 'CHF' };
  const both = {
    beneficiaries: [ONE, TWO],
    layers: [
      layerOf([
        [0, 60],
        [1, 40],
      ]),
    ],
  };

  beforeAll(async () => {
    await tables.block(
      [settlementPut(settlementOf(31, { ...sold, ...both }))],
      [settlementPut(settlementOf(32, { ...sold, stream_id: idOf('6', 1), settlement_ref: 'öre & co' }))],
      [settlementPut(settlementOf(33, { ...sold, payer: TWO, ...both }))],
    );
  });

  const found = async (query: string): Promise<string[]> =>
    (await server.all<Settlement>(`/v1/settlements?currency=CHF&${query}`)).map(
      ({ settlement_id }) => settlement_id,
    );

  it.each<[string, readonly number[]]>([
    [`payer=${PAYER}`, [31, 32]],
    [`payer=${TWO}&settlement_ref=invoice%2033`, [33]],
    [`settlement_ref=${encodeURIComponent('öre & co')}`, [32]],
    [`model_ref=${sold.model_ref}&limit=1`, [31, 32, 33]],
    [`content_hash=${sold.content_hash}&payer=${TWO}`, [33]],
    [`stream_id=${idOf('6', 1)}`, [32]],
    [`beneficiary=${TWO}&limit=1`, [31, 33]],
    [`beneficiary=${TWO}&payer=${PAYER}`, [31]],
    [`beneficiary=${idOf('a', 3)}`, []],
    [`beneficiary=pending:${idOf('a', 3)}`, []],
    [`model_ref=${idOf('b', 99)}`, []],
  ])('are found by %s', async (query, numbers) => {
    expect(await found(query)).toEqual(numbers.map((number) => idOf('5', number)));
  });

  it('fill a page by their lines, not only by their number', async () => {
    const payees = Array.from({ length: 4_160 }, (_unused, n) => n.toString(16).padStart(64, '0'));
    const large = {
      currency: 'SEK',
      beneficiaries: payees,
      layers: [layerOf(payees.map((_payee, n) => [n, 1]))],
    };
    await tables.block(
      ...Array.from({ length: 9 }, (_unused, n) => [settlementPut(settlementOf(50 + n, large))]),
    );
    const first = await server.get('/v1/settlements?currency=SEK');
    const { items, next_cursor: next } = first.body as { items: unknown[]; next_cursor?: string };
    expect(items).toHaveLength(4);
    expect(next).toBeDefined();
    expect(first.text.length).toBeLessThan(8 * 1024 * 1024);
    const all = await server.all<Settlement>('/v1/settlements?currency=SEK');
    expect(all.map(({ settlement_id }) => settlement_id)).toEqual(
      Array.from({ length: 9 }, (_unused, n) => idOf('5', 50 + n)),
    );
  });

  it('show every line with what it is justified by', async () => {
    const path = `/v1/settlements/${idOf('5', 31)}/allocations`;
    const lines = await server.all(`${path}?limit=1`);
    expect(lines).toEqual([
      expect.objectContaining({
        layer: 0,
        policy_version: 1,
        beneficiary: ONE,
        amount: '60',
        held: '0',
        currency: 'CHF',
      }),
      expect.objectContaining({ layer: 0, beneficiary: TWO, amount: '40' }),
    ]);
    const beyond = await server.get(`${path}?cursor=${encodeCursor([99])}`);
    expect(beyond).toMatchObject({ status: 200, body: { items: [] } });
    expect(await server.get(`${path}?cursor=x`)).toMatchObject({ status: 422 });
  });

  it('show what waits, by settlement, status and reason', async () => {
    const suspense = (layer: number, change: Partial<Suspense>): LedgerWrite => {
      const value: Suspense = {
        settlement_id: idOf('5', 31),
        settlement_ref: 'invoice 31',
        layer,
        reason: 'disputed',
        model_ref: sold.model_ref,
        content_hash: sold.content_hash,
        policy_version: 1,
        currency: 'CHF',
        amount: '5',
        parts: [{ beneficiary: ONE, amount: '5' }],
        status: 'held',
        held: PLACE,
        ...change,
      };
      return { kind: 'suspense', id: ledgerKeys.suspense(value.settlement_id, layer, value.reason), value };
    };
    await tables.block([
      suspense(0, {}),
      suspense(0, { reason: 'payee-unknown' }),
      suspense(1, { status: 'released' }),
    ]);
    const reasons = async (query: string): Promise<unknown[]> =>
      (await server.all<Suspense>(`/v1/suspense?${query}`)).map(({ layer, reason }) => [layer, reason]);
    const all = [
      [0, 'disputed'],
      [0, 'payee-unknown'],
      [1, 'disputed'],
    ];
    expect(await reasons(`settlement_id=${idOf('5', 31)}&limit=1`)).toEqual(all);
    expect(await reasons('status=held')).toEqual(all.slice(0, 2));
    expect(await reasons('status=held&reason=disputed')).toEqual(all.slice(0, 1));
    expect(await reasons(`settlement_id=${NOWHERE}`)).toEqual([]);
  });
});

describe('statements', () => {
  const CURRENCY = 'NOK';
  const path = (beneficiary: string, query = ''): string =>
    `/v1/vaults/${beneficiary}/${CURRENCY}/credits${query}`;
  const settlements = [71, 72, 73, 74].map((number, n) =>
    settlementOf(number, {
      currency: CURRENCY,
      amount: '200',
      fee: { payee: SAFETY_FUND, bps: 500, amount: '10' },
      beneficiaries: [ONE, TWO],
      layers: [
        layerOf([
          [0, 90 + n],
          [1, 50 - n, n === 3 ? 47 : 5],
        ]),
        layerOf([[1, 50]]),
        layerOf([[0, 0]]),
      ],
    }),
  );
  const release = idOf('2', 1);

  beforeAll(async () => {
    await tables.block(
      ...settlements.map((settlement) => [settlementPut(settlement)]),
      [
        creditPut(TWO, release, {
          currency: CURRENCY,
          source_type: 'suspense',
          amount: '5',
          settlement_id: idOf('5', 71),
          lines: [{ layer: 0, policy_version: 1, amount: '5' }],
        }),
      ],
      [creditPut(TWO, idOf('2', 2), { currency: CURRENCY, amount: '33' })],
      // The same source in another currency, and of another beneficiary, is something else.
      [
        creditPut(TWO, idOf('2', 3), { currency: 'DKK', amount: '1000' }),
        creditPut(ONE, idOf('2', 4), { currency: CURRENCY, source_type: 'shares' }),
      ],
    );
    await tables.block(
      [collectedPut(TWO, CURRENCY, idOf('5', 72), '94'), collectedPut(TWO, CURRENCY, release, '5')],
      [collectedPut(TWO, 'DKK', idOf('5', 71), '1')],
    );
  });

  const statement = async (beneficiary: string, query = ''): Promise<StatementAnswer> =>
    (await server.get(path(beneficiary, query))).body as StatementAnswer;

  it('have every source, oldest first, with its amount as the core computes it', async () => {
    const { items, totals } = await statement(TWO);
    const expected = settlements.map((settlement) => creditOf(settlement, TWO));
    expect(items.slice(0, 4).map(({ source, amount, lines }) => ({ source, amount, lines }))).toEqual(
      settlements.map(({ settlement_id }, n) => ({
        source: settlement_id,
        amount: String(expected[n]!.amount),
        lines: expected[n]!.lines,
      })),
    );
    expect(items.slice(4).map(({ source, amount }) => [source, amount])).toEqual([
      [release, '5'],
      [idOf('2', 2), '33'],
    ]);
    const sum = items.reduce((total, { amount }) => total + BigInt(amount), 0n);
    expect(BigInt(totals!.open) + BigInt(totals!.collected)).toBe(sum);
    expect(totals!.collected).toBe('99');
  });

  it('justify each credit by its settlement', async () => {
    const { items } = await statement(TWO);
    expect(items[0]).toMatchObject({
      source_type: 'settlement',
      settlement_id: idOf('5', 71),
      settlement_ref: 'invoice 71',
      payer: PAYER,
      state: 'open',
      credited: PLACE,
    });
    expect(items[0]).not.toHaveProperty('collected_by');
    expect(items[1]).toMatchObject({ state: 'collected', collected_by: idOf('3', 1) });
    expect(items[4]).toMatchObject({
      source_type: 'suspense',
      settlement_ref: 'invoice 71',
      payer: PAYER,
      state: 'collected',
    });
    expect(items[5]).toMatchObject({ source_type: 'payout-returned', lines: [], state: 'open' });
    expect(items[5]).not.toHaveProperty('settlement_ref');
  });

  it.each<[string, readonly number[]]>([
    ['?state=open', [0, 2, 3, 5]],
    ['?state=collected', [1, 4]],
    ['?state=all', [0, 1, 2, 3, 4, 5]],
  ])('show what is asked for with %s, page by page', async (query, places) => {
    const { items } = await statement(TWO);
    for (const limit of [1, 2, 200]) {
      expect(await server.all<Entry>(path(TWO, `${query}&limit=${limit}`))).toEqual(
        places.map((place) => items[place]),
      );
    }
  });

  it('give the totals with the first page, the same for every state', async () => {
    const { totals } = await statement(TWO);
    expect((await statement(TWO, '?state=collected')).totals).toEqual(totals);
    const { next_cursor: next = '' } = await statement(TWO, '?limit=1');
    expect(await statement(TWO, `?limit=1&cursor=${next}`)).not.toHaveProperty('totals');
  });

  it('leave out what a settlement owes nothing of, and what waits', async () => {
    const { items } = await statement(TWO);
    expect(items[3]!.lines).toEqual([{ layer: 1, policy_version: 1, amount: '50' }]);
    const { items: others } = await statement(ONE);
    expect(others.every(({ amount }) => amount !== '0')).toBe(true);
    expect(others.at(-1)).toMatchObject({ source_type: 'shares' });
  });

  it('exist for the safety fund', async () => {
    const { items, totals } = await statement(SAFETY_FUND);
    expect(items.map(({ amount, lines }) => [amount, lines])).toEqual(settlements.map(() => ['10', []]));
    expect(totals).toEqual({ open: '40', collected: '0' });
  });

  it('of all beneficiaries, with what is held, are what was paid', async () => {
    for (const settlement of settlements) {
      const owed = await Promise.all(
        [ONE, TWO, SAFETY_FUND].map(async (beneficiary) => {
          const { items } = await statement(beneficiary);
          const entry = items.find(({ source }) => source === settlement.settlement_id);
          return BigInt(entry?.amount ?? '0');
        }),
      );
      const held = settlement.layers
        .flatMap(({ held: parts = [] }) => parts)
        .reduce((sum, part) => sum + BigInt(part), 0n);
      expect(owed.reduce((sum, amount) => sum + amount, held)).toBe(BigInt(settlement.amount));
    }
  });
});

describe('vaults and withdrawals', () => {
  it('are listed by currency and by what became of them', async () => {
    const vault = (currency: string): LedgerWrite => ({
      kind: 'vault',
      id: ledgerKeys.vault(ONE, currency),
      value: {
        beneficiary: ONE,
        currency,
        balance: '1',
        collected: '3',
        withdrawn: '2',
        version: 1,
        updated: PLACE,
      },
    });
    const withdrawal = (number: number, status: Withdrawal['status']): LedgerWrite => ({
      kind: 'withdrawal',
      id: ledgerKeys.withdrawal(idOf('8', number)),
      value: {
        withdrawal_id: idOf('8', number),
        beneficiary: ONE,
        currency: 'USD',
        amount: '2',
        instruction_commitment: idOf('7', 1),
        status,
        requested: PLACE,
        reports: [],
      },
    });
    await tables.block([vault('USD'), vault('AUD')], [withdrawal(1, 'requested'), withdrawal(2, 'paid')]);
    const currencies = await server.all<{ currency: string }>(`/v1/vaults/${ONE}?limit=1`);
    expect(currencies.map(({ currency }) => currency)).toEqual(['AUD', 'USD']);
    expect(await server.get(`/v1/vaults/${ONE}/USD`)).toMatchObject({ status: 200, body: { balance: '1' } });
    expect(await server.all(`/v1/withdrawals?beneficiary=${ONE}&limit=1`)).toHaveLength(2);
    expect(await server.all('/v1/withdrawals?status=paid&currency=USD')).toHaveLength(1);
    expect(await server.all('/v1/withdrawals?status=paid&currency=EUR')).toEqual([]);
    expect(await server.get(`/v1/withdrawals/${idOf('8', 2)}`)).toMatchObject({ body: { status: 'paid' } });
  });
});

describe('streams', () => {
  const stream = idOf('6', 2);
  const windows = (query: string): Promise<{ items: StreamWindow[]; sum: string; cumulative: string }> =>
    server
      .get(`/v1/streams/${stream}/windows${query}`)
      .then(({ body }) => body as { items: StreamWindow[]; sum: string; cumulative: string });

  beforeAll(async () => {
    const value: Stream = {
      stream_id: stream,
      payer: PAYER,
      stream_ref: 'meter 1',
      model_ref: idOf('b', 1),
      content_hash: idOf('d', 1),
      currency: 'EUR',
      mode: 'permissive',
      starts_at: 0,
      window_s: 60,
      status: 'open',
      next_window: 12,
      total: '78',
      opened: PLACE,
    };
    const empty: Stream = { ...value, stream_id: idOf('6', 3), payer: TWO };
    let cumulative = 0;
    const settled = Array.from({ length: 12 }, (_unused, n): LedgerWrite => {
      cumulative += n + 1;
      return {
        kind: 'stream-window',
        id: ledgerKeys['stream-window'](stream, n),
        value: {
          stream_id: stream,
          window: n,
          amount: String(n + 1),
          cumulative: String(cumulative),
          settled: PLACE,
        },
      };
    });
    await tables.block(
      [value, empty].map((one) => ({ kind: 'stream', id: ledgerKeys.stream(one.stream_id), value: one })),
      settled,
    );
  });

  it('are listed by payer', async () => {
    expect(await server.all<Stream>(`/v1/streams?payer=${PAYER}`)).toMatchObject([{ stream_id: stream }]);
    expect(await server.get(`/v1/streams/${stream}`)).toMatchObject({ body: { total: '78' } });
  });

  it.each<[string, number, string, string]>([
    ['', 12, '78', '78'],
    ['?from=2&to=9', 8, '52', '55'],
    ['?from=9', 3, '33', '78'],
    ['?to=0', 1, '1', '1'],
    ['?from=5&to=5', 1, '6', '21'],
    ['?from=12', 0, '0', '78'],
    ['?from=5&to=4', 0, '0', '15'],
    ['?from=999999999&to=0', 0, '0', '1'],
  ])('have windows with their sums: %s', async (query, count, sum, cumulative) => {
    const answer = await windows(query);
    expect(answer.items).toHaveLength(count);
    expect(answer.items.reduce((total, { amount }) => total + Number(amount), 0)).toBe(Number(sum));
    expect(answer).toMatchObject({ sum, cumulative });
  });

  it('give the sums of the range on each page', async () => {
    expect(await windows('?from=2&to=9&limit=3')).toMatchObject({ sum: '52', cumulative: '55' });
    const all = await server.all<StreamWindow>(`/v1/streams/${stream}/windows?from=2&to=9&limit=3`);
    expect(all.map(({ window }) => window)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('without windows have none, and sums of nothing', async () => {
    const { status, body } = await server.get(`/v1/streams/${idOf('6', 3)}/windows`);
    expect({ status, body }).toEqual({ status: 200, body: { items: [], sum: '0', cumulative: '0' } });
  });
});

describe('shares', () => {
  it('are listed by issuer, with who holds them', async () => {
    const shares = idOf('4', 5);
    const holding = (holder: string, units: string): LedgerWrite => ({
      kind: 'holding',
      id: ledgerKeys.holding(shares, holder),
      value: { shares_id: shares, holder, units, accrued: {} },
    });
    await tables.block([
      {
        kind: 'shares',
        id: [shares],
        value: { shares_id: shares, issuer: ONE, name: 'fund', supply: '100', totals: {}, issued: PLACE },
      },
      holding(TWO, '60'),
      holding(ONE, '40'),
    ]);
    expect(await server.all(`/v1/shares?issuer=${ONE}`)).toHaveLength(1);
    expect(await server.all(`/v1/shares?issuer=${TWO}`)).toEqual([]);
    expect(await server.get(`/v1/shares/${shares}`)).toMatchObject({ body: { supply: '100' } });
    const holders = await server.all<{ holder: string }>(`/v1/shares/${shares}/holdings?limit=1`);
    expect(holders.map(({ holder }) => holder)).toEqual([ONE, TWO]);
    expect(await server.all(`/v1/shares/${shares}/holdings?holder=${TWO}`)).toHaveLength(1);
  });
});
