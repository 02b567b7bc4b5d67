import {
  ledgerKeys,
  releaseSuspense,
  RegistryError,
  settle,
  SUSPENSE_REASONS,
  type Settlement,
  type WalkedLineage,
} from '@maker-registry/protocol';
import { runIntent } from '../intent-transaction';
import type { Ledger } from '../ledger/ledger';
import { loadLineage } from '../ledger/load-lineage';
import { loadSettlement } from '../ledger/load-settlement';
import { idArgument, layerArgument, readDocument } from '../read-document';
import { RegistryContract } from '../registry-contract';
import type { RegistryContext } from '../registry-context';

/** Payments divided over lineages, and what of them has to wait. */
export class SettlementsContract extends RegistryContract {
  constructor() {
    super('settlements');
  }

  async Settle(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'settlement.settle', envelope, async ({ intent, ledger, context: rule }) =>
      settle(await loadSettlement(ledger, intent.actor, intent.body), intent, rule),
    );
  }

  async Release(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'suspense.release', envelope, async ({ intent, ledger, context: rule }) => {
      const { settlement_id: id, layer, reason } = intent.body;
      const suspense = await ledger.get('suspense', ledgerKeys.suspense(id, layer, reason));
      const settlement = await ledger.get('settlement', ledgerKeys.settlement(id));
      const policy =
        suspense === undefined
          ? undefined
          : await ledger.get('policy', ledgerKeys.policy(suspense.model_ref, suspense.content_hash));
      const lineage = reason === 'lineage-incomplete' ? await walkAgain(ledger, settlement) : undefined;
      return releaseSuspense({ suspense, settlement, policy, lineage }, intent, rule);
    });
  }

  async Get(context: RegistryContext, id: string): Promise<string> {
    return readDocument(context, 'settlement', ledgerKeys.settlement(idArgument(id)), 'SETTLEMENT_UNKNOWN');
  }

  async GetSuspense(context: RegistryContext, id: string, layer: string, reason: string): Promise<string> {
    const known = SUSPENSE_REASONS.find((candidate) => candidate === reason);
    if (known === undefined) {
      throw new RegistryError('SUSPENSE_UNKNOWN', `A reason is one of ${SUSPENSE_REASONS.join(', ')}.`);
    }
    const key = ledgerKeys.suspense(idArgument(id), layerArgument(layer), known);
    return readDocument(context, 'suspense', key, 'SUSPENSE_UNKNOWN');
  }
}

/** The lineage of a settlement as it goes now, no deeper than it was allowed to go then. */
async function walkAgain(
  ledger: Ledger,
  settlement: Settlement | undefined,
): Promise<WalkedLineage | undefined> {
  if (settlement === undefined) return undefined;
  const { model_ref: modelRef, content_hash: contentHash, max_depth: depth } = settlement;
  const record = await ledger.get('record', ledgerKeys.record(modelRef, contentHash));
  return record === undefined ? undefined : loadLineage(ledger, record, depth);
}
