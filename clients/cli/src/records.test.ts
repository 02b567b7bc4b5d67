import {
  contextHash,
  fromHex,
  policyCommitment,
  type RecordClaim,
  recordAttestation,
  sha256Hex,
  verifyDigestSignature,
} from '@maker-registry/protocol';
import { type Problem, TestGateway } from './testing/gateway';
import { type RegistryRun, runRegistry as run } from './testing/run-registry';
import { Workplace } from './testing/workplace';

const MODEL = 'aa'.repeat(32);
const SCHEME = 'bb'.repeat(32);
const CONTENT = 'cc'.repeat(32);
const OTHER = 'dd'.repeat(32);
const TERMS = { license_terms: { a: 1 }, royalty_terms: { beneficiaries: [] } };

let gateway: TestGateway;
let work: Workplace;

beforeAll(async () => {
  gateway = await TestGateway.start();
});
beforeEach(async () => {
  work = new Workplace();
  await work.actor('me.json');
});
afterEach(() => {
  work.remove();
  gateway.reset();
});
afterAll(async () => {
  await gateway.close();
});

const sign = (...given: string[]): Promise<RegistryRun> =>
  run(
    'record',
    'sign',
    '--model',
    MODEL,
    '--scheme',
    SCHEME,
    '--attestation-key',
    work.at('model.key'),
    ...given,
  );

const register = (...given: string[]): Promise<RegistryRun> =>
  run('record', 'register', ...given, '--actor-key', work.at('me.json'), ...gateway.options);

function claim(number: number): RecordClaim {
  const hash = number.toString(16).padStart(64, '0');
  return {
    ...{ schema_version: 1, model_ref: MODEL, scheme_ref: SCHEME, content_hash: hash },
    ...{ parent_hash: '0'.repeat(64), timestamp: 1_790_000_000, nonce: hash, signature: 'ab'.repeat(64) },
  };
}

const lines = (count: number): string =>
  Array.from({ length: count }, (_unused, index) => `${JSON.stringify(claim(index + 1))}\n`).join('');

describe('registry record sign', () => {
  it.each(['ed25519', 'bip340', 'es256'] as const)('signs the hash of a file with %s', async (alg) => {
    const publicKey = await work.modelKey('model.key', alg);
    const { code, out } = await sign(work.file('picture', 'pixels'));
    expect(code).toBe(0);
    const made = out as unknown as RecordClaim;
    expect(made).toMatchObject({
      ...{ schema_version: 1, model_ref: MODEL, scheme_ref: SCHEME, parent_hash: '0'.repeat(64) },
      content_hash: sha256Hex(Buffer.from('pixels')),
    });
    expect(Math.abs(made.timestamp - Date.now() / 1_000)).toBeLessThan(60);
    const { digest } = recordAttestation(made);
    const check = { alg, publicKey, digest: fromHex(digest), signature: fromHex(made.signature) };
    expect(verifyDigestSignature(check)).toEqual({ valid: true });
    expect((await sign(work.at('picture'))).out['nonce']).not.toBe(made.nonce);
  });

  it('signs what it is given', async () => {
    await work.modelKey('model.key');
    const given = ['--content-hash', CONTENT, '--parent', OTHER, '--parent-model', SCHEME, '--nonce', OTHER];
    const { out } = await sign(...given, '--time', '7', '--context-hash', MODEL);
    expect(out).toMatchObject({
      ...{ content_hash: CONTENT, parent_hash: OTHER, parent_model_ref: SCHEME, nonce: OTHER },
      ...{ timestamp: 7, context_hash: MODEL },
    });
    const document = { ...claim(1), ...out, parent_model_ref: undefined };
    work.file('claim.json', document);
    expect((await register(work.at('claim.json'))).code).toBe(0);
  });

  it('binds a record to the policy in a file', async () => {
    await work.modelKey('model.key');
    const given = ['--content-hash', CONTENT, '--policy', work.file('terms.json', TERMS)];
    const commitment = policyCommitment({ ref_type: 0, ref_bytes: MODEL }, CONTENT, TERMS);
    expect((await sign(...given)).out['context_hash']).toBe(contextHash(commitment));
    const context = (await sign(...given, '--context', 'abcd')).out['context_hash'];
    expect(context).toBe(contextHash(commitment, Buffer.from('abcd', 'hex')));
  });

  it.each([
    ['no content', [], 'USAGE'],
    ['two files', ['a', 'b'], 'USAGE'],
    ['a file and a hash', ['a', '--content-hash', CONTENT], 'USAGE'],
    ['a file that is not there', ['/nowhere/at/all'], 'FILE_UNREADABLE'],
    ['a hash in capitals', ['--content-hash', CONTENT.toUpperCase()], 'ATTESTATION_MALFORMED'],
    ['a short nonce', ['--content-hash', CONTENT, '--nonce', 'ab'], 'ATTESTATION_MALFORMED'],
    ['no parent but its word', ['--content-hash', CONTENT, '--parent', 'none'], 'ATTESTATION_MALFORMED'],
    ['a time before all time', ['--content-hash', CONTENT, '--time', '-1'], 'USAGE'],
    ['a time with a fraction', ['--content-hash', CONTENT, '--time', '1.5'], 'USAGE'],
    ['a context without a policy', ['--content-hash', CONTENT, '--context', 'ab'], 'USAGE'],
    [
      'a policy and a context hash',
      ['--content-hash', CONTENT, '--policy', 'x', '--context-hash', OTHER],
      'USAGE',
    ],
    ['a policy that is not there', ['--content-hash', CONTENT, '--policy', '/nowhere'], 'FILE_UNREADABLE'],
    ['another model’s name', ['--content-hash', CONTENT, '--model', 'painter'], 'REFERENCE_MALFORMED'],
    [
      'an actor’s key',
      ['--content-hash', CONTENT, '--attestation-key', 'FILE:me.json'],
      'KEY_FILE_MALFORMED',
    ],
  ])('refuses %s', async (_what, given, expected) => {
    await work.modelKey('model.key');
    const { code, error, stdout } = await sign(
      ...given.map((arg) => arg.replace(/^FILE:/, `${work.folder}/`)),
    );
    expect([error['code'], code, stdout]).toEqual([expected, 1, '']);
  });
});

