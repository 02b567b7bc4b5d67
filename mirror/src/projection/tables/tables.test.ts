import fc from 'fast-check';
import { creditOf, type Settlement } from '@maker-registry/protocol';
import { MAX_ARGUMENT_CHARACTERS, MAX_SUBJECTS } from '../../limits';
import { ledgerKey, putOf } from '../../testing/writes';
import { DOCUMENT_TABLES } from '../document-tables';
import { projectDocuments } from '../project-documents';
import { type WriteRow } from '../rows';

const id = (byte: string): string => byte.repeat(32);
const MODEL = id('a1');
const SCHEME = id('a2');
const CONTENT = id('a3');
const PARENT = id('a4');
const NONCE = id('a5');
const OWNER = id('b1');
const RECORDER = id('b2');
const PAYER = id('b3');
const PAYEE = id('b4');
const SETTLEMENT = id('c1');
const STREAM = id('c2');
const SHARES = id('c3');
const WITHDRAWAL = id('c4');
const ZEROS = id('00');
const PLACE = { tx_id: id('ee'), at: 1_800_000_000 };

function project(...writes: WriteRow[]): ReturnType<typeof projectDocuments> {
  return projectDocuments(writes, 'registry');
}

const settlement: Settlement = {
  settlement_id: SETTLEMENT,
  payer: PAYER,
  settlement_ref: 'invoice 1',
  request_digest: id('d1'),
  model_ref: MODEL,
  content_hash: CONTENT,
  amount: '1000',
  currency: 'EUR',
  mode: 'permissive',
  risk_class: 'low',
  fee: { payee: 'safety-fund', bps: 100, amount: '10' },
  cap_bps: 5_000,
  max_depth: 64,
  beneficiaries: [OWNER, PAYEE],
  layers: [
    {
      model_ref: MODEL,
      content_hash: CONTENT,
      policy_version: 2,
      status: 'active',
      claim_bps: 0,
      amount: '700',
      payees: [0, 1],
      amounts: ['400', '300'],
      held: ['0', '300'],
    },
    {
      model_ref: MODEL,
      content_hash: PARENT,
      policy_version: 1,
      status: 'active',
      claim_bps: 3_000,
      amount: '290',
      payees: [0],
      amounts: ['290'],
    },
  ],
  lineage: { depth: 1, incomplete: false, cycle: false },
  suspended: [{ layer: 0, reason: 'disputed', amount: '300' }],
  stream_id: STREAM,
  settled: PLACE,
};

const record = {
  model_ref: MODEL,
  content_hash: CONTENT,
  scheme_ref: SCHEME,
  parent_hash: PARENT,
  nonce: NONCE,
  recorder: RECORDER,
  key_version: 2,
};

const policy = {
  rights_owner: OWNER,
  version: 2,
  status: 'active',
  royalty_terms: { beneficiaries: [OWNER, PAYEE] },
  dispute: { by: { actor: OWNER } },
};

