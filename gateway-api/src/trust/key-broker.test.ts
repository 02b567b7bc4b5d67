import crypto, { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import {
  attestationContext,
  compactJwe,
  type ContentKeyVersion,
  ecJwk,
  fromBase64,
  keyShareCommitment,
  openJwe,
  parseEnvelope,
  parseJwe,
} from '@maker-registry/protocol';
import { eccPoint, keyName, parsePublic } from '@maker-registry/tpm';
import { migrate } from '../database/migrate';
import { HsmClient } from '../hsm';
import { bundle, type TemporaryToken, temporaryToken } from '../hsm/testing/temporary-token';
import { type Evidence } from './attest-device';
import { authorityInToken } from './testing/certificate-authority';
import { request, TestLedger } from './testing/ledger';
import { Machine } from './testing/machine';
import { Operator } from './testing/operator';
import { temporaryPostgres, type TemporaryPostgres } from './testing/temporary-postgres';

// Real processes on a busy machine.
jest.setTimeout(60_000);

const PIN = '12345678';
const NAMES = ['Op1MSP', 'Op2MSP', 'Op3MSP'] as const;
const ARTIFACT = '22'.repeat(32);
const RIGHT = '44'.repeat(32);
const RESOURCE = `/kbs/v0/resource/${RIGHT}/${ARTIFACT}/1`;
const AUTH = { version: '0.4.0', tee: 'tpm', 'extra-params': '' };
const RESTRICTION = {
  number: 1,
  kind: 'revoke',
  reason_code: 'key-compromise',
  by: { actor: 'x' },
  final: true,
} as const;

let postgres: TemporaryPostgres;
let worker: string;
let tokens: TemporaryToken[];
let hsms: HsmClient[];
let machine: Machine;
let other: Machine;
let device: string;
let operators: Operator[];
let ledger: TestLedger;
let authorities: { ca: string; tlsca: string };
const stopping = new AbortController();

/** Services of three operators over one ledger. They share a database here, which must not let them into each other's rooms. */
async function openOperators(over: TestLedger): Promise<Operator[]> {
  return await Promise.all(
    NAMES.map((mspId, i) =>
      Operator.open({
        mspId,
        pool: postgres.pool,
        hsm: hsms[i]!,
        ledger: over,
        authorities,
        stopping: stopping.signal,
      }),
    ),
  );
}

beforeAll(async () => {
  worker = bundle('hsm-worker.ts');
  tokens = NAMES.map((name) => temporaryToken(worker, name, PIN));
  const [first] = tokens;
  authorities = { ca: authorityInToken(first!, PIN, 'ca'), tlsca: authorityInToken(first!, PIN, 'tlsca') };
  [postgres, machine, other] = await Promise.all([temporaryPostgres(), Machine.start(), Machine.start()]);
  hsms = await Promise.all(tokens.map(({ options }) => HsmClient.open(options)));
  await migrate(postgres.pool);
  ledger = new TestLedger('high', { split: true });
  operators = await openOperators(ledger);
  const { devices } = operators[0]!.services;
  const challenge = await devices.enroll(machine.createKeys());
  device = (await devices.activate(challenge.enrollment_id, machine.activate(challenge))).device_id;
  other.createKeys();
});

afterAll(async () => {
  stopping.abort();
  for (const operator of operators) operator.stop();
  await Promise.all([postgres.stop(), machine.stop(), other.stop(), ...hsms.map((hsm) => hsm.close())]);
  for (const token of tokens) token.remove();
  rmSync(worker);
});

function withSharing(sharing: ContentKeyVersion['sharing'], change: Partial<ContentKeyVersion> = {}): void {
  const key = ledger.contentKeyDocument!;
  const versions = key.versions.map((version) => {
    const { sharing: before, ...rest } = version;
    return {
      ...(before === undefined ? version : rest),
      ...(sharing === undefined ? {} : { sharing }),
      ...change,
    };
  });
  ledger.contentKeyDocument = { ...key, versions };
}

interface Session {
  readonly cookie: string;
  readonly challengeId: string;
  readonly nonce: string;
}

async function begin(operator: Operator): Promise<Session> {
  const { status, body, headers } = await operator.ask('/kbs/v0/auth', AUTH);
  expect(status).toBe(200);
  const cookie = headers.get('set-cookie')!.split(';')[0]!;
  const { challenge_id: challengeId } = body['extra-params'] as { challenge_id: string };
  return { cookie, challengeId, nonce: String(body['nonce']) };
}

interface Attempt {
  /** The session that the machine answers, where it is not the one that the answer goes to. */
  readonly answered?: Session;
  readonly by?: Machine;
  readonly token?: string;
  readonly body?: object;
  /** The request does not say for which operator it is. */
  readonly isUnaddressed?: boolean;
  readonly evidence?: (evidence: Evidence) => object;
  readonly teeKey?: object;
  readonly attributes?: string;
}

/** An attestation as the guard makes it. */
async function attestation(operator: Operator, session: Session, attempt: Attempt = {}): Promise<object> {
  const { challengeId, nonce } = attempt.answered ?? session;
  const by = attempt.by ?? machine;
  const releaseKey = by.createReleaseKey(attempt.attributes);
  const parsed = parsePublic(releaseKey);
  const context = { nonce: fromBase64(nonce)!, rightId: RIGHT, releaseKeyName: keyName(parsed) };
  const evidence = by.attest(attestationContext(context));
  const envelope = await request(ledger.holder, 'key.release', {
    right_id: RIGHT,
    challenge_id: challengeId,
    release_key: releaseKey.toString('hex'),
    ...(attempt.isUnaddressed === true ? {} : { operator: operator.mspId }),
    ...attempt.body,
  });
  if (parsed.area.type !== 'ecc') throw new Error('an elliptic curve was asked for');
  const teeKey = { ...ecJwk(eccPoint(parsed.area)), alg: 'ECDH-ES+A256KW', ...attempt.teeKey };
  return {
    'runtime-data': {
      nonce: session.nonce,
      'tee-pubkey': teeKey,
      registry: { token: attempt.token ?? (await operator.token(device)), request: parseEnvelope(envelope) },
    },
    'tee-evidence': {
      primary_evidence: { ...evidence, ...attempt.evidence?.(evidence) },
      additional_evidence: '{}',
    },
  };
}

/** Code of an attestation; OK where it was accepted. */
async function attest(operator: Operator, session: Session, attempt: Attempt = {}): Promise<string> {
  return operator.code('/kbs/v0/attest', await attestation(operator, session, attempt), session.cookie);
}

/** The whole exchange; gives what the TPM opened. */
async function obtain(operator: Operator): Promise<Buffer> {
  const session = await begin(operator);
  expect(await attest(operator, session)).toBe('OK');
  const answer = await operator.ask(RESOURCE, undefined, session.cookie);
  expect([answer.status, answer.body['code']]).toEqual([200, undefined]);
  const jwe = compactJwe(answer.body);
  const sharedSecret = machine.agree(parseJwe(jwe).ephemeralPublic);
  return Buffer.from(openJwe({ jwe, sharedSecret }).plaintext);
}

async function lastRecord(): Promise<Record<string, unknown>> {
  const { rows } = await postgres.pool.query<Record<string, unknown>>(
    'SELECT * FROM gateway.releases ORDER BY at DESC, release_id LIMIT 1',
  );
  return rows[0]!;
}

describe('the key broker exchange', () => {
  let operator: Operator;
  let shares: Buffer[];

  beforeAll(async () => {
    [operator] = operators as [Operator];
    shares = NAMES.map(() => randomBytes(33));
    withSharing({
      threshold: 2,
      shares: NAMES.map((name, i) => ({
        operator: name,
        commitment: keyShareCommitment(ARTIFACT, name, shares[i]!),
      })),
    });
    await Promise.all(operators.map((one, i) => one.deposit(shares[i]!)));
  });

  it('gives each operator’s own share to the attested TPM, and the record says who decided by what', async () => {
    for (const [i, one] of operators.entries()) {
      expect(await obtain(one)).toEqual(shares[i]);
      expect(await lastRecord()).toMatchObject({
        outcome: 'released',
        stage: 'release',
        operator: one.mspId,
        device_id: device,
        policy: { risk_class: 'high', key_threshold: 2, attestation_verdict: 'affirming' },
      });
    }
  });

  it('keeps its session in a cookie that scripts and other sites don’t see', async () => {
    const { headers } = await operator.ask('/kbs/v0/auth', AUTH);
    expect(headers.get('set-cookie')).toMatch(
      /^kbs-session-id=[\w-]{43}; Path=\/kbs\/v0; Max-Age=120; Secure; HttpOnly; SameSite=Strict$/,
    );
    expect(headers.get('cache-control')).toBe('no-store');
    const { rows } = await postgres.pool.query('SELECT session_digest FROM gateway.release_sessions');
    const cookie = headers.get('set-cookie')!.slice('kbs-session-id='.length, 'kbs-session-id='.length + 43);
    expect(JSON.stringify(rows)).not.toContain(cookie);
  });

  it('answers an attestation with a result that is signed and is no rights token', async () => {
    const session = await begin(operator);
    const answer = await operator.ask('/kbs/v0/attest', await attestation(operator, session), session.cookie);
    const [header, claims] = String(answer.body['token'])
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);
    expect(header).toMatchObject({ alg: 'ES256', typ: 'attestation-result+jwt' });
    expect(claims).toMatchObject({ iss: 'Op1MSP', tee: 'tpm', jti: session.challengeId });
    const next = await begin(operator);
    expect(await attest(operator, next, { token: String(answer.body['token']) })).toBe('TOKEN_MALFORMED');
  });

  it.each([
    ['another version', { ...AUTH, version: '0.1.0' }],
    ['another trusted environment', { ...AUTH, tee: 'sample' }],
    ['parameters nobody knows', { ...AUTH, 'extra-params': { x: 1 } }],
    ['no version', { tee: 'tpm', 'extra-params': '' }],
  ])('takes no request with %s', async (_name, body) => {
    expect(await operator.code('/kbs/v0/auth', body)).toBe('SCHEMA_VIOLATION');
  });

  it('takes no attestation of another form', async () => {
    const session = await begin(operator);
    const good = (await attestation(operator, session)) as {
      'runtime-data': Record<string, unknown>;
      'tee-evidence': Record<string, unknown>;
    };
    const runtime = (change: object): object => ({
      ...good,
      'runtime-data': { ...good['runtime-data'], ...change },
    });
    const key = good['runtime-data']['tee-pubkey'] as object;
    const bodies = [
      {},
      { ...good, 'init-data': { format: 'json', body: '{}' } },
      runtime({ nonce: '' }),
      runtime({ 'tee-pubkey': { ...key, alg: 'ECDH-ES' } }),
      runtime({ 'tee-pubkey': { ...key, kty: 'RSA' } }),
      runtime({ 'tee-pubkey': { ...key, d: 'A'.repeat(43) } }),
      runtime({ registry: {} }),
      { ...good, 'tee-evidence': { primary_evidence: {} } },
      { ...good, 'tee-evidence': { ...good['tee-evidence'], additional_evidence: '{"snp":1}' } },
    ];
    for (const body of bodies) {
      expect(await operator.code('/kbs/v0/attest', body, session.cookie)).toBe('SCHEMA_VIOLATION');
    }
    // Nothing of that has used the challenge up.
    expect(await operator.code('/kbs/v0/attest', good, session.cookie)).toBe('OK');
  });

  it('knows a session only by its whole cookie, at its own operator, in time', async () => {
    const session = await begin(operator);
    const cookies = [
      undefined,
      'kbs-session-id=',
      `kbs-session-id=${'A'.repeat(43)}`,
      session.cookie.slice(0, -1),
      `${session.cookie}; ${session.cookie}`,
      session.cookie.replace('kbs-session-id', 'session'),
    ];
    for (const cookie of cookies) {
      expect(await operator.code(RESOURCE, undefined, cookie)).toBe('SESSION_UNKNOWN');
    }
    expect(await operators[1]!.code(RESOURCE, undefined, session.cookie)).toBe('SESSION_UNKNOWN');
    expect(await operator.code(RESOURCE, undefined, session.cookie)).toBe('SESSION_NOT_ATTESTED');
    expect(await attest(operator, session)).toBe('OK');
    await postgres.pool.query(`UPDATE gateway.release_sessions SET expires_at = now() - interval '1 s'`);
    expect(await operator.code(RESOURCE, undefined, session.cookie)).toBe('SESSION_UNKNOWN');
  });

  it('attests once and hands over once', async () => {
    const session = await begin(operator);
    const first = await attestation(operator, session);
    expect(await operator.code('/kbs/v0/attest', first, session.cookie)).toBe('OK');
    expect(await operator.code('/kbs/v0/attest', first, session.cookie)).toBe('INTENT_REPLAYED');
    expect(await attest(operator, session)).toBe('CHALLENGE_USED');
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => operator.code(RESOURCE, undefined, session.cookie)),
    );
    expect(answers.filter((code) => code === 'OK')).toHaveLength(1);
    expect(await operator.code(RESOURCE, undefined, session.cookie)).toBe('SESSION_UNKNOWN');
  });

  it('gives nobody a second try at one challenge after a refusal', async () => {
    const session = await begin(operator);
    expect(
      await attest(operator, session, {
        evidence: () => ({ certification: { attest: '00', signature: '00' } }),
      }),
    ).not.toBe('OK');
    expect(await attest(operator, session)).toBe('CHALLENGE_USED');
    expect(await operator.code(RESOURCE, undefined, session.cookie)).toBe('SESSION_NOT_ATTESTED');
  });

  it('hands over what was admitted and nothing else, and says on record what was asked', async () => {
    const paths = [
      RESOURCE.replace(/1$/, '2'),
      RESOURCE.replace(ARTIFACT, '23'.repeat(32)),
      RESOURCE.replace(RIGHT, '45'.repeat(32)),
    ];
    for (const path of paths) {
      const session = await begin(operator);
      expect(await attest(operator, session)).toBe('OK');
      expect(await operator.code(path, undefined, session.cookie)).toBe('RESOURCE_NOT_ADMITTED');
      expect(await lastRecord()).toMatchObject({ outcome: 'refused', code: 'RESOURCE_NOT_ADMITTED' });
      expect(await operator.code(RESOURCE, undefined, session.cookie)).toBe('SESSION_UNKNOWN');
    }
    expect(await operator.code('/kbs/v0/resource/a/b/c', undefined, 'x')).toBe('SCHEMA_VIOLATION');
  });

  it.each<[string, Attempt | (() => Promise<Attempt>), string]>([
    ['a TEE key that is not the certified one', { teeKey: ecJwk(machinePoint()) }, 'TEE_KEY_MISMATCH'],
    [
      'a TEE key without a certification of its own',
      { evidence: ({ quote: { attest, signature } }) => ({ certification: { attest, signature } }) },
      'QUOTE_TYPE',
    ],
    [
      'a TEE key that could leave the TPM',
      { attributes: 'sensitivedataorigin|userwithauth|decrypt' },
      'RELEASE_KEY_ATTRIBUTES',
    ],
    ['the evidence of another TPM', async () => Promise.resolve({ by: other }), 'QUOTE_SIGNATURE'],
    [
      'an answer to another session',
      async () => ({ answered: await begin(operators[0]!) }),
      'CHALLENGE_UNKNOWN',
    ],
    [
      'a quote of another session',
      async () => {
        const elsewhere = await begin(operators[0]!);
        const { 'tee-evidence': evidence } = (await attestation(operators[0]!, elsewhere)) as {
          'tee-evidence': { primary_evidence: Evidence };
        };
        return { evidence: () => evidence.primary_evidence };
      },
      'QUOTE_NONCE',
    ],
    ['a request for another operator', { body: { operator: 'Op2MSP' } }, 'NOT_OPERATOR'],
    ['a request that names no operator', { isUnaddressed: true }, 'NOT_OPERATOR'],
    ['a request for another right', { body: { right_id: '45'.repeat(32) } }, 'TOKEN_NOT_BOUND'],
    [
      'the token of another operator',
      async () => ({ token: await operators[1]!.token(device) }),
      'TOKEN_KEY_UNKNOWN',
    ],
  ])('refuses %s, on record', async (_name, given, expected) => {
    const attempt = typeof given === 'function' ? await given() : given;
    const session = await begin(operator);
    expect(await attest(operator, session, attempt)).toBe(expected);
    expect(await lastRecord()).toMatchObject({
      outcome: 'refused',
      code: expected,
      stage: 'attest',
      operator: 'Op1MSP',
    });
    expect(await operator.code(RESOURCE, undefined, session.cookie)).toBe('SESSION_NOT_ATTESTED');
  });

  it('refuses the one challenge’s answer at an operator it was not made for, even with its nonce relayed', async () => {
    const [, second] = operators as [Operator, Operator];
    const session = await begin(second);
    // The first operator passes the second one's challenge off as its own, and carries the answer there.
    const relayed = await attestation(operator, session, { token: await second.token(device) });
    expect(await second.code('/kbs/v0/attest', relayed, session.cookie)).toBe('NOT_OPERATOR');
  });

  it('asks the ledger once more before it hands over', async () => {
    const { rightDocument, artifactDocument, contentKeyDocument } = ledger;
    const rotated = (): void => {
      const key = contentKeyDocument!;
      const [version] = key.versions as [ContentKeyVersion];
      ledger.contentKeyDocument = { ...key, current: 2, versions: [version, { ...version, version: 2 }] };
    };
    const attempts: [string, () => void][] = [
      [
        'REVOKED',
        () => {
          withSharing(contentKeyDocument!.versions[0]!.sharing, {
            status: 'revoked',
            restrictions: [RESTRICTION],
          });
        },
      ],
      ['TOKEN_SUPERSEDED', () => (ledger.rightDocument = { ...rightDocument, version: 2 })],
      [
        'REVOKED',
        () => {
          ledger.revoke({ subject_type: 'device', subject_id: device, kind: 'revoke' });
        },
      ],
      ['RESOURCE_NOT_ADMITTED', rotated],
      [
        'KEY_SHARING_REQUIRED',
        () =>
          (ledger.artifactDocument = {
            ...artifactDocument,
            risk: { ...artifactDocument.risk, class: 'critical' },
          }),
      ],
    ];
    for (const [expected, change] of attempts) {
      const session = await begin(operator);
      expect(await attest(operator, session)).toBe('OK');
      change();
      expect(await operator.code(RESOURCE, undefined, session.cookie)).toBe(expected);
      expect(await lastRecord()).toMatchObject({ outcome: 'refused', code: expected, stage: 'release' });
      Object.assign(ledger, { rightDocument, artifactDocument, contentKeyDocument, revocations: [] });
    }
    expect(await obtain(operator)).toEqual(shares[0]);
  });

  it('keeps nothing in memory that would open its answer', async () => {
    const session = await begin(operator);
    expect(await attest(operator, session)).toBe('OK');
    const made = jest.spyOn(crypto, 'randomBytes');
    const { status } = await operator.ask(RESOURCE, undefined, session.cookie);
    const secrets = made.mock.results
      .map(({ value }) => value as unknown as Buffer)
      .filter(({ length }) => length === 32);
    made.mockRestore();
    expect([status, secrets.length]).toEqual([200, 2]);
    for (const secret of secrets) expect(secret).toEqual(Buffer.alloc(32));
  });

  it('refuses a revoked key version at every operator', async () => {
    const { contentKeyDocument } = ledger;
    withSharing(contentKeyDocument!.versions[0]!.sharing, { status: 'revoked', restrictions: [RESTRICTION] });
    for (const one of operators) {
      const session = await begin(one);
      const token = await one.token(device).catch((error: unknown) => (error as { code: string }).code);
      expect(token).toBe('REVOKED');
      // With a token from before the revocation it is no other.
      ledger.contentKeyDocument = contentKeyDocument;
      const early = await one.token(device);
      withSharing(contentKeyDocument!.versions[0]!.sharing, {
        status: 'revoked',
        restrictions: [RESTRICTION],
      });
      expect(await attest(one, session, { token: early })).toBe('REVOKED');
    }
    ledger.contentKeyDocument = contentKeyDocument;
  });

  it('gives nothing where the class asks for shares and the key was never split', async () => {
    const { contentKeyDocument } = ledger;
    withSharing(undefined);
    const session = await begin(operator);
    expect(await attest(operator, session)).toBe('KEY_SHARING_REQUIRED');
    ledger.contentKeyDocument = contentKeyDocument;
  });
});

