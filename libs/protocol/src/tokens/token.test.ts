import { fromHex, toBase64Url, toHex, utf8 } from '../encoding/bytes';
import { codeOf } from '../test-support/expect-code';
import { NETWORK } from '../test-support/parameters';
import { ed25519Signer, es256Signer } from '../test-support/software-signer';
import { CLAIMS, HOLDER, NOW, OPERATOR, OPERATOR_JWK, tokenOf } from '../test-support/token';
import { issue, publish, scene } from '../test-support/scene';
import { ecJwk } from '../jose/jwk';
import { tokenClaims, type TokenIssue } from './issue';
import { assembleToken, assertTokenBoundTo, decodeToken, tokenSigningInput, verifyToken } from './token';

const CHECK = { jwks: { keys: [OPERATOR_JWK] }, network: NETWORK, now: NOW };

describe('a rights token', () => {
  it('round-trips', async () => {
    const { claims, header } = verifyToken(await tokenOf(), CHECK);
    expect(claims).toEqual(CLAIMS);
    expect(header).toEqual({ alg: 'ES256', typ: 'rights+jwt', kid: 'op1-token' });
  });

  it('is refused after any change of one character', async () => {
    const token = await tokenOf();
    for (let at = 0; at < token.length; at += 1) {
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
      expect(codeOf(() => verifyToken(changed, CHECK))).not.toBe('none');
    }
  });

  it('lives from nbf to exp, within the leeway', async () => {
    const token = await tokenOf();
    const at = (now: number, leeway = 0): string =>
      codeOf(() => verifyToken(token, { ...CHECK, now, leeway }));
    expect(at(NOW)).toBe('none');
    expect(at(NOW - 1)).toBe('TOKEN_NOT_YET_VALID');
    expect(at(NOW + 3599)).toBe('none');
    expect(at(NOW + 3600)).toBe('TOKEN_EXPIRED');
    expect(at(NOW + 3660, 60)).toBe('TOKEN_EXPIRED');
    expect(at(NOW + 3659, 60)).toBe('none');
    expect(at(NOW - 60, 60)).toBe('none');
  });

  it('is refused for another key, another kid and another network', async () => {
    const token = await tokenOf();
    const other = { ...ecJwk(fromHex(es256Signer('other').publicKey)), kid: 'op1-token' };
    expect(codeOf(() => verifyToken(token, { ...CHECK, jwks: { keys: [other] } }))).toBe(
      'TOKEN_SIGNATURE_INVALID',
    );
    expect(codeOf(() => verifyToken(token, { ...CHECK, jwks: { keys: [] } }))).toBe('TOKEN_KEY_UNKNOWN');
    expect(codeOf(() => verifyToken(token, { ...CHECK, network: 'f'.repeat(64) }))).toBe(
      'TOKEN_WRONG_NETWORK',
    );
  });

  it('has one signature only: the high form of s is refused', async () => {
    const token = await tokenOf();
    const { signature, signingInput } = decodeToken(token);
    const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const high = (n - BigInt(`0x${toHex(signature.subarray(32))}`)).toString(16).padStart(64, '0');
    const twin = Uint8Array.of(...signature.subarray(0, 32), ...fromHex(high));
    expect(codeOf(() => verifyToken(`${signingInput}.${toBase64Url(twin)}`, CHECK))).toBe(
      'TOKEN_SIGNATURE_INVALID',
    );
    expect(assembleToken(signingInput, twin)).toBe(token);
  });

  const forged = async (header: object, claims: unknown = CLAIMS): Promise<string> => {
    const input = [header, claims].map((part) => toBase64Url(utf8(JSON.stringify(part)))).join('.');
    return `${input}.${toBase64Url(await OPERATOR.sign(utf8(input)))}`;
  };
  const HEADER = { alg: 'ES256', typ: 'rights+jwt', kid: 'op1-token' };

  it.each<[string, object]>([
    ['none', { ...HEADER, alg: 'none' }],
    ['HMAC with the public key', { ...HEADER, alg: 'HS256' }],
    ['another type', { ...HEADER, typ: 'JWT' }],
    ['a key of its own', { ...HEADER, jwk: OPERATOR_JWK }],
    ['a critical member', { ...HEADER, crit: ['b64'], b64: false }],
    ['no kid', { alg: 'ES256', typ: 'rights+jwt' }],
  ])('with the header of an attacker is malformed: %s', async (_name, header) => {
    const token = await forged(header);
    expect(codeOf(() => verifyToken(token, CHECK))).toBe('TOKEN_MALFORMED');
  });

  it('with unknown, missing or malformed claims is refused', async () => {
    const code = async (claims: unknown): Promise<string> => {
      const token = await forged(HEADER, claims);
      return codeOf(() => verifyToken(token, CHECK));
    };
    expect(await code({ ...CLAIMS, admin: true })).toBe('SCHEMA_VIOLATION');
    expect(await code({ ...CLAIMS, cnf: {} })).toBe('SCHEMA_VIOLATION');
    expect(await code({ ...CLAIMS, gate: { ...CLAIMS.gate, fail_closed: 'no' } })).toBe('SCHEMA_VIOLATION');
    expect(await code({ ...CLAIMS, exp: 1e15 })).toBe('SCHEMA_VIOLATION');
    expect(await code([])).toBe('TOKEN_MALFORMED');
    expect(codeOf(() => tokenSigningInput({ ...CLAIMS, iss: '' }, 'k'))).toBe('SCHEMA_VIOLATION');
    const domains = Array.from({ length: 128 }, (_, n) => `d${n}-${'x'.repeat(55)}`);
    expect(codeOf(() => tokenSigningInput({ ...CLAIMS, domains }, 'k'))).toBe('TOO_LARGE');
  });

  it.each(['', 'a.b', 'a.b.c.d', '...', `e30.e30.${'A'.repeat(86)}`, 'x'.repeat(10_000)])(
    'of another form is malformed: %#',
    (token) => {
      expect(codeOf(() => decodeToken(token))).toBe('TOKEN_MALFORMED');
    },
  );

  it('is worth nothing without the holder’s key', () => {
    const check = (publicKey: string): string =>
      codeOf(() => {
        assertTokenBoundTo(CLAIMS, 'ed25519', publicKey);
      });
    expect(check(HOLDER.publicKey)).toBe('none');
    expect(check(ed25519Signer('eve').publicKey)).toBe('TOKEN_NOT_BOUND');
  });
});

