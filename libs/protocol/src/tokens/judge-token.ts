import { type LicenseAction, type UsageLimits } from '../domain/common';
import { decodeUtf8 } from '../encoding/bytes';
import { type ErrorCode } from '../errors/error-codes';
import { isRegistryError, RegistryError } from '../errors/registry-error';
import {
  type ListedFindings,
  type ListedRestriction,
  restrictionsFromIndex,
} from '../execution/combined-lists';
import { findBar, restrictionsFromList, supersededVersion, tightenLimits } from '../execution/restrictions';
import { checkRegistryLists } from '../registry-list/check';
import { ListIndex } from '../registry-list/list-index';
import {
  operatorListKeys,
  operatorTokenKeys,
  type OperatorsDocument,
} from '../registry-list/operators-document';
import { checkRevocationList } from '../revocation-list/check';
import { type RevocationList } from '../revocation-list/payload';
import { openStatusList } from '../status-list/status-list-token';
import { statusName, type TokenStatus, tokenStatus } from '../status-list/token-status';
import { type TokenClaims } from './claims';
import { decodeToken, verifyToken } from './token';

/** A list as it came, under the name that the answer shall use for it. */
export interface NamedList {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface TokenQuestion {
  readonly operators: OperatorsDocument;
  /** Combined lists, operators' own lists, token status lists; in any order. */
  readonly lists: readonly NamedList[];
  /** Unix seconds. */
  readonly now: number;
  /** How many operators have to vouch that nothing restricts the token; 1 unless given. */
  readonly threshold?: number | undefined;
}

export interface TokenCheck {
  readonly name: string;
  readonly passed: boolean;
  readonly code?: ErrorCode;
  readonly message?: string;
}

export interface TokenJudgement {
  /** `unknown`: nothing speaks against the token, and too little for it. */
  readonly verdict: TokenStatus | 'unknown';
  readonly code: ErrorCode | 'OK';
  readonly checks: readonly TokenCheck[];
  readonly claims?: TokenClaims;
  /** What remains of the token under the restrictions found. */
  readonly permits?: { readonly actions: readonly LicenseAction[]; readonly limits: UsageLimits };
}

/** What the lists at hand say. */
interface Findings {
  readonly restrictions: readonly ListedRestriction[];
  /** What a status list says. */
  readonly status: TokenStatus | undefined;
  readonly isSuperseded: boolean;
  /** Whether enough operators vouch for every subject of the token. */
  readonly isCovered: boolean;
  /** Whether somebody says if the right has changed hands. */
  readonly knowsSuccession: boolean;
}

/**
 * Judges a rights token by lists at hand, offline: signature, network and time of the token, then what the lists say of its
 * right, artifact, holder, key version and device. Lists must be as fresh as the token's class asks. A list that is refused
 * says nothing; what no list reaches is unknown, never good.
 */
export function judgeToken(token: string, question: TokenQuestion): TokenJudgement {
  const checks: TokenCheck[] = [];
  const claims = check(checks, 'token', () => verified(token, question));
  if (claims === undefined) {
    const code = checks.at(-1)?.code ?? 'TOKEN_MALFORMED';
    return { verdict: 'invalid', code, checks };
  }
  const findings = gather(claims, question, checks);
  const { verdict, code } = decide(claims, findings, checks);
  const actions = claims.actions.filter((action) => bar(claims, action, findings.restrictions) === undefined);
  const limits = tightenLimits(claims.limits, findings.restrictions);
  return { verdict, code, checks, claims, permits: { actions: verdict === 'valid' ? actions : [], limits } };
}

function check<T>(checks: TokenCheck[], name: string, rule: () => T): T | undefined {
  try {
    const result = rule();
    checks.push({ name, passed: true });
    return result;
  } catch (error) {
    if (!isRegistryError(error)) throw error;
    checks.push({ name, passed: false, code: error.code, message: error.message });
    return undefined;
  }
}

/** The token's claims. It must be signed by the very operator that it names: one operator can't speak for another. */
function verified(token: string, { operators, now }: TokenQuestion): TokenClaims {
  // Only its keys are looked at: another operator may give a key of its own the same kid.
  const jwks = operatorTokenKeys(operators, decodeToken(token).claims.iss);
  return verifyToken(token, { jwks, network: operators.network, now }).claims;
}

interface Accepted {
  readonly own: RevocationList[];
  readonly statuses: TokenStatus[];
  /** Of each combined list: what one of them says, another one can't take back. */
  readonly combined: ListedFindings[];
}

function gather(claims: TokenClaims, question: TokenQuestion, checks: TokenCheck[]): Findings {
  const accepted: Accepted = { own: [], statuses: [], combined: [] };
  for (const list of question.lists) {
    check(checks, list.name, () => {
      accept(list, claims, question, accepted);
    });
  }
  const { unknown } = restrictionsFromIndex(new ListIndex(new Map()), claims, claims.device_id);
  const isReached = unknown.every((type) => accepted.combined.some((one) => !one.unknown.includes(type)));
  const listed = accepted.own.flatMap((list) => restrictionsFromList(list, claims, claims.device_id));
  const versions = accepted.own.map((list) => supersededVersion(list, claims.right_id) ?? 0);
  const hasOneWord = accepted.own.length > 0 || accepted.statuses.length > 0;
  return {
    restrictions: [...accepted.combined.flatMap(({ restrictions }) => restrictions), ...listed],
    status: worst(accepted.statuses),
    isSuperseded: versions.some((version) => version > claims.right_version),
    isCovered: isReached || (hasOneWord && (question.threshold ?? 1) === 1),
    knowsSuccession: hasOneWord,
  };
}

function worst(statuses: readonly TokenStatus[]): TokenStatus | undefined {
  if (statuses.includes('invalid')) return 'invalid';
  return statuses.includes('suspended') ? 'suspended' : statuses[0];
}

/** Tells the three kinds of lists apart and takes this one in, or throws why not. */
function accept(
  { bytes }: NamedList,
  claims: TokenClaims,
  question: TokenQuestion,
  accepted: Accepted,
): void {
  const { operators, now, threshold = 1 } = question;
  const maxAgeS = claims.gate.list_max_age_s;
  const text = decodeUtf8(bytes).trim();
  if (!text.startsWith('{')) {
    accepted.statuses.push(statusOf(text, claims, question));
    return;
  }
  const keys = operatorListKeys(operators);
  const { network } = operators;
  if (text.includes('"payloadType"') && !text.includes('"statements"')) {
    accepted.own.push(checkRevocationList(text, { keys, network, now, maxAgeS }).list);
    return;
  }
  const { contents } = checkRegistryLists(text, { keys, network, now, maxAgeS, threshold });
  accepted.combined.push(restrictionsFromIndex(new ListIndex(contents), claims, claims.device_id));
}

function statusOf(text: string, claims: TokenClaims, { operators, now }: TokenQuestion): TokenStatus {
  const place = claims.status?.status_list;
  if (place === undefined) {
    throw new RegistryError('STATUS_LIST_UNTRUSTED', 'The token names no status list.');
  }
  const jwks = operatorTokenKeys(operators, claims.iss);
  const list = openStatusList(text, { jwks, uri: place.uri, now, maxAgeS: claims.gate.list_max_age_s });
  return statusName(list.statusAt(place.idx));
}

type Decision = Pick<TokenJudgement, 'verdict' | 'code'>;

function decide(claims: TokenClaims, findings: Findings, checks: TokenCheck[]): Decision {
  const decision = decideAgainst(claims, findings) ?? decideFor(findings);
  const isRestricted = decision.verdict === 'invalid' || decision.verdict === 'suspended';
  checks.push(outcome('restrictions', isRestricted ? decision.code : 'OK'));
  checks.push(outcome('coverage', decision.verdict === 'unknown' ? decision.code : 'OK'));
  return decision;
}

function outcome(name: string, code: ErrorCode | 'OK'): TokenCheck {
  return code === 'OK' ? { name, passed: true } : { name, passed: false, code };
}

function decideAgainst(
  claims: TokenClaims,
  { restrictions, status, isSuperseded }: Findings,
): Decision | undefined {
  if (isSuperseded) return { verdict: 'invalid', code: 'TOKEN_SUPERSEDED' };
  const own = tokenStatus(claims, claims.right_version, restrictions);
  const verdict = worst([own, ...(status === undefined ? [] : [status])]) ?? 'valid';
  if (verdict === 'valid') return undefined;
  const asked = claims.actions[0] ?? 'execute';
  const byKind = verdict === 'invalid' ? 'REVOKED' : 'EXECUTION_HELD';
  return { verdict, code: own === 'valid' ? byKind : (bar(claims, asked, restrictions) ?? byKind) };
}

function decideFor({ isCovered, knowsSuccession }: Findings): Decision {
  if (!isCovered) return { verdict: 'unknown', code: 'LIST_INCOMPLETE' };
  // Combined lists tell restrictions; who holds a right now its issuer tells, by status list or by its own list.
  return knowsSuccession ? { verdict: 'valid', code: 'OK' } : { verdict: 'unknown', code: 'LIST_MISSING' };
}

function bar(
  { purpose, domains }: TokenClaims,
  action: LicenseAction,
  restrictions: readonly ListedRestriction[],
): ErrorCode | undefined {
  return findBar(restrictions, { action, purpose, domains })?.code;
}
