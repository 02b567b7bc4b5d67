import {
  disputePolicy,
  freezePolicy,
  ledgerKeys,
  markPolicy,
  setPolicy,
  settleDispute,
  type RecordKey,
  type RoyaltyPolicy,
} from '@maker-registry/protocol';
import { runAct } from '../act-transaction';
import { runIntent } from '../intent-transaction';
import type { Ledger } from '../ledger/ledger';
import { counterArgument, idArgument, readDocument } from '../read-document';
import { RegistryContract } from '../registry-contract';
import type { RegistryContext } from '../registry-context';

/** Who is paid for a record, version by version. */
export class RoyaltyPoliciesContract extends RegistryContract {
  constructor() {
    super('royaltyPolicies');
  }

  async Set(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'policy.set', envelope, async ({ intent, actor, ledger, context: rule }) => {
      const { model_ref: modelRef, content_hash: contentHash } = intent.body;
      const record = await ledger.get('record', ledgerKeys.record(modelRef, contentHash));
      const model = await ledger.get('model', ledgerKeys.model(modelRef));
      return setPolicy({ record, model, actor, ...(await loadPolicy(ledger, intent.body)) }, intent, rule);
    });
  }

  async Mark(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'policy.mark', envelope, async ({ intent, ledger, context: rule }) =>
      markPolicy(await loadPolicy(ledger, intent.body), intent, rule),
    );
  }

  async Freeze(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'policy.freeze', envelope, async ({ intent, ledger, context: rule }) =>
      freezePolicy(await loadPolicy(ledger, intent.body), intent, rule),
    );
  }

  async Dispute(context: RegistryContext, argument: string): Promise<string> {
    return runAct(context, 'policy.dispute', argument, async ({ argument: wanted, ledger, context: rule }) =>
      disputePolicy(await loadPolicy(ledger, wanted), wanted, rule),
    );
  }

  async SettleDispute(context: RegistryContext, argument: string): Promise<string> {
    return runAct(
      context,
      'policy.settle-dispute',
      argument,
      async ({ argument: wanted, ledger, context: rule }) =>
        settleDispute(await loadPolicy(ledger, wanted), wanted, rule),
    );
  }

  async Get(context: RegistryContext, modelRef: string, contentHash: string): Promise<string> {
    const id = ledgerKeys.policy(idArgument(modelRef), idArgument(contentHash));
    return readDocument(context, 'policy', id, 'POLICY_UNKNOWN');
  }

  async GetVersion(
    context: RegistryContext,
    modelRef: string,
    contentHash: string,
    version: string,
  ): Promise<string> {
    const id = ledgerKeys['policy-version'](
      idArgument(modelRef),
      idArgument(contentHash),
      counterArgument(version),
    );
    return readDocument(context, 'policy-version', id, 'POLICY_UNKNOWN');
  }
}

async function loadPolicy(
  ledger: Ledger,
  { model_ref: modelRef, content_hash: contentHash }: RecordKey,
): Promise<{ readonly policy: RoyaltyPolicy | undefined }> {
  return { policy: await ledger.get('policy', ledgerKeys.policy(modelRef, contentHash)) };
}