describe('tokenClaims', () => {
  async function issued(
    risk: 'low' | 'high' = 'low',
    changes: object = {},
  ): Promise<TokenIssue & { at: Awaited<ReturnType<typeof scene>> }> {
    const at = await scene({ limits: { max_executions: 10 } });
    const artifactId = await publish(at, {
      risk: { class: risk, domains: ['ncii-deepfake'], declaration: '' },
    });
    for (const msp of risk === 'high' ? ['Op1MSP', 'Op2MSP'] : []) {
      at.world.act(msp, 'safety-reviewer', 'review.decide', { artifact_id: artifactId, decision: 'approve' });
    }
    const rightId = await issue(at, artifactId, { actions: ['execute', 'adapt'], ...changes });
    return {
      at,
      right: at.world.must('right', [rightId]),
      artifact: at.world.must('artifact', [artifactId]),
      holder: at.world.must('actor', [at.ann.id]),
      license: at.world.must('license', [at.licenseId]),
      parameters: at.world.must('parameters', []),
      issuer: 'Op1MSP',
      jti: 'jti',
      now: at.world.now,
    };
  }
  const HEX = 'ab'.repeat(32);
  const restriction = { number: 7, reason_code: 'abuse-pattern', by: { actor: 'x' }, final: true } as const;

  it('follow from the ledger and make a valid token', async () => {
    const request = await issued();
    const claims = tokenClaims(request);
    expect(claims).toMatchObject({
      sub: request.at.ann.id,
      right_version: 1,
      actions: ['execute', 'adapt'],
      limits: { max_executions: 10 },
      obligations: ['attribution'],
      exp: request.now + 3600,
      gate: { fail_closed: false },
    });
    expect(verifyToken(await tokenOf(claims), { ...CHECK, now: request.now }).claims).toEqual(claims);
  });

  it('end with the right', async () => {
    const request = await issued('low', { expires_at: 1_800_000_010 });
    expect(tokenClaims(request).exp).toBe(1_800_000_010);
    expect(codeOf(() => tokenClaims({ ...request, now: 1_800_000_010 }))).toBe('RIGHT_EXPIRED');
  });

  it('are narrowed by what the attestation of the device allows, unless that is nothing', async () => {
    const request = await issued();
    const device = { number: 0, subject_type: 'device', reason_code: 'attestation' } as const;
    const narrowed = (...deviceRestrictions: TokenIssue['deviceRestrictions'] & object): object =>
      tokenClaims({ ...request, deviceId: HEX, deviceRestrictions });
    expect(
      narrowed({ ...device, kind: 'narrow', scope: { actions: ['adapt'] }, limits: { max_executions: 2 } }),
    ).toMatchObject({ actions: ['execute'], limits: { max_executions: 2 } });
    // The right is for deployment; without a token the device could never attest again.
    expect(narrowed({ ...device, kind: 'restrict' })).toMatchObject({ actions: ['execute', 'adapt'] });
  });

  it('leave out what a restriction bars, and refuse when nothing is left', async () => {
    const request = await issued();
    const narrowed = {
      ...restriction,
      kind: 'narrow',
      scope: { actions: ['adapt'] },
      limits: { max_executions: 2 },
    } as const;
    const claims = tokenClaims({ ...request, artifact: { ...request.artifact, restrictions: [narrowed] } });
    expect(claims).toMatchObject({ actions: ['execute'], limits: { max_executions: 2 } });
    const held = { ...restriction, kind: 'hold' } as const;
    const artifact = { ...request.artifact, restrictions: [held] };
    expect(codeOf(() => tokenClaims({ ...request, artifact }))).toBe('EXECUTION_HELD');
    const ban = {
      number: 8,
      kind: 'narrow',
      reason_code: 'abuse-pattern',
      scope: { domains: ['ncii-deepfake'] },
    } as const;
    const holder = { ...request.holder, bans: [ban] };
    expect(codeOf(() => tokenClaims({ ...request, holder }))).toBe('ACTOR_BANNED');
  });

  it('bind to a device where the class or the right asks for one', async () => {
    const high = await issued('high');
    expect(codeOf(() => tokenClaims(high))).toBe('ATTESTATION_REQUIRED');
    expect(tokenClaims({ ...high, deviceId: 'd'.repeat(64) }).device_id).toBe('d'.repeat(64));
    const bound = await issued('low', { device_id: 'd'.repeat(64) });
    expect(codeOf(() => tokenClaims(bound))).toBe('TOKEN_NOT_BOUND');
    expect(codeOf(() => tokenClaims({ ...bound, deviceId: 'e'.repeat(64) }))).toBe('TOKEN_NOT_BOUND');
  });

  it('are refused to others, for other purposes, before the time and while suspended', async () => {
    const request = await issued('low', { not_before: 1_800_000_100 });
    expect(codeOf(() => tokenClaims(request))).toBe('RIGHT_NOT_YET_VALID');
    const now = 1_800_000_100;
    expect(codeOf(() => tokenClaims({ ...request, now }))).toBe('none');
    expect(codeOf(() => tokenClaims({ ...request, now, purpose: 'research' }))).toBe('PURPOSE_NOT_PERMITTED');
    const holder = request.at.world.must('actor', [request.at.eve.id]);
    expect(codeOf(() => tokenClaims({ ...request, now, holder }))).toBe('NOT_HOLDER');
    const right = { ...request.right, status: 'suspended' } as const;
    expect(codeOf(() => tokenClaims({ ...request, now, right }))).toBe('RIGHT_NOT_ACTIVE');
    const artifact = { ...request.artifact, approved: false };
    expect(codeOf(() => tokenClaims({ ...request, now, artifact }))).toBe('ARTIFACT_NOT_ACTIVE');
  });
});
