import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  assertAttestationKey,
  assertSchema,
  INTENT_TYPES,
  type LedgerIntentBodies,
  modelReference,
  policyCommitment,
  schemeCommitment,
} from '@maker-registry/protocol';
import { instructionCommitment } from '@maker-registry/payouts';
import { COMMANDS } from './commands/table';
import { TestGateway } from './testing/gateway';
import { runRegistry as run } from './testing/run-registry';
import { Workplace } from './testing/workplace';

const MODEL = 'aa'.repeat(32);
const SCHEME = 'bb'.repeat(32);
const CONTENT = 'cc'.repeat(32);
const OTHER = 'dd'.repeat(32);
const RECORD = ['--model', MODEL, '--content', CONTENT];
const RECORD_KEY = { model_ref: MODEL, content_hash: CONTENT };
const ID_REF = { ref_type: 0, ref_bytes: MODEL };
const TERMS = {
  license_terms: { uri: 'https://example.org/license' },
  royalty_terms: { beneficiaries: [OTHER], shares_bps: [10_000], derivative_royalty_bps: 500, max_depth: 8 },
};
const PARAMS = {
  scheme_id: 'dct-v1',
  detector_spec: { name: 'dct', version: '1.0.0', output: 'bits' },
  params: { step: 24 },
  key_commitment: OTHER,
  compatibility: { media_types: ['image/png'], preprocessing: 'none' },
};
const CLAIM = {
  ...{ schema_version: 1, model_ref: MODEL, scheme_ref: SCHEME, content_hash: CONTENT },
  ...{ parent_hash: '0'.repeat(64), timestamp: 1_790_000_000, nonce: OTHER, signature: 'ab'.repeat(64) },
};

let gateway: TestGateway;
let work: Workplace;
let actor: string;

beforeAll(async () => {
  gateway = await TestGateway.start();
});
beforeEach(async () => {
  work = new Workplace();
  actor = await work.actor('me.json');
  await work.modelKey('model.key');
  work.file('terms.json', TERMS);
  work.file('params.json', PARAMS);
  work.file('claim.json', CLAIM);
});
afterEach(() => {
  work.remove();
  gateway.reset();
});
afterAll(async () => {
  await gateway.close();
});

/** Arguments with FILE:name for a file of the workplace. */
function located(args: readonly string[]): string[] {
  return args.map((arg) => (arg.startsWith('FILE:') ? work.at(arg.slice('FILE:'.length)) : arg));
}

const submit = (...args: string[]): ReturnType<typeof run> =>
  run(...located(args), '--actor-key', work.at('me.json'), ...gateway.options);

async function bodyOf<Type extends keyof LedgerIntentBodies>(
  type: Type,
  ...args: string[]
): Promise<LedgerIntentBodies[Type]> {
  const { code, out, stderr } = await submit(...args);
  expect([stderr, code]).toEqual(['', 0]);
  expect(out).toMatchObject({ tx_id: 'cd'.repeat(32), block: 7 });
  const intent = gateway.intents.at(-1)!;
  expect([intent.type, intent.actor]).toEqual([type, actor]);
  assertSchema(INTENT_TYPES[type].schema, intent.body);
  return intent.body as LedgerIntentBodies[Type];
}

type Case = [string, keyof LedgerIntentBodies, string[], object];

