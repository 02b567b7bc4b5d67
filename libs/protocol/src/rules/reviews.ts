import { type ActArguments } from '../domain/act-arguments';
import { type Artifact, type Review } from '../domain/artifact';
import { type RuleOutcome } from '../domain/ledger';
import { RegistryError } from '../errors/registry-error';
import { requireRole, standing } from './acts';
import { artifactWrite } from './artifacts';
import { type ActContext, requireParameters } from './context';
import { artifactState } from './restrictions';
import { passesGate } from './risk';

/**
 * review.decide: one operator's reviewer approves or rejects a waiting artifact. The latest decision of an operator
 * counts; the artifact is activated by the decision that passes the gate of its class.
 *
 * @throws RegistryError ROLE_MISSING, PARAMETERS_MISSING, NOT_OPERATOR, REASON_REQUIRED, ARTIFACT_UNKNOWN or REVIEW_NOT_PENDING
 */
export function decideReview(
  state: { readonly artifact: Artifact | undefined },
  argument: ActArguments['review.decide'],
  context: ActContext,
): RuleOutcome {
  const role = requireRole('review.decide', context.caller);
  const parameters = requireParameters(context);
  standing(context.caller, role, parameters);
  if (argument.decision === 'reject' && argument.reason === undefined) {
    throw new RegistryError('REASON_REQUIRED', 'A rejection needs a reason that the maker can act on.', {
      subject: '/reason',
    });
  }
  const artifact = requireWaiting(state.artifact, argument.artifact_id);
  const { mspId } = context.caller;
  const reviews = [...artifact.reviews.filter(({ msp_id }) => msp_id !== mspId), reviewOf(argument, context)];
  const approved = passesGate(parameters, artifact.risk.class, reviews);
  const reviewed: Artifact = {
    ...artifact,
    reviews,
    approved,
    state: artifactState(approved, artifact.restrictions),
  };
  return {
    writes: [artifactWrite(reviewed)],
    result: { id: reviewed.artifact_id, type: 'artifact', state: reviewed.state },
  };
}

function requireWaiting(artifact: Artifact | undefined, id: string): Artifact {
  if (artifact === undefined) {
    throw new RegistryError('ARTIFACT_UNKNOWN', 'The artifact is not registered.', { subject: id });
  }
  if (artifact.approved || artifact.state === 'revoked') {
    throw new RegistryError(
      'REVIEW_NOT_PENDING',
      `The artifact is ${artifact.state} and not waiting for review.`,
      {
        subject: id,
      },
    );
  }
  return artifact;
}

function reviewOf(argument: ActArguments['review.decide'], { caller, txId, at }: ActContext): Review {
  return {
    msp_id: caller.mspId,
    reviewer: caller.certificateDigest,
    decision: argument.decision,
    ...(argument.reason === undefined ? {} : { reason: argument.reason }),
    ...(argument.evidence_digest === undefined ? {} : { evidence_digest: argument.evidence_digest }),
    tx_id: txId,
    at,
  };
}
