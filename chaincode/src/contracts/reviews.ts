import { canonicalize, decideReview, ledgerKeys, RegistryError } from '@maker-registry/protocol';
import { runAct } from '../act-transaction';
import { idArgument } from '../read-document';
import { RegistryContract } from '../registry-contract';
import type { RegistryContext } from '../registry-context';

/** Decisions of the operators' reviewers on artifacts that wait behind a gate. */
export class ReviewsContract extends RegistryContract {
  constructor() {
    super('reviews');
  }

  async Decide(context: RegistryContext, argument: string): Promise<string> {
    return runAct(
      context,
      'review.decide',
      argument,
      async ({ argument: decision, ledger, context: rule }) => {
        const artifact = await ledger.get('artifact', ledgerKeys.artifact(decision.artifact_id));
        return decideReview({ artifact }, decision, rule);
      },
    );
  }

  /** The decisions on one artifact and what they have led to. */
  async Get(context: RegistryContext, artifactId: string): Promise<string> {
    const artifact = await context.transaction.ledger.get(
      'artifact',
      ledgerKeys.artifact(idArgument(artifactId)),
    );
    if (artifact === undefined) {
      throw new RegistryError('ARTIFACT_UNKNOWN', 'The artifact is not registered.', { subject: artifactId });
    }
    const { approved, reviews, state } = artifact;
    return canonicalize({ approved, artifact_id: artifactId, reviews, state });
  }
}
