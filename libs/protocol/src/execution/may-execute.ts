import { type LicenseAction, type Purpose, type UsageLimits } from '../domain/common';
import { type Right } from '../domain/right';
import { type ErrorCode } from '../errors/error-codes';
import { RegistryError } from '../errors/registry-error';
import { MAX_CLOCK_SKEW_S } from '../limits';
import { type ListIndex } from '../registry-list/list-index';
import { type RevocationList } from '../revocation-list/payload';
import { type ExecutionGate, type TokenClaims } from '../tokens/claims';
import { type ListedFindings, restrictionsFromIndex } from './combined-lists';
import {
  type ApplicableRestriction,
  type Barred,
  findBar,
  restrictionsFromList,
  supersededVersion,
  tightenLimits,
} from './restrictions';

export interface ExecutionRequest {
  /** Claims of a token that `verifyToken` has accepted. */
  readonly token: TokenClaims;
  /** The right's state, where the decider sees the ledger. */
  readonly right?: Right | undefined;
  /** The newest list that `checkRevocationList` has accepted; undefined when none is to be had. */
  readonly list?: RevocationList | undefined;
  /**
   * Lists for which several operators vouch, beside `list`: what either says holds. Undefined where one operator's word is
   * enough; `missing` where it is not and there are none.
   */
  readonly combined?: CombinedLists | 'missing' | undefined;
  /** What the ledger's state says beside the list (`restrictionsFromLedger`), where the decider sees the ledger. */
  readonly restrictions?: readonly ApplicableRestriction[] | undefined;
  /** The gate of the artifact's class: the token's own, or the parameters'. */
  readonly gate: ExecutionGate;
  /** Unix seconds. */
  readonly now: number;
  /** The attested device; undefined where none attested. */
  readonly deviceId?: string | undefined;
  readonly purpose: Purpose;
  readonly action: LicenseAction;
  /** Root digest of the artifact at hand, hex, where it has been computed. */
  readonly rootDigest?: string | undefined;
  /** Executions of this right so far, where they are counted. */
  readonly executions?: number | undefined;
}

/** The newest combined lists that `checkRegistryLists` has accepted. */
export interface CombinedLists {
  readonly index: ListIndex;
  /** Unix seconds at which enough operators had vouched. */
  readonly this_update: number;
}

export type ExecutionDecision =
  | {
      readonly allowed: true;
      /** The tightest limits of right, token and restrictions. */
      readonly limits: UsageLimits;
      /** Unix seconds by which the decision must have been taken anew. */
      readonly recheck_by: number;
      /** Why the decision is weaker than it could be; codes of the error table. */
      readonly warnings: readonly ErrorCode[];
    }
  | {
      readonly allowed: false;
      readonly code: ErrorCode;
      readonly message: string;
      readonly subject: string;
    };

interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly subject: string;
}

/**
 * Decides one execution, for guard and gateway alike: the token, the right where its state is known, and the revocation
 * list. Without a fresh list a class that fails closed is refused; other classes go on, with a warning, under the
 * entries of the list at hand.
 */
export function mayExecute(request: ExecutionRequest): ExecutionDecision {
  const findings = combinedFindings(request);
  const restrictions = applicable(request, findings);
  const freshness = listFreshness(request, findings);
  const limits = limitsOf(request, restrictions);
  const refusal =
    refusedByToken(request) ??
    refusedByDevice(request) ??
    refusedByRight(request) ??
    refusedByFreshness(request, freshness) ??
    refusedBySuccession(request) ??
    refusedByRestriction(request, restrictions) ??
    refusedByLimit(request, limits);
  if (refusal !== undefined) return { allowed: false, ...refusal };
  return {
    allowed: true,
    limits,
    recheck_by: recheckBy(request),
    warnings: freshness === undefined ? [] : [freshness],
  };
}

/** As mayExecute, but throws the refusal as a RegistryError. */
export function assertMayExecute(request: ExecutionRequest): Extract<ExecutionDecision, { allowed: true }> {
  const decision = mayExecute(request);
  if (!decision.allowed)
    throw new RegistryError(decision.code, decision.message, { subject: decision.subject });
  return decision;
}

function refusedByToken({
  token,
  now,
  action,
  purpose,
  rootDigest,
  list,
}: ExecutionRequest): Refusal | undefined {
  const subject = token.jti;
  if (token.nbf > now + MAX_CLOCK_SKEW_S)
    return { code: 'TOKEN_NOT_YET_VALID', message: `The token is valid from ${token.nbf}.`, subject };
  if (token.exp <= now)
    return { code: 'TOKEN_EXPIRED', message: `The token expired at ${token.exp}.`, subject };
  if (list !== undefined && list.network !== token.network) {
    return {
      code: 'LIST_WRONG_NETWORK',
      message: 'Token and list are for different networks.',
      subject: list.network,
    };
  }
  if (!token.actions.includes(action)) {
    return { code: 'ACTION_NOT_PERMITTED', message: `The token does not permit to ${action}.`, subject };
  }
  if (token.purpose !== purpose) {
    return {
      code: 'PURPOSE_NOT_PERMITTED',
      message: `The token is for ${token.purpose}, not ${purpose}.`,
      subject,
    };
  }
  if (rootDigest !== undefined && rootDigest !== token.root_digest) {
    return {
      code: 'ARTIFACT_MISMATCH',
      message: 'The artifact is not the one that the token names.',
      subject: rootDigest,
    };
  }
  return undefined;
}

