import { copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  divideOverLineage,
  type GenerationRecord,
  type RoyaltyPolicyVersion,
  schemeCommitment,
  type Settlement,
  settlementId,
} from '@maker-registry/protocol';
import { type PayoutBatch } from '@maker-registry/payouts';
import { NETWORK, TestGateway } from './testing/gateway';
import { type RegistryRun, runRegistry as run } from './testing/run-registry';
import { Workplace } from './testing/workplace';

const MODEL = 'aa'.repeat(32);
const OWNER = 'ee'.repeat(32);
const PAYER = 'ff'.repeat(32);
const LEAF = 'c1'.repeat(32);
const ROOT = 'c2'.repeat(32);
const RECORD = ['--model', MODEL, '--content', LEAF];
const STAMP = { tx_id: '0'.repeat(64), at: 1_790_000_000 };

let gateway: TestGateway;
let work: Workplace;

beforeAll(async () => {
  gateway = await TestGateway.start();
});
beforeEach(() => {
  work = new Workplace();
});
afterEach(() => {
  work.remove();
  gateway.reset();
});
afterAll(async () => {
  await gateway.close();
});

const ask = (...args: string[]): Promise<RegistryRun> => run(...args, ...gateway.options);

/** A command, what the gateway has, and what is printed. */
const SHOWN: [string, string[], Record<string, object>, unknown][] = [
  ['model show', ['--model', MODEL], { [`/v1/models/${MODEL}`]: { version: 2 } }, { version: 2 }],
  [
    'model show',
    ['--model', MODEL, '--version', '1'],
    { [`/v1/models/${MODEL}/versions/1`]: { version: 1 } },
    { version: 1 },
  ],
  ['scheme show', ['--scheme', MODEL], { [`/v1/schemes/${MODEL}`]: { a: 1 } }, { a: 1 }],
  [
    'record show',
    RECORD,
    {
      [`/v1/records/${MODEL}/${LEAF}`]: { nonce: 'x' },
      [`/v1/records/${MODEL}/${LEAF}/risks`]: { model_ref: MODEL, risks: ['model-disabled'] },
    },
    { nonce: 'x', risks: ['model-disabled'] },
  ],
  ['record lineage', RECORD, { [`/v1/records/${MODEL}/${LEAF}/lineage`]: { items: [] } }, { items: [] }],
  ['policy show', RECORD, { [`/v1/policies/${MODEL}/${LEAF}`]: { version: 3 } }, { version: 3 }],
  [
    'policy show',
    [...RECORD, '--version', '1'],
    { [`/v1/policies/${MODEL}/${LEAF}/versions/1`]: { version: 1 } },
    { version: 1 },
  ],
  [
    'settle show',
    [LEAF],
    {
      [`/v1/settlements/${LEAF}`]: { amount: '1' },
      [`/v1/settlements/${LEAF}/allocations`]: { items: [{ amount: '1' }] },
    },
    { amount: '1', allocations: [{ amount: '1' }] },
  ],
  ['suspense list', ['--status', 'held'], { '/v1/suspense': { items: [{ layer: 1 }] } }, [{ layer: 1 }]],
  [
    'vault show',
    ['--beneficiary', OWNER],
    { [`/v1/vaults/${OWNER}`]: { items: [{ balance: '1' }] }, '/v1/withdrawals': { items: [] } },
    { vaults: [{ balance: '1' }], withdrawals: [] },
  ],
  [
    'vault credits',
    ['--beneficiary', OWNER, '--currency', 'EUR'],
    {
      [`/v1/vaults/${OWNER}/EUR/credits`]: {
        items: [{ source: LEAF }],
        totals: { open: '1', collected: '0' },
      },
    },
    { totals: { open: '1', collected: '0' }, credits: [{ source: LEAF }] },
  ],
  [
    'stream show',
    ['--stream', LEAF, '--from', '1'],
    {
      [`/v1/streams/${LEAF}`]: { total: '9' },
      [`/v1/streams/${LEAF}/windows`]: { items: [{ window: 1 }], sum: '4', cumulative: '9' },
    },
    { total: '9', windows: [{ window: 1 }], sum: '4', cumulative: '9' },
  ],
  [
    'shares show',
    ['--shares', LEAF],
    {
      [`/v1/shares/${LEAF}`]: { supply: '10' },
      [`/v1/shares/${LEAF}/holdings`]: { items: [{ units: '10' }] },
    },
    { supply: '10', holdings: [{ units: '10' }] },
  ],
];