const EVERY_KIND: [string, string[], object, unknown[]][] = [
  [
    'model',
    [MODEL],
    {
      owner: OWNER,
      model_id: 'm',
      model_version: '1',
      risk_class: 'low',
      flags: { frozen: true, disabled: false },
      version: 3,
    },
    [MODEL, OWNER, 'm', '1', null, 'low', true, false, 3],
  ],
  ['model-version', [MODEL, '000000003'], { version: 3 }, [MODEL, 3]],
  [
    'scheme',
    [SCHEME],
    { model_ref: MODEL, scheme_id: 's', scheme_commitment: id('11'), status: 'active', version: 1 },
    [SCHEME, MODEL, 's', id('11'), 'active', 1],
  ],
  ['scheme-version', [SCHEME, '000000001'], {}, [SCHEME, 1]],
  ['record', [MODEL, CONTENT], record, [MODEL, CONTENT, SCHEME, PARENT, null, NONCE, RECORDER, 2]],
  ['content', [CONTENT], { model_ref: MODEL }, [CONTENT, MODEL]],
  ['policy', [MODEL, CONTENT], policy, [MODEL, CONTENT, OWNER, 2, 'active', true]],
  [
    'policy-version',
    [MODEL, CONTENT, '000000002'],
    { rights_owner: OWNER, policy_commitment: id('12') },
    [MODEL, CONTENT, 2, OWNER, id('12')],
  ],
  [
    'suspense',
    [SETTLEMENT, '000000000', 'disputed'],
    {
      status: 'held',
      model_ref: MODEL,
      content_hash: CONTENT,
      currency: 'EUR',
      amount: '300',
      release_at: 5,
    },
    [SETTLEMENT, 0, 'disputed', 'held', MODEL, CONTENT, 'EUR', '300', 5],
  ],
  [
    'credit',
    [PAYEE, 'EUR', id('13')],
    { source_type: 'suspense', amount: '300', settlement_id: SETTLEMENT },
    [PAYEE, 'EUR', id('13'), 'suspense', '300', SETTLEMENT],
  ],
  [
    'collected',
    [PAYEE, 'EUR', SETTLEMENT],
    { amount: '690', intent_id: id('14') },
    [PAYEE, 'EUR', SETTLEMENT, '690', id('14')],
  ],
  ['vault', [PAYEE, 'EUR'], { balance: '5', collected: '9', withdrawn: '4' }, [PAYEE, 'EUR', '5', '9', '4']],
  [
    'withdrawal',
    [WITHDRAWAL],
    { beneficiary: PAYEE, currency: 'EUR', amount: '4', status: 'sent' },
    [WITHDRAWAL, PAYEE, 'EUR', '4', 'sent'],
  ],
  [
    'stream',
    [STREAM],
    {
      payer: PAYER,
      stream_ref: 'r',
      model_ref: MODEL,
      content_hash: CONTENT,
      currency: 'EUR',
      status: 'open',
      next_window: 7,
    },
    [STREAM, PAYER, 'r', MODEL, CONTENT, 'EUR', 'open', 7],
  ],
  [
    'stream-window',
    [STREAM, '000000006'],
    { amount: '5', cumulative: '35', settlement_id: SETTLEMENT },
    [STREAM, 6, '5', '35', SETTLEMENT],
  ],
  ['shares', [SHARES], { issuer: OWNER, name: 'fund', supply: '100' }, [SHARES, OWNER, 'fund', '100']],
  ['holding', [SHARES, PAYEE], { units: '40' }, [SHARES, PAYEE, '40']],
  [
    'certificate-revocation',
    ['Op1MSP', 'a1', '0f'],
    {
      state: 'held',
      reason: 'certificateHold',
      revoked: { tx_id: id('ab'), at: 5 },
      expires_at: 99,
      ticket: 'INC-1',
      version: 2,
      updated: { tx_id: id('ac'), at: 7 },
    },
    ['Op1MSP', 'a1', '0f', 'held', 'certificateHold', 5, id('ab'), null, 99, 'INC-1', 2, 7, id('ac')],
  ],
];

describe('documents of provenance and royalties', () => {
  it.each(EVERY_KIND)('become a row: %s', (type, key, document, values) => {
    const { documents } = project(putOf(ledgerKey(type, ...key), document));
    expect(documents.map((row) => row.values)).toEqual([values]);
    expect(values).toHaveLength(documents[0]!.table.columns.length);
    expect(JSON.parse(documents[0]!.doc!)).toEqual(document);
  });

  it.each(EVERY_KIND)('of which nothing can be read keep their key: %s', (type, key) => {
    const hostile = {
      owner: 1,
      flags: [],
      version: 1.5,
      status: {},
      amount: '-1',
      layers: 'x',
      parts: [7],
      lines: null,
    };
    const { documents } = project(putOf(ledgerKey(type, ...key), hostile));
    expect(documents).toHaveLength(1);
    const { table, values } = documents[0]!;
    expect(values).toHaveLength(table.columns.length);
    expect(values.slice(0, table.keyColumns)).not.toContain(null);
  });

  it.each(EVERY_KIND)('under a key too short or too long are passed over: %s', (type, key, document) => {
    const short = putOf(ledgerKey(type, ...key.slice(1)), document);
    const long = putOf(ledgerKey(type, ...key, 'x'), document);
    expect(project(short, long)).toEqual({ documents: [], subjects: [] });
  });

  it.each<[string, string[]]>([
    ['model-version', [MODEL, 'one']],
    ['model-version', [MODEL, '-1']],
    ['scheme-version', [SCHEME, '']],
    ['policy-version', [MODEL, CONTENT, '9'.repeat(30)]],
    ['suspense', [SETTLEMENT, '0x1', 'disputed']],
    ['stream-window', [STREAM, '1.5']],
  ])('whose %s has no number are passed over', (type, key) => {
    expect(project(putOf(ledgerKey(type, ...key), {})).documents).toEqual([]);
  });

  it('have a table for each kind, parts after what they are parts of', () => {
    const names = DOCUMENT_TABLES.map(({ table }) => table);
    expect(new Set(names).size).toBe(names.length);
    expect(names.indexOf('settlement_credits')).toBe(names.indexOf('settlements') + 1);
  });
});

