import {
  ledgerKeys,
  settlementId,
  type Actor,
  type Envelope,
  type SettlementRequest,
  type SettleState,
  readVerificationStatement,
} from '@maker-registry/protocol';
import type { Ledger } from './ledger';
import { loadLineageOf } from './load-lineage';

/** What a payer's request is judged by; nothing beyond the first settlement where the reference was used. */
export async function loadSettlement(
  ledger: Ledger,
  payer: string,
  request: SettlementRequest,
): Promise<SettleState> {
  const { model_ref: modelRef, content_hash: contentHash } = request;
  const id = settlementId(payer, request.settlement_ref);
  const existing = await ledger.get('settlement', ledgerKeys.settlement(id));
  const record = await ledger.get('record', ledgerKeys.record(modelRef, contentHash));
  if (existing !== undefined || record === undefined) return { ...NOTHING, existing, record };
  return {
    existing,
    record,
    model: await ledger.get('model', ledgerKeys.model(modelRef)),
    scheme: await ledger.get('scheme', ledgerKeys.scheme(record.scheme_ref)),
    policy: await ledger.get('policy', ledgerKeys.policy(modelRef, contentHash)),
    lineage: await loadLineageOf(ledger, record),
    verifiers: await loadVerifiers(ledger, request.reports ?? []),
  };
}

const NOTHING: SettleState = {
  existing: undefined,
  record: undefined,
  model: undefined,
  scheme: undefined,
  policy: undefined,
  lineage: undefined,
  verifiers: new Map(),
};

async function loadVerifiers(ledger: Ledger, reports: readonly Envelope[]): Promise<Map<string, Actor>> {
  const verifiers = new Map<string, Actor>();
  for (const report of reports) {
    const { verifier } = readVerificationStatement(report);
    const actor = await ledger.get('actor', ledgerKeys.actor(verifier));
    if (actor !== undefined) verifiers.set(verifier, actor);
  }
  return verifiers;
}