describe('reads', () => {
  it.each(SHOWN)('registry %s %j shows what the gateway has', async (command, given, documents, shown) => {
    for (const [path, document] of Object.entries(documents)) gateway.documents.set(path, document);
    const { code, stdout } = await ask(...command.split(' '), ...given);
    expect([code, JSON.parse(stdout)]).toEqual([0, shown]);
  });

  it.each(SHOWN)('registry %s %j says when nothing is there', async (command, given) => {
    const { code, error, stdout } = await ask(...command.split(' '), ...given);
    expect([code, error['code'], stdout]).toEqual([1, 'NOT_FOUND', '']);
  });

  it.each([
    ['model show', []],
    ['model show', ['--model', MODEL, '--version', '0']],
    ['record show', ['--model', MODEL]],
    ['record lineage', [...RECORD, '--direction', 'sideways']],
    ['record lineage', [...RECORD, '--depth', '65']],
    ['policy show', ['--content', LEAF]],
    ['settle show', []],
    ['settle show', [LEAF, ROOT]],
    ['settle replay', []],
    ['suspense list', ['held']],
    ['vault credits', ['--beneficiary', OWNER]],
    ['stream show', ['--stream', LEAF, '--to', 'x']],
    ['shares show', []],
    ['bundle export', RECORD],
    ['payout reconcile', ['--tables', '.']],
    ['payout export', ['--out', 'x']],
  ])('registry %s %j is a mistake', async (command, given) => {
    const { code, error } = await ask(...command.split(' '), ...given);
    expect([code, error['code']]).toEqual([1, 'USAGE']);
  });
});

const POLICY: RoyaltyPolicyVersion = {
  ...{ model_ref: MODEL, content_hash: LEAF, version: 2, set_by: OWNER, rights_owner: OWNER },
  ...{ license_uri: 'https://example.org/l', policy_commitment: ROOT, license_terms: {}, since: STAMP },
  royalty_terms: { beneficiaries: [OWNER], shares_bps: [10_000], derivative_royalty_bps: 500, max_depth: 8 },
};

function record(hash: string, parent: string): GenerationRecord {
  return {
    ...{ schema_version: 1, model_ref: MODEL, scheme_ref: MODEL, content_hash: hash, parent_hash: parent },
    ...{ timestamp: STAMP.at, nonce: hash, signature: 'ab'.repeat(64), payload_digest: hash, key_version: 1 },
    ...{ scheme_commitment: hash, recorder: OWNER, annotations: [], recorded: STAMP },
  };
}

/** A settlement over two layers as the ledger would make it, and its facts at the gateway. */
function settled(change: Partial<Settlement> = {}): string {
  const root = {
    ...POLICY,
    content_hash: ROOT,
    royalty_terms: { ...POLICY.royalty_terms, beneficiaries: [PAYER] },
  };
  const layers = [POLICY, root].map((policy) => ({
    ...{ model_ref: MODEL, content_hash: policy.content_hash, owner: OWNER },
    policy: { ...policy, status: 'active' as const },
  }));
  const { fee, ...divided } = divideOverLineage(10_007n, 100, layers);
  const id = settlementId(PAYER, 'invoice-7');
  const settlement: Settlement = {
    ...{ settlement_id: id, payer: PAYER, settlement_ref: 'invoice-7', request_digest: LEAF },
    ...{ model_ref: MODEL, content_hash: LEAF, amount: '10007', currency: 'EUR', mode: 'permissive' },
    ...{ risk_class: 'low', fee: { payee: 'safety-fund', bps: 100, amount: String(fee) }, ...divided },
    ...{ lineage: { depth: 1, incomplete: false, cycle: false }, suspended: [], settled: STAMP, ...change },
  };
  gateway.documents.set(`/v1/settlements/${id}`, settlement);
  gateway.documents.set(`/v1/models/${MODEL}`, { owner: OWNER });
  gateway.documents.set(`/v1/records/${MODEL}/${LEAF}`, record(LEAF, ROOT));
  gateway.documents.set(`/v1/records/${MODEL}/${ROOT}`, record(ROOT, '0'.repeat(64)));
  gateway.documents.set(`/v1/policies/${MODEL}/${LEAF}/versions/2`, POLICY);
  gateway.documents.set(`/v1/policies/${MODEL}/${ROOT}/versions/2`, root);
  return id;
}