/** Command, intent, options, and the body that the ledger gets. */
const BODIES: Case[] = [
  [
    'model update',
    'model.update',
    ['--model', MODEL, '--version', '2', '--recorders', `${CONTENT},${OTHER}`, '--not-updatable'],
    { model_ref: MODEL, model_version: '2', recorders: [CONTENT, OTHER], updatable: false },
  ],
  [
    'model update',
    'model.update',
    ['--model', MODEL, '--recorders', ''],
    { model_ref: MODEL, recorders: [] },
  ],
  [
    'model compromise',
    'model.compromise',
    ['--model', MODEL, '--key-version', '2', '--from', '1790000000'],
    { model_ref: MODEL, key_version: 2, from: 1_790_000_000 },
  ],
  ['model freeze', 'model.freeze', ['--model', MODEL], { model_ref: MODEL }],
  ['model disable', 'model.disable', ['--model', MODEL], { model_ref: MODEL }],
  ['model enable', 'model.enable', ['--model', MODEL], { model_ref: MODEL }],
  ['scheme deprecate', 'scheme.mark', ['--scheme', SCHEME], { scheme_ref: SCHEME, status: 'deprecated' }],
  ['scheme revoke', 'scheme.mark', ['--scheme', SCHEME], { scheme_ref: SCHEME, status: 'revoked' }],
  ['policy deprecate', 'policy.mark', RECORD, { ...RECORD_KEY, status: 'deprecated' }],
  ['policy revoke', 'policy.mark', RECORD, { ...RECORD_KEY, status: 'revoked' }],
  ['policy freeze', 'policy.freeze', RECORD, RECORD_KEY],
  [
    'suspense release',
    'suspense.release',
    ['--settlement', MODEL, '--layer', '1', '--reason', 'disputed'],
    { settlement_id: MODEL, layer: 1, reason: 'disputed' },
  ],
  [
    'stream open',
    'stream.open',
    [...RECORD, '--ref', 'sub', '--currency', 'EUR', '--starts-at', '1790000000', '--window-seconds', '60'],
    {
      ...RECORD_KEY,
      ...{ stream_ref: 'sub', currency: 'EUR', mode: 'permissive', starts_at: 1_790_000_000, window_s: 60 },
    },
  ],
  ['stream close', 'stream.close', ['--stream', MODEL], { stream_id: MODEL }],
  [
    'shares issue',
    'shares.issue',
    ['--name', 'Album', '--supply', '1000'],
    { name: 'Album', supply: '1000' },
  ],
  [
    'shares transfer',
    'shares.transfer',
    ['--shares', MODEL, '--to', OTHER, '--units', '10'],
    { shares_id: MODEL, to: OTHER, units: '10' },
  ],
  [
    'shares claim',
    'shares.claim',
    ['--shares', MODEL, '--currency', 'EUR'],
    { shares_id: MODEL, currency: 'EUR' },
  ],
];