describe('timelines', () => {
  const named = (...writes: WriteRow[]): string[] =>
    project(...writes).subjects.map(
      ({ subjectType, subjectId, relation }) => `${subjectType} ${subjectId} ${relation}`,
    );

  it('of a record are its content’s, its model’s, its scheme’s, its recorder’s and its parent’s', () => {
    expect(named(putOf(ledgerKey('record', MODEL, CONTENT), record))).toEqual([
      `record ${CONTENT} object`,
      `model ${MODEL} mention`,
      `scheme ${SCHEME} mention`,
      `actor ${RECORDER} mention`,
      `record ${PARENT} mention`,
    ]);
  });

  it('know no parent of what derives from nothing', () => {
    expect(named(putOf(ledgerKey('record', MODEL, CONTENT), { parent_hash: ZEROS }))).toEqual([
      `record ${CONTENT} object`,
    ]);
  });

  it('of a policy are its record’s and its beneficiaries’', () => {
    const about = { ...policy, model_ref: MODEL, content_hash: CONTENT };
    expect(named(putOf(ledgerKey('policy', MODEL, CONTENT), about))).toEqual([
      `model ${MODEL} mention`,
      `record ${CONTENT} mention`,
      `actor ${OWNER} mention`,
      `beneficiary ${OWNER} mention`,
      `beneficiary ${PAYEE} mention`,
    ]);
  });

  it('of a settlement are the payer’s, the records’ it pays, and the beneficiaries’', () => {
    const subjects = named(putOf(ledgerKey('settlement', SETTLEMENT), settlement));
    expect(subjects[0]).toBe(`settlement ${SETTLEMENT} object`);
    expect(subjects).toEqual(
      expect.arrayContaining([
        `actor ${PAYER} mention`,
        `stream ${STREAM} mention`,
        `record ${PARENT} mention`,
        `beneficiary ${PAYEE} mention`,
      ]),
    );
  });

  it('keep what was written where more is named than a transaction is indexed under', () => {
    const beneficiaries = Array.from({ length: MAX_SUBJECTS + 5 }, (_unused, n) =>
      n.toString(16).padStart(64, '0'),
    );
    const { subjects } = project(
      putOf(ledgerKey('settlement', SETTLEMENT), { ...settlement, beneficiaries }),
      putOf(ledgerKey('stream', STREAM), { payer: PAYER }),
    );
    expect(subjects).toHaveLength(MAX_SUBJECTS);
    expect(subjects).toContainEqual(expect.objectContaining({ subjectType: 'stream', relation: 'object' }));
  });

  it('have room for a batch of 200 records, each with a parent', () => {
    const batch = Array.from({ length: 200 }, (_unused, n) => {
      const content = `1${n.toString(16).padStart(63, '0')}`;
      return putOf(ledgerKey('record', MODEL, content), {
        ...record,
        parent_hash: `2${n.toString(16).padStart(63, '0')}`,
      });
    });
    expect(project(...batch).subjects.filter(({ subjectType }) => subjectType === 'record')).toHaveLength(
      400,
    );
  });

  it('have room for the largest envelope and role act in a transaction’s argument', async () => {
    const { MAX_ACT_BYTES, MAX_ENVELOPE_BYTES } = await import('@maker-registry/protocol');
    expect(MAX_ARGUMENT_CHARACTERS).toBeGreaterThanOrEqual(Math.max(MAX_ACT_BYTES, MAX_ENVELOPE_BYTES));
  });
});

