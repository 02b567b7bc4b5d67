import {
  backfillRecord,
  ledgerKeys,
  registerRecords,
  ZERO_HASH,
  type RecordClaimState,
  type RecordClaim,
} from '@maker-registry/protocol';
import { runIntent } from '../intent-transaction';
import type { Ledger } from '../ledger/ledger';
import { idArgument, readDocument } from '../read-document';
import { RegistryContract } from '../registry-contract';
import type { RegistryContext } from '../registry-context';

/** Generation records: signed claims of models about their content, immutable. */
export class RecordsContract extends RegistryContract {
  constructor() {
    super('records');
  }

  async Register(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(
      context,
      'record.register',
      envelope,
      async ({ intent, actor, ledger, context: rule }) => {
        const claims: RecordClaimState[] = [];
        for (const claim of intent.body.records) claims.push(await loadClaim(ledger, claim));
        return registerRecords({ actor, claims }, intent, rule);
      },
    );
  }

  async Backfill(context: RegistryContext, envelope: string): Promise<string> {
    return runIntent(context, 'record.backfill', envelope, async ({ intent, ledger, context: rule }) =>
      backfillRecord({ claim: await loadClaim(ledger, intent.body.record) }, intent, rule),
    );
  }

  async Get(context: RegistryContext, modelRef: string, contentHash: string): Promise<string> {
    const id = ledgerKeys.record(idArgument(modelRef), idArgument(contentHash));
    return readDocument(context, 'record', id, 'NOT_FOUND');
  }

  /** The model whose record of a content came first. */
  async GetFirst(context: RegistryContext, contentHash: string): Promise<string> {
    return readDocument(context, 'content', ledgerKeys.content(idArgument(contentHash)), 'NOT_FOUND');
  }
}

/**
 * What a claim is judged by. Most of it is fetched ahead for the whole batch (`read-ahead`). Whether the model has a record
 * of the content is asked only where some model has: of a fresh content there is none, and a read less for each record.
 */
async function loadClaim(ledger: Ledger, claim: RecordClaim): Promise<RecordClaimState> {
  const { model_ref: modelRef, content_hash: contentHash, parent_hash: parentHash } = claim;
  const content = await ledger.get('content', ledgerKeys.content(contentHash));
  return {
    model: await ledger.get('model', ledgerKeys.model(modelRef)),
    scheme: await ledger.get('scheme', ledgerKeys.scheme(claim.scheme_ref)),
    existing:
      content === undefined
        ? undefined
        : await ledger.get('record', ledgerKeys.record(modelRef, contentHash)),
    nonce: await ledger.get('nonce', ledgerKeys.nonce(modelRef, claim.nonce)),
    content,
    ...(await loadParent(ledger, claim.parent_model_ref, parentHash)),
  };
}

async function loadParent(
  ledger: Ledger,
  named: string | undefined,
  parentHash: string,
): Promise<Pick<RecordClaimState, 'parent' | 'namedParent'>> {
  const none = { parent: undefined, namedParent: undefined };
  if (parentHash === ZERO_HASH) return none;
  if (named === undefined) {
    return { ...none, parent: await ledger.get('content', ledgerKeys.content(parentHash)) };
  }
  return { ...none, namedParent: await ledger.get('record', ledgerKeys.record(named, parentHash)) };
}