describe('intents', () => {
  it.each(BODIES)('registry %s submits %s', async (command, type, given, body) => {
    expect(await bodyOf(type, ...command.split(' '), ...given)).toEqual(body);
  });

  it('are of every type that the ledger takes about models and royalties', () => {
    const named = (prefix: RegExp): string[] =>
      COMMANDS.map(({ name }) => name).filter((name) => prefix.test(name));
    expect(named(/^model /)).toHaveLength(8);
    expect(named(/^(scheme|policy|record) /)).toHaveLength(16);
  });

  it('register a model with a proof for its own reference', async () => {
    const given = [
      '--id',
      'painter',
      '--version',
      '1',
      '--risk-class',
      'low',
      '--attestation-key',
      'FILE:model.key',
    ];
    const body = await bodyOf('model.register', 'model', 'register', ...given);
    expect(body).toMatchObject({ model_id: 'painter', updatable: true, recorders: [], risk_class: 'low' });
    expect(() => {
      assertAttestationKey(modelReference(actor, 'painter'), body, body.proof);
    }).not.toThrow();
    const more = ['--recorders', OTHER, '--metadata-uri', 'https://example.org/m', '--artifact', OTHER];
    expect(
      await bodyOf('model.register', 'model', 'register', ...given, ...more, '--not-updatable'),
    ).toMatchObject({
      ...{ updatable: false, recorders: [OTHER], metadata_uri: 'https://example.org/m', artifact_id: OTHER },
    });
  });

  it('rotate a model’s key with a proof for its reference', async () => {
    const given = ['--model', MODEL, '--attestation-key', 'FILE:model.key'];
    const body = await bodyOf('model.rotate', 'model', 'rotate', ...given);
    expect(body).toMatchObject({ model_ref: MODEL, reason: 'rotation' });
    expect(() => {
      assertAttestationKey(MODEL, body, body.proof);
    }).not.toThrow();
    const leaked = ['--reason', 'compromise', '--from', '1790000000'];
    expect(await bodyOf('model.rotate', 'model', 'rotate', ...given, ...leaked)).toMatchObject({
      ...{ reason: 'compromise', compromised_from: 1_790_000_000 },
    });
  });

  it('commit to documents in files', async () => {
    const scheme = ['--params', 'FILE:params.json', '--params-uri', 'https://example.org/p'];
    expect(await bodyOf('scheme.register', 'scheme', 'register', '--model', MODEL, ...scheme)).toEqual({
      ...{
        model_ref: MODEL,
        scheme_id: 'dct-v1',
        params_uri: 'https://example.org/p',
        params_document: PARAMS,
      },
      scheme_commitment: schemeCommitment(ID_REF, 'dct-v1', PARAMS),
    });
    const policy = ['--terms', 'FILE:terms.json', '--license-uri', 'https://example.org/l'];
    expect(await bodyOf('policy.set', 'policy', 'set', ...RECORD, ...policy)).toEqual({
      ...{ ...RECORD_KEY, ...TERMS, rights_owner: actor, license_uri: 'https://example.org/l' },
      policy_commitment: policyCommitment(ID_REF, CONTENT, TERMS),
    });
    const handed = ['--rights-owner', OTHER, '--context', 'abcd'];
    expect(await bodyOf('policy.set', 'policy', 'set', ...RECORD, ...policy, ...handed)).toMatchObject({
      ...{ rights_owner: OTHER, context: 'abcd' },
    });
  });

  it('name unknown payees', async () => {
    work.file('names.json', [{ beneficiary: `pending:${OTHER}`, to: actor }]);
    const given = ['--settlement', MODEL, '--layer', '0', '--reason', 'payee-unknown'];
    const body = await bodyOf(
      'suspense.release',
      'suspense',
      'release',
      ...given,
      '--assignments',
      'FILE:names.json',
    );
    expect(body.assignments).toEqual([{ beneficiary: `pending:${OTHER}`, to: actor }]);
  });
});