describe('credits of settlements', () => {
  function creditsIn(document: object): [unknown, unknown][] {
    const { documents } = project(putOf(ledgerKey('settlement', SETTLEMENT), document));
    return documents
      .filter(({ table }) => table.table === 'settlement_credits')
      .map(({ values }) => [values[1], values[3]]);
  }

  it('are what the core says, for everybody named and the safety fund', () => {
    expect(creditsIn(settlement)).toEqual([
      [OWNER, '690'],
      [PAYEE, '0'],
      ['safety-fund', '10'],
    ]);
  });

  it('justify each amount and name the payer’s reference', () => {
    const { documents } = project(putOf(ledgerKey('settlement', SETTLEMENT), settlement));
    expect(documents[0]!.values.at(-1)).toBe(3);
    expect(JSON.parse(documents[1]!.doc!)).toEqual({
      source: SETTLEMENT,
      source_type: 'settlement',
      amount: '690',
      lines: creditOf(settlement, OWNER).lines,
      settlement_id: SETTLEMENT,
      settlement_ref: 'invoice 1',
      payer: PAYER,
      credited: PLACE,
    });
  });

  it('and what is held make up the whole payment', () => {
    const parts = fc.array(fc.record({ amount: fc.nat(1_000), held: fc.nat(1_000), payee: fc.nat(5) }), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 5 }), fc.nat(99), (layers, fee) => {
        const document = settlementOf(layers, fee);
        const credited = creditsIn(document).reduce((sum, [, amount]) => sum + BigInt(String(amount)), 0n);
        const held = layers.flat().reduce((sum, line) => sum + Math.min(line.held, line.amount), 0);
        const allocated = layers.flat().reduce((sum, line) => sum + line.amount, fee);
        // A payee that a layer names twice is counted once by the core: the ledger never writes such a layer.
        const isWellFormed = layers.every(
          (lines) => new Set(lines.map(({ payee }) => payee)).size === lines.length,
        );
        if (isWellFormed) expect(credited + BigInt(held)).toBe(BigInt(allocated));
      }),
    );
  });

  function settlementOf(
    layers: readonly (readonly { amount: number; held: number; payee: number }[])[],
    fee: number,
  ): object {
    return {
      ...settlement,
      fee: { ...settlement.fee, amount: String(fee) },
      beneficiaries: [0, 1, 2, 3, 4, 5].map((n) => id(`f${n}`)),
      layers: layers.map((lines) => ({
        ...settlement.layers[0],
        payees: lines.map(({ payee }) => payee),
        amounts: lines.map(({ amount }) => String(amount)),
        held: lines.map(({ amount, held }) => String(Math.min(held, amount))),
      })),
    };
  }

  it.each<[string, object]>([
    ['nothing', {}],
    ['no layers', { layers: undefined }],
    ['layers that are none', { layers: [1, 2] }],
    ['a layer without payees', { layers: [{ amounts: ['1'] }] }],
    ['payees that are no places', { layers: [{ payees: ['0'], amounts: ['1'] }] }],
    ['an amount with a sign', { layers: [{ payees: [0], amounts: ['-1'] }] }],
    ['an amount that is a number', { layers: [{ payees: [0], amounts: [1] }] }],
    ['held parts that are none', { layers: [{ payees: [0], amounts: ['1'], held: ['x'] }] }],
    ['beneficiaries that are none', { beneficiaries: [{}] }],
    ['no currency', { currency: 978 }],
    ['no fee', { fee: 'none' }],
    ['a fee without an amount', { fee: { bps: 1 } }],
  ])('are nobody’s where the document has %s', (what, change) => {
    expect(creditsIn(what === 'nothing' ? {} : { ...settlement, ...change })).toEqual([]);
  });

  it('are not given where more is held than owed', () => {
    const layers = [{ ...settlement.layers[0]!, held: ['401', '0'] }];
    expect(creditsIn({ ...settlement, layers }).map(([beneficiary]) => beneficiary)).not.toContain(OWNER);
  });

  it('name a beneficiary once, however often the document does', () => {
    const beneficiaries = [OWNER, OWNER, PAYEE];
    expect(
      creditsIn({ ...settlement, beneficiaries }).filter(([beneficiary]) => beneficiary === OWNER),
    ).toHaveLength(1);
  });

  it('go with a settlement that the ledger deletes', () => {
    const gone = putOf(ledgerKey('settlement', SETTLEMENT), '', { isDelete: true, value: null });
    expect(project(gone).documents.map(({ table, values, doc }) => [table.table, values[0], doc])).toEqual([
      ['settlements', SETTLEMENT, null],
      ['settlement_credits', SETTLEMENT, null],
    ]);
  });
});
