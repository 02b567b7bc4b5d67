import { type License } from '../domain/license';
import { type LicenseAction, type Purpose } from '../domain/common';
import { type Parameters } from '../domain/parameters';
import { RegistryError } from '../errors/registry-error';
import { currentKey } from '../intents/admit';
import { keyThumbprint } from '../jose/jwk';
import { assertHeldBy } from '../rules/change-holder';
import {
  type ApplicableRestriction,
  type Barred,
  findBar,
  type LedgerView,
  restrictionsFromLedger,
  tightenLimits,
} from '../execution/restrictions';
import { type ExecutionGate, type TokenClaims } from './claims';

export interface TokenIssue extends LedgerView {
  readonly license: License;
  readonly parameters: Parameters;
  /** MSP id of the operator. */
  readonly issuer: string;
  /** Unique name of the token, base64url. */
  readonly jti: string;
  /** Unix seconds. */
  readonly now: number;
  /** Asked purpose; the right's own when absent. */
  readonly purpose?: Purpose | undefined;
  /** The enrolled device that the token shall be bound to. */
  readonly deviceId?: string | undefined;
  /** What that device's newest attestation is narrowed to; no entries of the ledger's list. */
  readonly deviceRestrictions?: readonly ApplicableRestriction[] | undefined;
}

/** The gate of a class as executions see it. */
export function executionGate(parameters: Parameters, riskClass: TokenClaims['risk_class']): ExecutionGate {
  const { attestation_required, list_max_age_s, fail_closed } = parameters.risk_classes[riskClass];
  return { attestation_required, list_max_age_s, fail_closed };
}

/**
 * The claims of a token for a right as the ledger has it: the actions that no restriction bars, the tightest limits, the
 * gate of the class, bound to the holder's current key and, where asked or required, to a device.
 *
 * @throws RegistryError RIGHT_NOT_ACTIVE, RIGHT_EXPIRED, RIGHT_NOT_YET_VALID, NOT_HOLDER, ARTIFACT_NOT_ACTIVE, PURPOSE_NOT_PERMITTED,
 *   ATTESTATION_REQUIRED, TOKEN_NOT_BOUND, or the code of the restriction that bars every action
 */
export function tokenClaims(issue: TokenIssue): TokenClaims {
  const { right, artifact, holder, license, parameters, now } = issue;
  assertIssuable(issue);
  const restrictions = [...restrictionsFromLedger(issue), ...(issue.deviceRestrictions ?? [])];
  const gate = executionGate(parameters, artifact.risk.class);
  const ttl = parameters.risk_classes[artifact.risk.class].token_ttl_s;
  const key = currentKey(holder);
  const device = boundDevice(issue, gate);
  return {
    iss: issue.issuer,
    sub: holder.actor_id,
    jti: issue.jti,
    iat: now,
    nbf: now,
    exp: Math.min(now + ttl, right.expires_at ?? now + ttl),
    network: parameters.network,
    right_id: right.right_id,
    right_version: right.version,
    artifact_id: artifact.artifact_id,
    root_digest: artifact.root_digest,
    actions: permittedActions(issue),
    limits: tightenLimits(right.limits, restrictions),
    obligations: license.terms.obligations,
    purpose: right.purpose,
    risk_class: artifact.risk.class,
    domains: artifact.risk.domains,
    gate,
    cnf: { jkt: keyThumbprint(key.alg, key.publicKey) },
    ...(device === undefined ? {} : { device_id: device }),
    ...(issue.contentKey === undefined ? {} : { key_version: issue.contentKey.version }),
  };
}

function assertIssuable({ right, artifact, holder, purpose, now }: TokenIssue): void {
  assertHeldBy(right, holder.actor_id, now);
  if (right.not_before !== undefined && right.not_before > now) {
    throw new RegistryError('RIGHT_NOT_YET_VALID', `The right is valid from ${right.not_before}.`, {
      subject: right.right_id,
    });
  }
  if (!artifact.approved) {
    throw new RegistryError('ARTIFACT_NOT_ACTIVE', 'The artifact waits for review.', {
      subject: artifact.artifact_id,
    });
  }
  if (purpose !== undefined && purpose !== right.purpose) {
    throw new RegistryError('PURPOSE_NOT_PERMITTED', `The right is for ${right.purpose}.`, {
      subject: right.right_id,
    });
  }
}

/** The right's actions that are not barred. Where the ledger bars all, its first bar is the answer. */
function permittedActions({
  right,
  artifact,
  deviceRestrictions = [],
  ...view
}: TokenIssue): TokenClaims['actions'] {
  const { domains } = artifact.risk;
  const restrictions = restrictionsFromLedger({ right, artifact, ...view });
  const barOf = (action: LicenseAction, among = restrictions): Barred | undefined =>
    findBar(among, { action, purpose: right.purpose, domains });
  const permitted = right.actions.filter((action) => barOf(action) === undefined);
  const [first] = right.actions.flatMap((action) => barOf(action) ?? []);
  if (permitted.length === 0 && first !== undefined) {
    throw new RegistryError(first.code, `Revocation ${first.number} bars every action of the right.`, {
      subject: String(first.number),
    });
  }
  // A device that may do nothing keeps its token: only with one can it attest again, and the release refuses it until then.
  const narrowed = permitted.filter((action) => barOf(action, [...deviceRestrictions]) === undefined);
  return narrowed.length > 0 ? narrowed : permitted;
}

function boundDevice({ right, deviceId }: TokenIssue, gate: ExecutionGate): string | undefined {
  if (right.device_id !== undefined && right.device_id !== deviceId) {
    throw new RegistryError(
      'TOKEN_NOT_BOUND',
      'The right is bound to a device; ask for a token for that one.',
      {
        subject: right.device_id,
      },
    );
  }
  if (gate.attestation_required && deviceId === undefined) {
    throw new RegistryError(
      'ATTESTATION_REQUIRED',
      'The risk class asks for a token bound to an enrolled device.',
      {
        subject: right.right_id,
      },
    );
  }
  return deviceId;
}