describe('registry settle replay', () => {
  it('agrees with an honest settlement', async () => {
    const id = settled();
    const { code, out } = await ask('settle', 'replay', id);
    expect([code, out]).toEqual([0, { settlement_id: id, agrees: true, differences: [] }]);
  });

  it('ends with 1 and says what differs', async () => {
    const id = settled({ amount: '10008' });
    const { code, out, stderr } = await ask('settle', 'replay', id);
    expect([code, stderr]).toEqual([1, '']);
    expect(out).toMatchObject({ settlement_id: id, agrees: false });
    expect(out['differences']).not.toHaveLength(0);
  });

  it('does not agree with a lineage that the records do not show', async () => {
    const id = settled();
    gateway.documents.set(`/v1/records/${MODEL}/${LEAF}`, record(LEAF, '0'.repeat(64)));
    expect((await ask('settle', 'replay', id)).code).toBe(1);
  });

  it('does not take another settlement for the one it asked for', async () => {
    const id = settled({ settlement_ref: 'invoice-8' });
    const { code, error } = await ask('settle', 'replay', id);
    expect([code, error['code'], error['subject']]).toEqual([1, 'GATEWAY_LIED', id]);
  });

  it('says when a fact is missing', async () => {
    const id = settled();
    gateway.documents.delete(`/v1/policies/${MODEL}/${ROOT}/versions/2`);
    expect((await ask('settle', 'replay', id)).error['code']).toBe('NOT_FOUND');
  });
});

const PARAMS = { any: 'document' };
const SCHEME = {
  ...{ scheme_ref: ROOT, model_ref: MODEL, scheme_id: 'dct' },
  scheme_commitment: schemeCommitment({ ref_type: 0, ref_bytes: MODEL }, 'dct', PARAMS),
};

describe('registry bundle export', () => {
  const bundle = {
    ...{ format: 'maker-registry-bundle/v1', network: NETWORK, height: 7, records: [record(LEAF, ROOT)] },
    ...{ models: [], schemes: [SCHEME], policies: [], content_index: {} },
  };
  beforeEach(() => {
    gateway.documents.set(`/v1/records/${MODEL}/${LEAF}/bundle`, bundle);
  });
  const written = (): unknown => JSON.parse(readFileSync(work.at('bundle.json'), 'utf8'));

  it('writes a new file', async () => {
    const given = [...RECORD, '--out', work.at('bundle.json')];
    const { out } = await ask('bundle', 'export', ...given);
    expect(out).toEqual({ file: work.at('bundle.json'), network: NETWORK, height: 7, records: 1 });
    expect(written()).toEqual(bundle);
    expect((await ask('bundle', 'export', ...given)).error['code']).toBe('FILE_EXISTS');
  });

  it('adds the parameter document that its scheme commits to, and no other', async () => {
    const given = [...RECORD, '--out', work.at('bundle.json'), '--params'];
    const wrong = await ask('bundle', 'export', ...given, work.file('other.json', { any: 'other' }));
    expect(wrong.error['code']).toBe('SCHEME_MISMATCH');
    await ask('bundle', 'export', ...given, work.file('params.json', PARAMS));
    expect(written()).toEqual({ ...bundle, params: { [SCHEME.scheme_commitment]: PARAMS } });
  });
});

const EXAMPLES = join(__dirname, '..', '..', '..', 'libs', 'payouts', 'examples');
const BATCH = JSON.parse(readFileSync(join(EXAMPLES, 'batch.json'), 'utf8')) as PayoutBatch;