describe('settle', () => {
  const PAYMENT = ['settle', ...RECORD, '--amount', '100', '--currency', 'EUR', '--ref', 'invoice-7'];
  const REQUEST = {
    ...RECORD_KEY,
    amount: '100',
    currency: 'EUR',
    settlement_ref: 'invoice-7',
    mode: 'permissive',
  };
  const lineage = `/v1/records/${MODEL}/${CONTENT}/lineage`;

  it('brings the lineage that the gateway knows', async () => {
    gateway.list(lineage, [{ ...CLAIM, model_ref: OTHER, layer: 1 }], { depth: 1 });
    expect(await bodyOf('settlement.settle', ...PAYMENT)).toEqual({
      ...REQUEST,
      lineage_hint: [{ model_ref: OTHER, content_hash: CONTENT }],
    });
  });

  it.each([
    ['none', undefined],
    ['no list', { items: null }],
    ['an empty one', { items: [] }],
    ['something else', { items: [{ model_ref: 'x', content_hash: CONTENT }] }],
    ['null', { items: [null] }],
  ])('goes without when it gets %s', async (_what, answer) => {
    if (answer !== undefined) gateway.documents.set(lineage, answer);
    expect(await bodyOf('settlement.settle', ...PAYMENT)).toEqual(REQUEST);
  });

  it('brings no more of it than the ledger takes', async () => {
    gateway.list(
      lineage,
      Array.from({ length: 80 }, () => CLAIM),
    );
    expect((await bodyOf('settlement.settle', ...PAYMENT)).lineage_hint).toHaveLength(64);
  });

  it('takes one report or a list of them', async () => {
    const envelope = { payload: 'e30=', payloadType: 'x', signatures: [{ keyid: OTHER, sig: 'ab' }] };
    work.file('one.json', envelope);
    work.file('two.json', [envelope, envelope]);
    const reports = async (file: string): Promise<unknown> => {
      const { error } = await submit(...PAYMENT, '--reports', `FILE:${file}`);
      return error['subject'] ?? gateway.intents.at(-1)?.body;
    };
    // The signature is no signature, so the schema names the first report of either form.
    expect(await reports('one.json')).toMatch(/^\/reports\/0\//);
    expect(await reports('two.json')).toMatch(/^\/reports\/0\//);
  });

  it('brings the bound on what ancestors may claim', async () => {
    const body = await bodyOf('settlement.settle', ...PAYMENT, '--max-claims-bps', '1500');
    expect(body).toEqual({ ...REQUEST, max_claims_bps: 1_500 });
    expect(await bodyOf('settlement.settle', ...PAYMENT, '--max-claims-bps', '0')).toMatchObject({
      max_claims_bps: 0,
    });
  });

  it('settles a window of a stream with its record’s lineage', async () => {
    gateway.documents.set(`/v1/streams/${OTHER}`, { stream_id: OTHER, ...RECORD_KEY });
    gateway.list(lineage, [CLAIM]);
    const given = ['--stream', OTHER, '--window', '0', '--amount', '0', '--usage', '12'];
    expect(await bodyOf('stream.settle', 'stream', 'settle', ...given)).toEqual({
      ...{ stream_id: OTHER, window: 0, amount: '0', usage: '12', lineage_hint: [RECORD_KEY] },
    });
  });

  it('brings verification reports to a settlement and to a window of a stream', async () => {
    const report = {
      ...{ payload: 'e30=', payloadType: 'application/vnd.in-toto+json' },
      signatures: [{ keyid: OTHER, sig: `${'A'.repeat(86)}==` }],
    };
    work.file('report.json', report);
    const given = ['--reports', 'FILE:report.json'];
    expect(await bodyOf('settlement.settle', ...PAYMENT, ...given)).toEqual({
      ...REQUEST,
      reports: [report],
    });
    gateway.documents.set(`/v1/streams/${OTHER}`, { stream_id: OTHER, ...RECORD_KEY });
    const window = ['--stream', OTHER, '--window', '0', '--amount', '250'];
    expect(await bodyOf('stream.settle', 'stream', 'settle', ...window, ...given)).toEqual({
      ...{ stream_id: OTHER, window: 0, amount: '250', reports: [report] },
    });
  });
});

describe('collecting', () => {
  const listed = (count: number): object[] =>
    Array.from({ length: count }, (_unused, index) => ({ source: index.toString(16).padStart(64, '0') }));
  const credits = (who: string, items: object[]): void => {
    gateway.documents.set(`/v1/vaults/${who}/EUR/credits`, (query) => ({
      items: query.get('state') === 'open' ? items : [],
    }));
  };
  const INSTRUCTION = { name: 'Ada Maker', iban: 'FR1420041010050500013M02606', salt: OTHER };

  it('takes the open credits, the oldest 400 at most', async () => {
    credits(actor, listed(2));
    expect((await bodyOf('vault.collect', 'vault', 'collect', '--currency', 'EUR')).credits).toHaveLength(2);
    credits(actor, listed(401));
    const { out } = await submit('vault', 'collect', '--currency', 'EUR');
    expect(out).toMatchObject({ credits: 400, more_open: true });
    credits(actor, listed(400));
    expect((await submit('vault', 'collect', '--currency', 'EUR')).out).toMatchObject({ more_open: false });
  });

  it('takes named credits without asking', async () => {
    work.file('credits.json', [OTHER]);
    const body = await bodyOf(
      'vault.collect',
      'vault',
      'collect',
      '--currency',
      'EUR',
      '--credits',
      'FILE:credits.json',
    );
    expect(body).toEqual({ currency: 'EUR', credits: [OTHER] });
  });

  it('collects for a share issue', async () => {
    credits(OTHER, listed(1));
    const body = await bodyOf('shares.collect', 'shares', 'collect', '--shares', OTHER, '--currency', 'EUR');
    expect(body).toEqual({ shares_id: OTHER, currency: 'EUR', credits: ['0'.repeat(64)] });
  });

  it('withdraws to an instruction that stays here', async () => {
    credits(actor, listed(1));
    const instruction = { ...INSTRUCTION, beneficiary: actor };
    work.file('instruction.json', instruction);
    const given = ['--amount', '50', '--currency', 'EUR', '--instruction', 'FILE:instruction.json'];
    expect(await bodyOf('vault.withdraw', 'vault', 'withdraw', ...given)).toEqual({
      ...{ currency: 'EUR', credits: ['0'.repeat(64)], amount: '50' },
      instruction_commitment: instructionCommitment(instruction),
    });
  });

  it.each([
    ['of somebody else', { ...INSTRUCTION, beneficiary: OTHER }, 'USAGE'],
    ['without a salt', { ...INSTRUCTION, salt: undefined }, 'SCHEMA_VIOLATION'],
    ['with a wrong check digit', { ...INSTRUCTION, iban: 'FR1520041010050500013M02606' }, 'SCHEMA_VIOLATION'],
  ])('does not withdraw to an instruction %s', async (_what, instruction, code) => {
    work.file('instruction.json', { beneficiary: actor, ...instruction });
    const given = ['--amount', '50', '--currency', 'EUR', '--instruction', 'FILE:instruction.json'];
    const { error, stderr } = await submit('vault', 'withdraw', ...given);
    expect(error['code']).toBe(code);
    expect(stderr).not.toContain('20041010050500013M02606');
    expect(gateway.intents).toHaveLength(0);
  });

  it.each([
    ['a list of something else', [1], 'USAGE'],
    ['no list', {}, 'USAGE'],
    ['one source twice', [OTHER, OTHER], 'SCHEMA_VIOLATION'],
  ])('does not collect %s', async (_what, list, code) => {
    work.file('credits.json', list);
    const { error } = await submit('vault', 'collect', '--currency', 'EUR', '--credits', 'FILE:credits.json');
    expect([error['code'], gateway.intents.length]).toEqual([code, 0]);
  });
});

describe('bad input', () => {
  const model = ['--model', MODEL];
  it.each([
    ['model update', model, 'SCHEMA_VIOLATION'],
    ['model update', [...model, '--recorders', 'x'], 'SCHEMA_VIOLATION'],
    ['model update', ['--version', '2'], 'USAGE'],
    ['model register', ['--id', 'a', '--version', '1', '--risk-class', 'low'], 'USAGE'],
    [
      'model register',
      ['--id', 'a', '--version', '1', '--risk-class', 'none', '--attestation-key', 'FILE:model.key'],
      'SCHEMA_VIOLATION',
    ],
    [
      'model register',
      ['--id', 'a', '--version', '1', '--risk-class', 'low', '--attestation-key', 'FILE:me.json'],
      'KEY_FILE_MALFORMED',
    ],
    ['model rotate', ['--model', 'x', '--attestation-key', 'FILE:model.key'], 'REFERENCE_MALFORMED'],
    [
      'model rotate',
      [...model, '--attestation-key', 'FILE:model.key', '--reason', 'mood'],
      'SCHEMA_VIOLATION',
    ],
    ['model compromise', [...model, '--key-version', '0', '--from', '1'], 'USAGE'],
    ['model compromise', [...model, '--key-version', '1', '--from', 'today'], 'USAGE'],
    ['model freeze', ['--model', MODEL.toUpperCase()], 'SCHEMA_VIOLATION'],
    ['model freeze', [...model, 'now'], 'USAGE'],
    ['scheme register', [...model, '--params', 'FILE:params.json'], 'USAGE'],
    [
      'scheme register',
      [...model, '--params', 'FILE:terms.json', '--params-uri', 'https://x.y'],
      'PARAMS_INVALID',
    ],
    [
      'scheme register',
      [...model, '--params', 'FILE:none', '--params-uri', 'https://x.y'],
      'FILE_UNREADABLE',
    ],
    [
      'scheme register',
      [...model, '--params', 'FILE:params.json', '--params-uri', 'ftp://x.y'],
      'SCHEMA_VIOLATION',
    ],
    [
      'scheme register',
      ['--model', 'x', '--params', 'FILE:params.json', '--params-uri', 'https://x.y'],
      'REFERENCE_MALFORMED',
    ],
    ['scheme revoke', ['--scheme', 'x'], 'SCHEMA_VIOLATION'],
    [
      'policy set',
      [...RECORD, '--terms', 'FILE:params.json', '--license-uri', 'https://x.y'],
      'SCHEMA_VIOLATION',
    ],
    ['policy set', [...RECORD, '--terms', 'FILE:terms.json', '--license-uri', 'x'], 'SCHEMA_VIOLATION'],
    [
      'policy set',
      [...RECORD, '--terms', 'FILE:terms.json', '--license-uri', 'https://x.y', '--context', 'abc'],
      'SCHEMA_VIOLATION',
    ],
    ['policy freeze', model, 'USAGE'],
    ['settle', [...RECORD, '--amount', '1', '--currency', 'eur', '--ref', 'a'], 'SCHEMA_VIOLATION'],
    ['settle', [...RECORD, '--amount', '1', '--currency', 'EUR', '--ref', ' '], 'SCHEMA_VIOLATION'],
    [
      'settle',
      [...RECORD, '--amount', '1', '--currency', 'EUR', '--ref', 'a', '--mode', 'lax'],
      'SCHEMA_VIOLATION',
    ],
    [
      'settle',
      [...RECORD, '--amount', '1', '--currency', 'EUR', '--ref', 'a', '--max-claims-bps', '640001'],
      'USAGE',
    ],
    ['settle', [...RECORD, '--amount', '1 000', '--currency', 'EUR', '--ref', 'a', '000'], 'USAGE'],
    ['suspense release', ['--settlement', MODEL, '--layer', '65', '--reason', 'disputed'], 'USAGE'],
    ['suspense release', ['--settlement', MODEL, '--layer', '0', '--reason', 'x'], 'SCHEMA_VIOLATION'],
    [
      'stream open',
      [...RECORD, '--ref', 'a', '--currency', 'EUR', '--starts-at', '1', '--window-seconds', '59'],
      'USAGE',
    ],
    ['stream settle', ['--stream', MODEL, '--amount', '1'], 'USAGE'],
    ['stream settle', ['--stream', MODEL, '--window', '-1', '--amount', '1'], 'USAGE'],
    [
      'stream settle',
      ['--stream', MODEL, '--window', '0', '--amount', '1', '--usage', '1.5'],
      'SCHEMA_VIOLATION',
    ],
    [
      'stream settle',
      ['--stream', MODEL, '--window', '0', '--amount', '1', '--reports', 'FILE:terms.json'],
      'SCHEMA_VIOLATION',
    ],
    [
      'stream settle',
      ['--stream', MODEL, '--window', '0', '--amount', '1', '--reports', 'FILE:none'],
      'FILE_UNREADABLE',
    ],
    ['stream settle', ['--stream', MODEL, '--window', '0', '--amount', '1'], 'NOT_FOUND'],
    ['shares issue', ['--name', 'a', '--supply', '0'], 'SCHEMA_VIOLATION'],
    ['shares transfer', ['--shares', MODEL, '--to', OTHER, '--units', '-1'], 'USAGE'],
    ['shares transfer', ['--shares', MODEL, '--to', OTHER, '--units', '01'], 'SCHEMA_VIOLATION'],
    ['shares collect', ['--currency', 'EUR'], 'USAGE'],
    ['shares claim', ['--shares', MODEL, '--currency', 'euro'], 'SCHEMA_VIOLATION'],
    ['vault collect', [], 'USAGE'],
    ['record backfill', ['--claim', 'FILE:claim.json', '--key-version', '1'], 'USAGE'],
    ['record backfill', ['--claim', 'FILE:terms.json', '--key-version', '1'], 'SCHEMA_VIOLATION'],
  ])('registry %s %j is refused and nothing is sent', async (command, given, expected) => {
    const { code, error, stdout } = await submit(...command.split(' '), ...given);
    expect([error['code'], code, stdout]).toEqual([expected, 1, '']);
    expect(gateway.intents).toHaveLength(0);
  });

  it.each([
    ['policy dispute', ['--model', MODEL], 'USAGE'],
    ['policy dispute', ['--model', MODEL, '--content', 'x'], 'SCHEMA_VIOLATION'],
    ['policy dispute', [...RECORD, '--note', ''], 'SCHEMA_VIOLATION'],
    ['policy settle-dispute', [...RECORD, '--msp', 'Op1MSP'], 'USAGE'],
    ['payout report', ['--withdrawal', MODEL, '--status', 'paid'], 'USAGE'],
    [
      'payout report',
      ['--withdrawal', MODEL, '--status', 'lost', '--evidence', 'FILE:terms.json'],
      'SCHEMA_VIOLATION',
    ],
    [
      'payout report',
      ['--withdrawal', MODEL, '--status', 'paid', '--evidence', 'FILE:none'],
      'FILE_UNREADABLE',
    ],
    [
      'payout report',
      [
        ...['--withdrawal', MODEL, '--status', 'paid', '--evidence', 'FILE:terms.json'],
        ...['--msp', 'Op1MSP', '--identity-cert', 'FILE:none', '--identity-key', 'FILE:none'],
      ],
      'FILE_UNREADABLE',
    ],
  ])('registry %s %j is refused as an act', async (command, given, expected) => {
    const { code, error } = await run(...command.split(' '), ...located(given), ...gateway.options);
    expect([error['code'], code]).toEqual([expected, 1]);
  });

  it('is refused by the ledger in the ledger’s words', async () => {
    gateway.refuse = () => ({ code: 'NOT_OWNER', subject: MODEL });
    const { code, error } = await submit('model', 'freeze', '--model', MODEL);
    expect(code).toBe(1);
    expect(error).toMatchObject({ code: 'NOT_OWNER', subject: MODEL, action: 'Let the owner sign.' });
  });
});

describe('help', () => {
  it.each(COMMANDS.map(({ name }) => name))('registry %s --help explains it', async (name) => {
    const { code, stdout, stderr } = await run(...name.split(' '), '--help');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.startsWith(`registry ${name} – `)).toBe(true);
  });

  it('gives an example of every command about models, royalties and watermarks', () => {
    const families =
      /^(model|scheme|record|policy|settle|suspense|vault|payout|stream|shares|bundle|encode|commit|verify|watermark)\b/;
    for (const { name, help, options } of COMMANDS.filter((command) => families.test(command.name))) {
      const example = /^Example: registry (.*(?:\n {4}.*)*)$/m.exec(help)?.[1] ?? '';
      expect(`${name}: ${example}`).toContain(`${name}: ${name}`);
      const used = [...example.matchAll(/--([a-z-]+)/g)].map(([, option]) => option);
      expect(used.filter((option) => !Object.hasOwn(options, option ?? ''))).toEqual([]);
    }
  });

  it('says the same as the documentation', () => {
    const page = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'cli.md'), 'utf8');
    const rows = [...page.matchAll(/^[|] `([a-z -]+)` +[|] (.*?) +[|]$/gm)].map(([, name, summary]) => [
      name,
      summary,
    ]);
    const wanted = COMMANDS.map(({ name, summary }) => [name, summary]);
    expect(rows.filter(([name]) => COMMANDS.some((one) => one.name === name)).sort()).toEqual(wanted.sort());
  });

  it('keeps to the width of a terminal', () => {
    for (const { help } of COMMANDS) {
      for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(130);
    }
  });
});
