import {
  claimShares,
  collectIntoShares,
  issueShares,
  ledgerKeys,
  sharesId,
  transferShares,
} from '@maker-registry/protocol';
import { runIntent } from '../intent-transaction';
import { loadSources } from '../ledger/load-sources';
import { idArgument, readDocument } from '../read-document';
import { RegistryContract } from '../registry-contract';
import type { RegistryContext } from '../registry-context';

/** Proceeds divided into units that change hands. */
export class SharesContract extends RegistryContract {
  constructor() {
    super('shares');
  }

  async Issue(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'shares.issue', envelope, async ({ intent, ledger, context: rule }) => {
      const id = sharesId(intent.actor, intent.body.name);
      return issueShares({ existing: await ledger.get('shares', ledgerKeys.shares(id)) }, intent, rule);
    });
  }

  async Transfer(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'shares.transfer', envelope, async ({ intent, ledger }) => {
      const { shares_id: id, to } = intent.body;
      const shares = await ledger.get('shares', ledgerKeys.shares(id));
      const holding = await ledger.get('holding', ledgerKeys.holding(id, intent.actor));
      const recipientHolding = await ledger.get('holding', ledgerKeys.holding(id, to));
      const recipient = await ledger.get('actor', ledgerKeys.actor(to));
      return transferShares({ shares, holding, recipientHolding, recipient }, intent);
    });
  }

  async Collect(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'shares.collect', envelope, async ({ intent, ledger, context: rule }) => {
      const { shares_id: id, currency, credits } = intent.body;
      const shares = await ledger.get('shares', ledgerKeys.shares(id));
      return collectIntoShares(
        { shares, sources: await loadSources(ledger, id, currency, credits) },
        intent,
        rule,
      );
    });
  }

  async Claim(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'shares.claim', envelope, async ({ intent, ledger, context: rule }) => {
      const { shares_id: id } = intent.body;
      const shares = await ledger.get('shares', ledgerKeys.shares(id));
      const holding = await ledger.get('holding', ledgerKeys.holding(id, intent.actor));
      return claimShares({ shares, holding }, intent, rule);
    });
  }

  async Get(context: RegistryContext, id: string): Promise<string> {
    return readDocument(context, 'shares', ledgerKeys.shares(idArgument(id)), 'SHARES_UNKNOWN');
  }

  async GetHolding(context: RegistryContext, id: string, holder: string): Promise<string> {
    const key = ledgerKeys.holding(idArgument(id), idArgument(holder));
    return readDocument(context, 'holding', key, 'SHARES_UNKNOWN');
  }
}
