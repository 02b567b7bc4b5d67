import { type Actor } from '../domain/actor';
import { type Artifact } from '../domain/artifact';
import { type UsageLimits } from '../domain/common';
import { type Intent } from '../domain/intent-bodies';
import { ledgerKeys, type LedgerWrite, type RuleOutcome } from '../domain/ledger';
import { type License } from '../domain/license';
import { type Right } from '../domain/right';
import { RegistryError } from '../errors/registry-error';
import { rightId } from '../identifiers';
import { requireOwnArtifact } from './artifacts';
import { assertNotBanned } from './bans';
import { type IntentContext, ledgerTime } from './context';

export interface IssueRightState {
  readonly artifact: Artifact | undefined;
  readonly license: License | undefined;
  readonly holder: Actor | undefined;
  readonly actor: Actor;
}

type IssueBody = Intent<'right.issue'>['body'];

/** The put of a right. */
export function rightWrite(right: Right): LedgerWrite {
  return { kind: 'right', id: ledgerKeys.right(right.right_id), value: right };
}

/** What a transaction on a right answers. */
export function rightResult(right: Right): RuleOutcome['result'] {
  return { id: right.right_id, type: 'right', state: right.status };
}

/** An actor that must be registered: ACTOR_UNKNOWN. */
export function requireActor(actor: Actor | undefined, id: string): Actor {
  if (actor?.actor_id !== id) {
    throw new RegistryError('ACTOR_UNKNOWN', 'The actor is not registered.', { subject: id });
  }
  return actor;
}

/**
 * right.issue: the maker gives a holder a right within a license. A limit that the license sets and the body leaves out
 * is the license's.
 *
 * @throws RegistryError ARTIFACT_UNKNOWN, NOT_MAKER, ARTIFACT_NOT_ACTIVE, LICENSE_UNKNOWN, LICENSE_VIOLATION, ACTOR_UNKNOWN,
 *   ACTOR_BANNED or RIGHT_EXPIRED
 */
export function issueRight(
  state: IssueRightState,
  intent: Intent<'right.issue'>,
  context: IntentContext,
): RuleOutcome {
  const { body } = intent;
  const artifact = requireOwnArtifact(state.artifact, body.artifact_id, intent.actor);
  if (artifact.state !== 'active' && artifact.state !== 'downgraded') {
    throw new RegistryError('ARTIFACT_NOT_ACTIVE', `The artifact is ${artifact.state}; no right is issued.`, {
      subject: artifact.artifact_id,
    });
  }
  const license = requireApplicable(state.license, artifact, body.license_id);
  const holder = requireActor(state.holder, body.holder);
  assertNotBanned(state.actor, 'issue', artifact.risk.domains);
  assertNotBanned(holder, 'receive', artifact.risk.domains);
  assertWithinTerms(body, license);
  const limits = boundLimits(body.limits, license.terms.limits);
  const right: Right = {
    right_id: rightId(context.intentId),
    artifact_id: artifact.artifact_id,
    license_id: license.license_id,
    maker: intent.actor,
    holder: holder.actor_id,
    actions: body.actions,
    purpose: body.purpose,
    limits,
    ...validity(body, limits, context.at),
    ...(body.device_id === undefined ? {} : { device_id: body.device_id }),
    ...(body.price === undefined ? {} : { price: body.price }),
    version: 1,
    status: 'active',
    restrictions: [],
    transfers: 0,
    last_transfer_at: context.at,
    issued: ledgerTime(context),
  };
  return { writes: [rightWrite(right)], result: rightResult(right) };
}

/** The artifact's own license, or another one of its maker's: others' terms are not the maker's to grant. */
function requireApplicable(license: License | undefined, artifact: Artifact, id: string): License {
  if (license?.license_id !== id) {
    throw new RegistryError('LICENSE_UNKNOWN', 'The license is not defined.', { subject: id });
  }
  if (license.license_id !== artifact.license_id && license.licensor !== artifact.maker) {
    throw new RegistryError('LICENSE_VIOLATION', 'The license is neither the artifact’s nor its maker’s.', {
      subject: id,
    });
  }
  return license;
}

function assertWithinTerms(body: IssueBody, { terms }: License): void {
  const action = body.actions.find((candidate) => !terms.actions.includes(candidate));
  if (action !== undefined) {
    throw new RegistryError('LICENSE_VIOLATION', `The license does not permit to ${action}.`, {
      subject: '/body/actions',
    });
  }
  if (!terms.purposes.includes(body.purpose)) {
    throw new RegistryError('LICENSE_VIOLATION', `The license does not permit ${body.purpose}.`, {
      subject: '/body/purpose',
    });
  }
}

const LIMIT_NAMES = ['max_executions', 'max_devices', 'duration_s'] as const;

/** The asked limits, filled up with the license's; LICENSE_VIOLATION where one is asked for beyond it. */
function boundLimits(asked: UsageLimits, granted: UsageLimits): UsageLimits {
  for (const name of LIMIT_NAMES) {
    const most = granted[name];
    const wanted = asked[name];
    if (most !== undefined && wanted !== undefined && wanted > most) {
      throw new RegistryError('LICENSE_VIOLATION', `The license permits ${name} up to ${most}.`, {
        subject: `/body/limits/${name}`,
      });
    }
  }
  return { ...granted, ...asked };
}

/** When the right is valid. A duration counts from not_before, or from the issue, and bounds expires_at. */
function validity(
  body: IssueBody,
  limits: UsageLimits,
  at: number,
): Pick<Right, 'not_before' | 'expires_at'> {
  const start = body.not_before ?? at;
  const latest = limits.duration_s === undefined ? Infinity : start + limits.duration_s;
  const end = body.expires_at ?? latest;
  if (end <= Math.max(at, start)) {
    throw new RegistryError('RIGHT_EXPIRED', 'The right would have expired before it begins.', {
      subject: '/body/expires_at',
    });
  }
  if (end > latest) {
    throw new RegistryError('LICENSE_VIOLATION', `The duration ends the right at ${latest} at the latest.`, {
      subject: '/body/expires_at',
    });
  }
  return {
    ...(body.not_before === undefined ? {} : { not_before: body.not_before }),
    ...(end === Infinity ? {} : { expires_at: end }),
  };
}
