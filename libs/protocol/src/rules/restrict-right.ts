import { type Actor } from '../domain/actor';
import { type Artifact } from '../domain/artifact';
import { type Intent } from '../domain/intent-bodies';
import { type RuleOutcome } from '../domain/ledger';
import { type Revocation, type RevocationHead } from '../domain/revocation';
import { type Right } from '../domain/right';
import { RegistryError } from '../errors/registry-error';
import { assertReason } from './acts';
import { requireOwnArtifact } from './artifacts';
import { assertNotBanned } from './bans';
import { requireRight } from './change-holder';
import { type IntentContext } from './context';
import { rightResult, rightWrite } from './issue-right';
import { releaseAll } from './releases';
import { liftableByMaker, restrictionOf, restrictRight, withRightRestrictions } from './restrictions';
import { appendRevocation, headWrite, revocationWrite } from './revocation-chain';

export interface MakersRightState {
  readonly right: Right | undefined;
  readonly head: RevocationHead | undefined;
}

function requireMakersRight(
  state: MakersRightState,
  intent: Intent<'right.suspend' | 'right.resume' | 'right.revoke'>,
): Right {
  const right = requireRight(state.right, intent.body.right_id);
  if (right.maker !== intent.actor) {
    throw new RegistryError('NOT_MAKER', 'Only the maker may do this to a right.', {
      subject: right.right_id,
    });
  }
  return right;
}

function restrict(
  state: MakersRightState,
  intent: Intent<'right.suspend' | 'right.revoke'>,
  kind: 'hold' | 'revoke',
  context: IntentContext,
): RuleOutcome {
  const right = requireMakersRight(state, intent);
  const { reason_code } = intent.body;
  assertReason(context.parameters, reason_code, 'maker', kind);
  const { entry, head } = appendRevocation(
    state.head,
    {
      subject_type: 'right',
      subject_id: right.right_id,
      kind,
      reason_code,
      by: { actor: intent.actor },
      final: kind === 'revoke',
    },
    context,
  );
  const restricted = restrictRight(right, restrictionOf(entry, kind));
  return {
    writes: [rightWrite(restricted), revocationWrite(entry), headWrite(head)],
    result: { ...rightResult(restricted), first_number: entry.number, last_number: entry.number },
  };
}

/** right.suspend: the maker puts a right on hold, with a reason. Throws RIGHT_UNKNOWN, NOT_MAKER, REASON_UNKNOWN, ILLEGAL_TRANSITION or REVOKED. */
export function suspendRight(
  state: MakersRightState,
  intent: Intent<'right.suspend'>,
  context: IntentContext,
): RuleOutcome {
  const right = requireMakersRight(state, intent);
  if (liftableByMaker(right.restrictions, intent.actor).length > 0) {
    throw new RegistryError('ILLEGAL_TRANSITION', 'The maker has already suspended this right.', {
      subject: right.right_id,
    });
  }
  return restrict(state, intent, 'hold', context);
}

/** right.revoke: the maker ends a right for good, with a reason. Throws RIGHT_UNKNOWN, NOT_MAKER, REASON_UNKNOWN or REVOKED. */
export function revokeRight(
  state: MakersRightState,
  intent: Intent<'right.revoke'>,
  context: IntentContext,
): RuleOutcome {
  return restrict(state, intent, 'revoke', context);
}

export interface ResumeRightState extends MakersRightState {
  readonly actor: Actor;
  /** Under right.artifact_id. */
  readonly artifact: Artifact | undefined;
  /** Entries of the numbers that `liftableByMaker(right.restrictions, actor)` gives. */
  readonly revocations: readonly (Revocation | undefined)[];
}

/**
 * right.resume: the maker lifts its own suspension.
 *
 * @throws RegistryError RIGHT_UNKNOWN, NOT_MAKER, REVOKED, ARTIFACT_UNKNOWN, ACTOR_BANNED, REASON_UNKNOWN or ILLEGAL_TRANSITION
 */
export function resumeRight(
  state: ResumeRightState,
  intent: Intent<'right.resume'>,
  context: IntentContext,
): RuleOutcome {
  const right = requireMakersRight(state, intent);
  if (right.status === 'revoked') {
    throw new RegistryError('REVOKED', 'The right is revoked for good.', { subject: right.right_id });
  }
  const artifact = requireOwnArtifact(state.artifact, right.artifact_id, intent.actor);
  assertNotBanned(state.actor, 'issue', artifact.risk.domains);
  const { reason_code: reasonCode } = intent.body;
  assertReason(context.parameters, reasonCode, 'maker', undefined);
  const numbers = liftableByMaker(right.restrictions, intent.actor);
  const request = { ...state, numbers, by: { actor: intent.actor }, subjectId: right.right_id, reasonCode };
  const released = releaseAll(request, context);
  const free = withRightRestrictions(
    right,
    right.restrictions.filter(({ number }) => !numbers.includes(number)),
  );
  return {
    writes: [rightWrite(free), ...released.writes],
    result: { ...rightResult(free), ...released.range },
  };
}
