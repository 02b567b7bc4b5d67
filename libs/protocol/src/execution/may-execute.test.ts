import { type Right } from '../domain/right';
import { type RevocationList, type RevocationListEntry } from '../revocation-list/payload';
import { codeOf } from '../test-support/expect-code';
import { NETWORK } from '../test-support/parameters';
import { CLAIMS, DEVICE, NOW } from '../test-support/token';
import { assertMayExecute, type ExecutionRequest, mayExecute } from './may-execute';
import { type ApplicableRestriction, restrictionsFromLedger } from './restrictions';

const LIST: RevocationList = {
  v: 1,
  network: NETWORK,
  issuer: 'Op1MSP',
  number: 5,
  height: 9,
  this_update: NOW,
  next_update: NOW + 60,
  previous_hash: '0'.repeat(64),
  entries: [],
  superseded: [],
};

const RIGHT: Right = {
  right_id: CLAIMS.right_id,
  artifact_id: CLAIMS.artifact_id,
  license_id: 'a'.repeat(64),
  maker: 'b'.repeat(64),
  holder: CLAIMS.sub,
  actions: ['execute'],
  purpose: 'deployment',
  limits: {},
  version: 2,
  status: 'active',
  restrictions: [],
  transfers: 1,
  last_transfer_at: NOW,
  issued: { tx_id: 'x', at: NOW },
};

const REQUEST: ExecutionRequest = {
  token: CLAIMS,
  list: LIST,
  gate: CLAIMS.gate,
  now: NOW + 10,
  deviceId: DEVICE,
  purpose: 'deployment',
  action: 'execute',
};

const entry = (changes: Partial<RevocationListEntry>): RevocationListEntry => ({
  number: 5,
  subject_type: 'artifact',
  subject_id: CLAIMS.artifact_id,
  kind: 'hold',
  reason_code: 'abuse-pattern',
  final: false,
  revoked_at: NOW,
  ...changes,
});
const under = (changes: Partial<RevocationListEntry>, request: Partial<ExecutionRequest> = {}): string =>
  codeOf(() => assertMayExecute({ ...REQUEST, list: { ...LIST, entries: [entry(changes)] }, ...request }));
const code = (changes: Partial<ExecutionRequest>): string =>
  codeOf(() => assertMayExecute({ ...REQUEST, ...changes }));