describe('deposits of shares', () => {
  const code = (expected: string): Error => expect.objectContaining({ code: expected }) as Error;

  it('are taken by their own operator only, and only as committed', async () => {
    const [first, second] = operators as [Operator, Operator];
    const mine = randomBytes(33);
    const theirs = randomBytes(33);
    withSharing({
      threshold: 2,
      shares: [
        { operator: 'Op1MSP', commitment: keyShareCommitment(ARTIFACT, 'Op1MSP', mine) },
        { operator: 'Op2MSP', commitment: keyShareCommitment(ARTIFACT, 'Op2MSP', theirs) },
      ],
    });
    await expect(first.deposit(theirs)).rejects.toThrow(code('KEY_SHARE_MISMATCH'));
    await expect(first.deposit(mine.subarray(0, 32))).rejects.toThrow(code('KEY_SHARE_MISMATCH'));
    await expect(first.deposit(ledger.contentKeyBytes)).rejects.toThrow(code('KEY_SHARE_MISMATCH'));
    await expect(operators[2]!.deposit(mine)).rejects.toThrow(code('NOT_OPERATOR'));
    await expect(first.deposit(mine)).resolves.toMatchObject({ operator: 'Op1MSP' });
    await expect(second.deposit(theirs)).resolves.toMatchObject({ operator: 'Op2MSP' });
    // A thief of one HSM and of everybody's database opens one share.
    const { rows } = await postgres.pool.query<{ kid: string }>(
      'SELECT DISTINCT kid FROM gateway.deposited_keys WHERE artifact_id = $1 AND version = 1',
      [ARTIFACT],
    );
    const own = first.services.jwks.keys.find(({ use }) => use === 'wrap')?.kid;
    expect(rows.filter(({ kid }) => kid === own)).toHaveLength(1);
    expect(rows.length).toBeGreaterThan(1);
  });

  it('are wrapped anew without a word to the ledger, and what is released then is the new deposit', async () => {
    const [first] = operators as [Operator];
    const before = await postgres.pool.query(
      'SELECT jwe FROM gateway.deposited_keys WHERE artifact_id = $1',
      [ARTIFACT],
    );
    const mine = randomBytes(33);
    withSharing({
      threshold: 2,
      shares: [
        { operator: 'Op1MSP', commitment: keyShareCommitment(ARTIFACT, 'Op1MSP', mine) },
        { operator: 'Op2MSP', commitment: keyShareCommitment(ARTIFACT, 'Op2MSP', randomBytes(33)) },
      ],
    });
    await first.deposit(mine);
    await first.deposit(mine);
    const after = await postgres.pool.query('SELECT jwe FROM gateway.deposited_keys WHERE artifact_id = $1', [
      ARTIFACT,
    ]);
    expect(after.rows).toHaveLength(before.rows.length);
    expect(await obtain(first)).toEqual(mine);
  });

  it('are asked for where the class has risen since a whole key was committed', async () => {
    const { contentKeyDocument, artifactDocument } = ledger;
    const [first] = operators as [Operator];
    const stored = async (): Promise<unknown[]> => {
      const text = 'SELECT * FROM gateway.deposited_keys WHERE artifact_id = $1 ORDER BY kid';
      return (await postgres.pool.query<Record<string, unknown>>(text, [ARTIFACT])).rows;
    };
    const before = await stored();
    withSharing(undefined);
    await expect(first.deposit(ledger.contentKeyBytes)).rejects.toThrow(code('KEY_SHARING_REQUIRED'));
    expect(await stored()).toEqual(before);
    ledger.artifactDocument = { ...artifactDocument, risk: { ...artifactDocument.risk, class: 'medium' } };
    await expect(first.deposit(ledger.contentKeyBytes)).resolves.toMatchObject({ version: 1 });
    Object.assign(ledger, { contentKeyDocument, artifactDocument });
  });
});

/** Some point of P-256 that no TPM here has. */
function machinePoint(): Uint8Array {
  return Buffer.from(
    '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
    'hex',
  );
}
