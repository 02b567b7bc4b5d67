import fc from 'fast-check';
import { RESTRICTION_KINDS } from '../domain/revocation';
import { type ListedRestriction, restrictionsFromIndex } from '../execution/combined-lists';
import { mayExecute } from '../execution/may-execute';
import { readContent } from '../registry-list/content';
import { ListIndex } from '../registry-list/list-index';
import { type RevocationList } from '../revocation-list/payload';
import { listsAt, wholeList } from '../test-support/list-operators';
import { NETWORK } from '../test-support/parameters';
import { RevocationLedger } from '../test-support/revocation-ledger';
import { CLAIMS, NOW } from '../test-support/token';
import { buildRevocationList } from '../revocation-list/payload';
import { statusName, tokenStatus } from './token-status';

const RESTRICTION: ListedRestriction = {
  number: 1,
  subject_type: 'artifact',
  subject_id: CLAIMS.artifact_id,
  kind: 'revoke',
  reason_code: 'key-compromise',
  final: true,
};
const HOLD = { ...RESTRICTION, kind: 'hold', final: false } as const;
const NARROW = { ...RESTRICTION, kind: 'narrow' } as const;

describe('the status of a token', () => {
  const status = (...restrictions: ListedRestriction[]): string =>
    tokenStatus({ ...CLAIMS, actions: ['execute', 'adapt'] }, CLAIMS.right_version, restrictions);

  it.each<[string, ListedRestriction[]]>([
    ['valid', []],
    ['invalid', [RESTRICTION]],
    ['suspended', [HOLD]],
    ['invalid', [HOLD, RESTRICTION]],
    ['valid', [{ ...NARROW, scope: { actions: ['adapt'] } }]],
    ['invalid', [{ ...NARROW, scope: { actions: ['adapt', 'execute'] } }]],
    ['suspended', [{ ...NARROW, final: false, scope: { actions: ['adapt', 'execute'] } }]],
    ['valid', [{ ...RESTRICTION, kind: 'downgrade', limits: { max_executions: 1 } }]],
    ['invalid', [{ ...RESTRICTION, kind: 'restrict' }]],
    ['suspended', [{ ...RESTRICTION, kind: 'restrict', final: false }]],
    ['invalid', [{ ...RESTRICTION, subject_type: 'actor' }]],
    ['valid', [{ ...RESTRICTION, subject_type: 'actor', scope: { domains: ['privacy-extraction'] } }]],
    ['invalid', [{ ...RESTRICTION, subject_type: 'actor', scope: { domains: ['ncii-deepfake'] } }]],
  ])('is %s under %j', (expected, restrictions) => {
    expect(status(...restrictions)).toBe(expected);
  });

  it('is invalid once the right has changed hands', () => {
    expect(tokenStatus(CLAIMS, CLAIMS.right_version + 1, [])).toBe('invalid');
    expect(tokenStatus(CLAIMS, CLAIMS.right_version, [])).toBe('valid');
  });

  it.each([
    [0, 'valid'],
    [1, 'invalid'],
    [2, 'suspended'],
    [3, 'invalid'],
  ])('value %s means %s', (value, name) => {
    expect(statusName(value)).toBe(name);
  });

  it('of a token without actions follows what stops executions', () => {
    expect(tokenStatus({ ...CLAIMS, actions: [] }, CLAIMS.right_version, [RESTRICTION])).toBe('invalid');
  });
});

describe('status, scope lists and the operator’s own list of one ledger', () => {
  const SUBJECTS = [
    ['artifact', 'artifact'],
    ['right', 'right'],
    ['actor', 'ann'],
    ['key', 'artifact'],
    ['device', 'device'],
    ['artifact', 'another'],
    ['actor', 'bob'],
  ] as const;

  /** A ledger after some acts: which subject, which kind, and whether the oldest hold is lifted instead. */
  function ledgerAfter(acts: readonly (readonly [number, number, boolean])[]): RevocationLedger {
    const ledger = new RevocationLedger();
    const holds: number[] = [];
    for (const [subject, kind, isLift] of acts) {
      const [lifted] = isLift ? holds.splice(0, 1) : [];
      if (lifted !== undefined) {
        ledger.lift(lifted);
        continue;
      }
      const [type, name] = SUBJECTS[subject % SUBJECTS.length] ?? SUBJECTS[0];
      const chosen = RESTRICTION_KINDS[kind % RESTRICTION_KINDS.length] ?? 'hold';
      const more = chosen === 'narrow' ? { scope: { actions: ['execute' as const] } } : {};
      const number = ledger.restrict(type, name, { kind: chosen, ...more });
      if (chosen === 'hold') holds.push(number);
    }
    return ledger;
  }

  it('agree on every token', () => {
    const act = fc.tuple(fc.nat(20), fc.nat(20), fc.boolean());
    fc.assert(
      fc.property(fc.array(act, { size: 'max', maxLength: 12 }), (acts) => {
        const ledger = ledgerAfter(acts);
        const contents = [...listsAt(ledger.entries)].map(([scope, list]) => {
          return [scope, readContent(wholeList(list), undefined)] as const;
        });
        const index = new ListIndex(new Map(contents));
        const own: RevocationList = buildRevocationList({
          network: NETWORK,
          issuer: 'Op1MSP',
          head: ledger.head,
          height: 1,
          thisUpdate: NOW,
          nextUpdate: NOW,
          revocations: ledger.entries,
          superseded: [],
        });
        const { restrictions, unknown } = restrictionsFromIndex(index, CLAIMS, CLAIMS.device_id);
        expect(unknown).toEqual([]);
        const status = tokenStatus(CLAIMS, CLAIMS.right_version, restrictions);
        const request = {
          token: CLAIMS,
          gate: CLAIMS.gate,
          now: NOW,
          deviceId: CLAIMS.device_id,
          purpose: CLAIMS.purpose,
          action: 'execute',
        } as const;
        const byOwn = mayExecute({ ...request, list: own });
        const empty = { ...own, entries: [] };
        const byCombined = mayExecute({ ...request, list: empty, combined: { index, this_update: NOW } });
        expect([byOwn.allowed, byCombined.allowed]).toEqual([status === 'valid', status === 'valid']);
        expect(byCombined.allowed || byOwn.allowed || byCombined.code === byOwn.code).toBe(true);
      }),
    );
  });
});