describe('mayExecute', () => {
  it('permits what token, device and list permit, and says when to look again', () => {
    expect(mayExecute(REQUEST)).toEqual({
      allowed: true,
      limits: { max_executions: 10 },
      recheck_by: NOW + 120,
      warnings: [],
    });
  });

  it.each<[string, Partial<ExecutionRequest>, string]>([
    ['an expired token', { now: CLAIMS.exp }, 'TOKEN_EXPIRED'],
    ['a token of tomorrow', { now: NOW - 61 }, 'TOKEN_NOT_YET_VALID'],
    ['a clock that is a little slow', { now: NOW - 60 }, 'none'],
    ['another action', { action: 'resell' }, 'ACTION_NOT_PERMITTED'],
    ['another purpose', { purpose: 'research' }, 'PURPOSE_NOT_PERMITTED'],
    ['another device', { deviceId: 'e'.repeat(64) }, 'TOKEN_NOT_BOUND'],
    ['no device', { deviceId: undefined }, 'ATTESTATION_REQUIRED'],
    ['another artifact', { rootDigest: 'f'.repeat(64) }, 'ARTIFACT_MISMATCH'],
    ['the artifact itself', { rootDigest: CLAIMS.root_digest }, 'none'],
    ['no list', { list: undefined }, 'LIST_MISSING'],
    ['a stale list', { now: NOW + 121 }, 'LIST_STALE'],
    ['a list just fresh enough', { now: NOW + 120 }, 'none'],
    ['a list of another network', { list: { ...LIST, network: 'f'.repeat(64) } }, 'LIST_WRONG_NETWORK'],
    ['all executions used', { executions: 10 }, 'LIMIT_REACHED'],
    ['one execution left', { executions: 9 }, 'none'],
    ['a right that moved on', { right: { ...RIGHT, version: 3 } }, 'TOKEN_SUPERSEDED'],
    ['a right of another holder', { right: { ...RIGHT, holder: 'f'.repeat(64) } }, 'TOKEN_SUPERSEDED'],
    ['another right', { right: { ...RIGHT, right_id: 'f'.repeat(64) } }, 'RIGHT_UNKNOWN'],
    ['a suspended right', { right: { ...RIGHT, status: 'suspended' } }, 'RIGHT_NOT_ACTIVE'],
    ['a right that is over', { right: { ...RIGHT, expires_at: NOW + 10 } }, 'RIGHT_EXPIRED'],
    ['a right of tomorrow', { right: { ...RIGHT, not_before: NOW + 11 } }, 'RIGHT_NOT_YET_VALID'],
  ])('with %s: %#', (_name, changes, expected) => {
    expect(code(changes)).toBe(expected);
  });

  it('asks for an attested device where the gate says so, even with a token that is bound to none', () => {
    const token = { ...CLAIMS };
    delete (token as { device_id?: string }).device_id;
    expect(code({ token })).toBe('ATTESTATION_REQUIRED');
    expect(code({ token, gate: { ...CLAIMS.gate, attestation_required: false }, deviceId: undefined })).toBe(
      'none',
    );
  });

  it('refuses a token whose right has changed hands', () => {
    const superseded = (version: number): string =>
      code({ list: { ...LIST, superseded: [{ right_id: CLAIMS.right_id, version }] } });
    expect(superseded(3)).toBe('TOKEN_SUPERSEDED');
    expect(superseded(2)).toBe('none');
    expect(code({ list: { ...LIST, superseded: [{ right_id: 'f'.repeat(64), version: 9 }] } })).toBe('none');
  });

  it.each<[Partial<RevocationListEntry>, string]>([
    [{}, 'EXECUTION_HELD'],
    [{ kind: 'revoke' }, 'REVOKED'],
    [{ kind: 'restrict' }, 'PURPOSE_NOT_PERMITTED'],
    [{ kind: 'downgrade' }, 'none'],
    [{ kind: 'downgrade', scope: { actions: ['execute'] } }, 'ACTION_NOT_PERMITTED'],
    [{ kind: 'narrow', scope: { actions: ['resell'] } }, 'none'],
    [{ kind: 'narrow', scope: { domains: ['ncii-deepfake'] } }, 'ACTION_NOT_PERMITTED'],
    [{ kind: 'narrow', scope: { domains: ['exploit-generation'] } }, 'none'],
    [{ kind: 'narrow', scope: { actions: ['execute'], domains: ['exploit-generation'] } }, 'none'],
    [{ subject_id: 'f'.repeat(64), kind: 'revoke' }, 'none'],
    [{ subject_type: 'right', subject_id: CLAIMS.right_id, kind: 'revoke' }, 'REVOKED'],
    [{ subject_type: 'right', subject_id: CLAIMS.artifact_id, kind: 'revoke' }, 'none'],
    [{ subject_type: 'key', key_version: 1, kind: 'revoke' }, 'REVOKED'],
    [{ subject_type: 'key', key_version: 2, kind: 'revoke' }, 'none'],
    [{ subject_type: 'actor', subject_id: CLAIMS.sub }, 'ACTOR_BANNED'],
    [{ subject_type: 'actor', subject_id: CLAIMS.sub, scope: { actions: ['transfer'] } }, 'none'],
    [
      { subject_type: 'actor', subject_id: CLAIMS.sub, kind: 'narrow', scope: { actions: ['execute'] } },
      'ACTOR_BANNED',
    ],
    [
      { subject_type: 'actor', subject_id: CLAIMS.sub, scope: { domains: ['ncii-deepfake'] } },
      'ACTOR_BANNED',
    ],
    [{ subject_type: 'device', subject_id: DEVICE }, 'EXECUTION_HELD'],
    [{ subject_type: 'device', subject_id: 'e'.repeat(64) }, 'none'],
  ])('under the entry %j is %s', (changes, expected) => {
    expect(under(changes)).toBe(expected);
  });

  it('counts every version of the key for a token that names none', () => {
    const token = { ...CLAIMS };
    delete (token as { key_version?: number }).key_version;
    expect(under({ subject_type: 'key', key_version: 7, kind: 'revoke' }, { token })).toBe('REVOKED');
  });

  it('lets research go on under a restriction', () => {
    const token = { ...CLAIMS, purpose: 'research' as const };
    expect(under({ kind: 'restrict' }, { token, purpose: 'research' })).toBe('none');
  });

  it('takes the tightest of all limits', () => {
    const entries = [entry({ kind: 'downgrade', limits: { max_executions: 4, max_devices: 2 } })];
    const decision = mayExecute({
      ...REQUEST,
      list: { ...LIST, entries },
      right: { ...RIGHT, limits: { max_executions: 7, duration_s: 9 } },
    });
    expect(decision).toMatchObject({ limits: { max_executions: 4, max_devices: 2, duration_s: 9 } });
    expect(code({ list: { ...LIST, entries }, executions: 4 })).toBe('LIMIT_REACHED');
  });

  describe('in a class that does not fail closed', () => {
    const gate = { attestation_required: false, list_max_age_s: 100, fail_closed: false };

    it('goes on without a fresh list, and warns', () => {
      expect(mayExecute({ ...REQUEST, gate, list: undefined })).toMatchObject({
        allowed: true,
        warnings: ['LIST_MISSING'],
      });
      const stale = mayExecute({ ...REQUEST, gate, now: NOW + 101 });
      expect(stale).toMatchObject({ allowed: true, warnings: ['LIST_STALE'], recheck_by: NOW + 201 });
    });

    it('still obeys the entries of a stale list', () => {
      expect(under({ kind: 'revoke' }, { gate, now: NOW + 500 })).toBe('REVOKED');
    });
  });

  it('relies on the ledger itself where it is at hand', () => {
    const online = { list: undefined, right: RIGHT };
    expect(code({ ...online, restrictions: [] })).toBe('none');
    expect(code(online)).toBe('LIST_MISSING');
    const held: ApplicableRestriction = {
      number: 1,
      subject_type: 'artifact',
      kind: 'hold',
      reason_code: 'x',
    };
    expect(code({ ...online, restrictions: [held] })).toBe('EXECUTION_HELD');
  });
});

describe('restrictionsFromLedger', () => {
  it('gathers what artifact, right, holder and key carry', () => {
    const restriction = { kind: 'hold', reason_code: 'x', by: { actor: 'y' }, final: false } as const;
    const view = {
      right: { ...RIGHT, restrictions: [{ ...restriction, number: 1 }] },
      artifact: { restrictions: [{ ...restriction, number: 2 }] },
      holder: { bans: [{ number: 3, kind: 'hold', reason_code: 'x' }] },
      contentKey: { restrictions: [{ ...restriction, number: 4 }] },
    } as unknown as Parameters<typeof restrictionsFromLedger>[0];
    expect(restrictionsFromLedger(view).map(({ number, subject_type }) => [number, subject_type])).toEqual([
      [2, 'artifact'],
      [1, 'right'],
      [3, 'actor'],
      [4, 'key'],
    ]);
  });
});