describe('a day at the payout desk', () => {
  const batch = (...more: string[]): Promise<RegistryRun> =>
    ask(
      ...['payout', 'export', '--instructions', work.at('instructions'), '--message-id', 'OP1-1'],
      ...['--debtor', work.file('debtor.json', BATCH.debtor), '--on', '2026-12-01'],
      ...['--out', work.at('pay.xml'), '--table', work.at('table.json'), ...more],
    );

  beforeEach(() => {
    mkdirSync(work.at('instructions'));
    BATCH.payments.forEach(({ instruction }, index) => work.file(`instructions/${index}.json`, instruction));
    const withdrawals = BATCH.payments.map(({ withdrawal }) => withdrawal);
    gateway.documents.set('/v1/withdrawals', (query) => ({
      items: query.get('status') === 'requested' ? withdrawals : [],
    }));
    for (const withdrawal of withdrawals)
      gateway.documents.set(`/v1/withdrawals/${withdrawal.withdrawal_id}`, withdrawal);
  });

  it('exports what has an instruction, for its own eyes only', async () => {
    const { code, out, stdout } = await batch();
    expect([code, out['payments'], out['without_instruction']]).toEqual([0, 3, []]);
    const xml = readFileSync(work.at('pay.xml'), 'utf8');
    expect(xml).toContain('Ada Maker');
    expect(stdout).not.toContain('Ada Maker');
    expect(statSync(work.at('pay.xml')).mode & 0o777).toBe(0o600);
    const table = JSON.parse(readFileSync(work.at('table.json'), 'utf8')) as Record<string, string>;
    expect(Object.values(table)).toEqual(BATCH.payments.map(({ withdrawal }) => withdrawal.withdrawal_id));
    expect((await batch()).error['code']).toBe('FILE_EXISTS');
  });

  it('leaves out a withdrawal without the instruction that it commits to', async () => {
    work.file('instructions/0.json', { ...BATCH.payments[0]!.instruction, iban: 'DE89370400440532013000' });
    const { out } = await batch();
    expect([out['payments'], out['without_instruction']]).toEqual([
      2,
      [BATCH.payments[0]!.withdrawal.withdrawal_id],
    ]);
  });

  it.each([
    ['an instruction that is none', 'instructions/x.json', '{"iban":"DE89"}', 'SCHEMA_VIOLATION'],
    ['an instruction that is no JSON', 'instructions/x.json', 'Ada Maker', 'JSON_MALFORMED'],
  ])('exports nothing with %s', async (_what, name, text, code) => {
    work.file(name, text);
    const { error } = await batch();
    expect([error['code'], error['subject']]).toEqual([code, work.at(name)]);
  });

  it('exports nothing for a debtor or a day that a bank would refuse', async () => {
    expect((await batch('--on', 'tomorrow')).error['code']).toBe('SCHEMA_VIOLATION');
    expect((await batch('--debtor', work.file('d.json', { name: 'x' }))).error['code']).toBe(
      'SCHEMA_VIOLATION',
    );
    const wrong = { ...BATCH.debtor, iban: 'DE00370400440532013000' };
    expect((await batch('--debtor', work.file('d.json', wrong))).error['code']).toBe('SCHEMA_VIOLATION');
    gateway.list('/v1/withdrawals', []);
    expect((await batch()).error['code']).toBe('SCHEMA_VIOLATION');
    expect(() => statSync(work.at('pay.xml'))).toThrow('ENOENT');
  });

  it('reconciles the tables with what the bank notified', async () => {
    await batch();
    mkdirSync(work.at('notifications'));
    copyFileSync(join(EXAMPLES, 'notification.xml'), work.at('notifications/1.xml'));
    const given = ['--tables', work.at('table.json'), '--notifications', work.at('notifications')];
    const { code, out } = await ask('payout', 'reconcile', ...given);
    const [paid, returned, outstanding] = BATCH.payments.map(({ withdrawal }) => withdrawal.withdrawal_id);
    expect(code).toBe(0);
    expect(out).toMatchObject({
      ...{ paid: [{ withdrawal_id: paid }], returned: [{ withdrawal_id: returned }] },
      ...{ amount_mismatch: [], outstanding: [outstanding] },
    });
    // The same notification twice says nothing new.
    copyFileSync(join(EXAMPLES, 'notification.xml'), work.at('notifications/2.xml'));
    expect((await ask('payout', 'reconcile', ...given)).out).toMatchObject({ paid: out['paid'] });
  });

  it.each([
    ['a table of something else', 'table.json', '{"a":1}', 'SCHEMA_VIOLATION'],
    ['a table that is no JSON', 'table.json', 'x', 'USAGE'],
    ['a notification that is none', 'n.xml', '<Document/>', 'SCHEMA_VIOLATION'],
    ['a withdrawal that the ledger does not have', 'table.json', `{"a":"${OWNER}"}`, 'NOT_FOUND'],
  ])('reconciles nothing with %s', async (_what, name, text, code) => {
    work.file('table.json', '{}');
    copyFileSync(join(EXAMPLES, 'notification.xml'), work.at('n.xml'));
    work.file(name, text);
    const given = ['--tables', work.at('table.json'), '--notifications', work.at('n.xml')];
    expect((await ask('payout', 'reconcile', ...given)).error['code']).toBe(code);
    expect(
      (await ask('payout', 'reconcile', '--tables', work.at('none'), ...given.slice(2))).error['code'],
    ).toBe('FILE_UNREADABLE');
  });
});