function refusedByDevice({ token, gate, deviceId }: ExecutionRequest): Refusal | undefined {
  if (gate.attestation_required && (deviceId === undefined || token.device_id === undefined)) {
    const message = 'The risk class asks for a token bound to an attested device.';
    return { code: 'ATTESTATION_REQUIRED', message, subject: token.jti };
  }
  if (token.device_id !== undefined && token.device_id !== deviceId) {
    return {
      code: 'TOKEN_NOT_BOUND',
      message: 'The token is bound to another device.',
      subject: token.device_id,
    };
  }
  return undefined;
}

function refusedByRight({ token, right, now }: ExecutionRequest): Refusal | undefined {
  if (right === undefined) return undefined;
  const subject = right.right_id;
  if (right.right_id !== token.right_id) {
    return { code: 'RIGHT_UNKNOWN', message: 'The token is for another right.', subject };
  }
  if (right.version !== token.right_version || right.holder !== token.sub) {
    return { code: 'TOKEN_SUPERSEDED', message: `The right is at version ${right.version}.`, subject };
  }
  if (right.not_before !== undefined && right.not_before > now) {
    return { code: 'RIGHT_NOT_YET_VALID', message: `The right is valid from ${right.not_before}.`, subject };
  }
  if (right.expires_at !== undefined && right.expires_at <= now) {
    return { code: 'RIGHT_EXPIRED', message: `The right expired at ${right.expires_at}.`, subject };
  }
  if (right.status !== 'active') {
    return { code: 'RIGHT_NOT_ACTIVE', message: `The right is ${right.status}.`, subject };
  }
  return undefined;
}

/** What is wrong with the list's freshness; nothing when the decider sees the ledger itself. */
function listFreshness(
  { list, right, restrictions, gate, now, combined }: ExecutionRequest,
  findings: ListedFindings,
): ErrorCode | undefined {
  if (right !== undefined && restrictions !== undefined) return undefined;
  if (list === undefined || combined === 'missing') return 'LIST_MISSING';
  if (findings.unknown.length > 0) return 'LIST_INCOMPLETE';
  const oldest = Math.min(list.this_update, combined?.this_update ?? list.this_update);
  return now - oldest > gate.list_max_age_s ? 'LIST_STALE' : undefined;
}

const NO_FINDINGS: ListedFindings = { restrictions: [], unknown: [] };

function combinedFindings({ combined, token, deviceId }: ExecutionRequest): ListedFindings {
  if (combined === undefined || combined === 'missing') return NO_FINDINGS;
  return restrictionsFromIndex(combined.index, token, deviceId ?? token.device_id);
}

function refusedByFreshness(
  { gate, token, list }: ExecutionRequest,
  freshness: ErrorCode | undefined,
): Refusal | undefined {
  if (freshness === undefined || !gate.fail_closed) return undefined;
  const message =
    FRESHNESS_MESSAGES[freshness] ?? 'The revocation list is older than the risk class accepts.';
  return { code: freshness, message, subject: list === undefined ? token.jti : String(list.number) };
}

const FRESHNESS_MESSAGES: Readonly<Partial<Record<ErrorCode, string>>> = {
  LIST_MISSING: 'No revocation list is at hand, and the risk class does not go on without.',
  LIST_INCOMPLETE:
    'The lists at hand do not reach all that the token names, and the risk class does not go on without.',
};

function refusedBySuccession({ token, list }: ExecutionRequest): Refusal | undefined {
  const version = list === undefined ? undefined : supersededVersion(list, token.right_id);
  if (version === undefined || version <= token.right_version) return undefined;
  return {
    code: 'TOKEN_SUPERSEDED',
    message: `The right has changed hands and is at version ${version}.`,
    subject: token.right_id,
  };
}

function applicable(
  { token, list, restrictions, deviceId }: ExecutionRequest,
  findings: ListedFindings,
): readonly ApplicableRestriction[] {
  const listed = list === undefined ? [] : restrictionsFromList(list, token, deviceId ?? token.device_id);
  return [...listed, ...findings.restrictions, ...(restrictions ?? [])];
}

function refusedByRestriction(
  { token, action, purpose }: ExecutionRequest,
  restrictions: readonly ApplicableRestriction[],
): Refusal | undefined {
  const bar: Barred | undefined = findBar(restrictions, { action, purpose, domains: token.domains });
  if (bar === undefined) return undefined;
  return {
    code: bar.code,
    message: `Revocation ${bar.number} bars this execution.`,
    subject: String(bar.number),
  };
}

function limitsOf(
  { token, right }: ExecutionRequest,
  restrictions: readonly ApplicableRestriction[],
): UsageLimits {
  const own = tightenLimits(token.limits, restrictions);
  return right === undefined ? own : tightenLimits(own, [{ ...ASIDE, limits: right.limits }]);
}

/** Carries a right's limits through the same arithmetic as a restriction's. */
const ASIDE = { number: 0, subject_type: 'right', kind: 'narrow', reason_code: 'right' } as const;

function refusedByLimit(
  request: ExecutionRequest,
  { max_executions: most }: UsageLimits,
): Refusal | undefined {
  if (most === undefined || request.executions === undefined || request.executions < most) return undefined;
  return {
    code: 'LIMIT_REACHED',
    message: `The right permits ${most} executions.`,
    subject: request.token.right_id,
  };
}

function recheckBy({ token, right, list, combined, gate, now }: ExecutionRequest): number {
  const times = [
    list?.this_update ?? now,
    combined === undefined || combined === 'missing' ? now : combined.this_update,
  ];
  const fresh = Math.min(...times) + gate.list_max_age_s;
  const bounds = [token.exp, right?.expires_at ?? token.exp];
  // A class that does not fail closed may outlive its list; it is asked to look again all the same.
  return Math.min(...bounds, fresh > now ? fresh : now + gate.list_max_age_s);
}