describe('registry record register', () => {
  const counts = (): number[] =>
    gateway.intents.map(({ body }) => (body as { records: readonly unknown[] }).records.length);

  it('takes one claim in a file', async () => {
    const { code, out } = await register(work.file('claim.json', claim(1)));
    expect([code, out['records'], counts()]).toEqual([0, 1, [1]]);
    expect(gateway.intents[0]?.body).toEqual({ records: [claim(1)] });
  });

  it('sends many in batches of 200 and tells how far it is', async () => {
    const { code, out, stderr } = await register(
      ...[work.file('one.json', claim(9_999)), '--lines', work.file('claims.jsonl', lines(400))],
    );
    expect([code, out['records'], counts()]).toEqual([0, 401, [200, 200, 1]]);
    expect(out['batches']).toHaveLength(3);
    const told = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(told).toEqual([200, 400, 401].map((registered) => ({ event: 'progress', registered, of: 401 })));
  });

  it('stops at a refused item and says which one it was', async () => {
    gateway.refuse = () =>
      gateway.intents.length === 2 ? { code: 'NONCE_USED', subject: '/body/records/17' } : undefined;
    const file = work.file('claims.jsonl', `\n${lines(500)}`);
    const { code, error, stdout } = await register('--lines', file);
    // 200 went before, item 17 of the next batch counts from 0, and the file begins with an empty line.
    expect([code, stdout, error['code'], error['subject']]).toEqual([1, '', 'NONCE_USED', `${file}:219`]);
    expect(error['message']).toContain('Registered before it: 200');
    expect(counts()).toEqual([200, 200]);
  });

  it('goes on after what was registered', async () => {
    await register('--lines', work.file('claims.jsonl', lines(5)), '--skip', '3');
    expect(gateway.intents[0]?.body).toEqual({ records: [claim(4), claim(5)] });
  });

  it.each([
    ['a refusal about something else', { code: 'ACTOR_BANNED' }],
    ['a pointer to nothing', { code: 'NONCE_USED', subject: '/body/records/9' }],
  ])('passes on %s', async (_what, problem) => {
    const { subject } = problem as Problem;
    gateway.refuse = () => problem;
    const { error } = await register(work.file('claim.json', claim(1)));
    expect([error['code'], error['subject']]).toEqual([problem.code, subject]);
  });

  const signed = JSON.stringify(claim(1));
  it.each([
    ['no claim', '', 'USAGE'],
    ['empty lines', '\n \n', 'USAGE'],
    ['a line that is no JSON', `${signed}\n{`, 'JSON_MALFORMED'],
    ['a duplicate key', `${signed}\n${signed.replace('{', '{"schema_version":1,')}`, 'JSON_DUPLICATE_KEY'],
    ['a claim without signature', `${signed}\n${signed.replace('"signature"', '"sig"')}`, 'SCHEMA_VIOLATION'],
    [
      'a stray member',
      `${signed}\n${signed.replace('{', '{"domain_tag":"WM_PROV_V1",')}`,
      'SCHEMA_VIOLATION',
    ],
    ['a list', `${signed}\n[${signed}]`, 'SCHEMA_VIOLATION'],
    ['a line above the bound', `${signed}\n${' '.repeat(20_000)}${signed}`, 'TOO_LARGE'],
  ])('sends nothing with %s among the lines', async (_what, text, expected) => {
    const file = work.file('claims.jsonl', text);
    const { code, error } = await register('--lines', file);
    expect([error['code'], code]).toEqual([expected, 1]);
    if (expected !== 'USAGE') expect(error['subject']).toBe(`${file}:2`);
    expect(gateway.intents).toHaveLength(0);
  });

  it('sends nothing with a bad file among good ones, or with a strange word', async () => {
    const good = work.file('good.json', claim(1));
    expect((await register(good, work.file('bad.json', {}))).error['subject']).toBe(work.at('bad.json'));
    expect((await register(good, work.at('none.json'))).error['code']).toBe('FILE_UNREADABLE');
    expect((await register(good, '--skip', 'all')).error['code']).toBe('USAGE');
    expect((await register()).error['code']).toBe('USAGE');
    expect(gateway.intents).toHaveLength(0);
  });
});

describe('registry record backfill', () => {
  it('vouches for the claim with the current key', async () => {
    const publicKey = await work.modelKey('model.key');
    const given = ['--claim', work.file('claim.json', claim(1)), '--key-version', '1'];
    const key = ['--attestation-key', work.at('model.key'), '--actor-key', work.at('me.json')];
    expect((await run('record', 'backfill', ...given, ...key, ...gateway.options)).code).toBe(0);
    const body = gateway.intents[0]?.body as {
      record: RecordClaim;
      key_version: number;
      cosignature: string;
    };
    expect([body.record, body.key_version]).toEqual([claim(1), 1]);
    const digest = fromHex(recordAttestation(claim(1)).digest);
    const check = { alg: 'ed25519', publicKey, digest, signature: fromHex(body.cosignature) };
    expect(verifyDigestSignature(check)).toEqual({ valid: true });
  });
});
