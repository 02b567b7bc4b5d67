import {
  depthOf,
  ledgerKeys,
  nextHash,
  parentFound,
  startWalk,
  type GenerationRecord,
  type LineageNode,
  type Walk,
  type WalkedLineage,
} from '@maker-registry/protocol';
import type { Ledger } from './ledger';

/**
 * Walks from a record to its ancestors, nearest first. What a request's hint named was fetched ahead in one round trip;
 * an ancestor that was not costs two or three more.
 */
export async function loadLineage(
  ledger: Ledger,
  record: GenerationRecord,
  maxDepth: number,
): Promise<WalkedLineage> {
  const nodes = [await loadNode(ledger, record)];
  let walk: Walk = startWalk(record.content_hash, maxDepth);
  let child = record;
  let step = nextHash(walk, child.parent_hash);
  while (step.kind === 'load') {
    const parent = await loadParent(ledger, child);
    if (parent === undefined) return { nodes, walk, end: 'missing', missing: step.hash };
    nodes.push(await loadNode(ledger, parent));
    walk = parentFound(walk, step.hash);
    child = parent;
    step = nextHash(walk, child.parent_hash);
  }
  return { nodes, walk, end: step.kind };
}

/** As far as the policy of the record reaches; the whole bound where it has none. */
export async function loadLineageOf(ledger: Ledger, record: GenerationRecord): Promise<WalkedLineage> {
  const policy = await ledger.get('policy', ledgerKeys.policy(record.model_ref, record.content_hash));
  return loadLineage(ledger, record, depthOf(policy));
}

/** The record that a child's parent_hash means: of the model that it names, else the first of that content. */
async function loadParent(ledger: Ledger, child: GenerationRecord): Promise<GenerationRecord | undefined> {
  const { parent_hash: parentHash, parent_model_ref: named } = child;
  const modelRef = named ?? (await ledger.get('content', ledgerKeys.content(parentHash)))?.model_ref;
  if (modelRef === undefined) return undefined;
  const record = ledgerKeys.record(modelRef, parentHash);
  await ledger.prefetch([
    { kind: 'record', id: record },
    { kind: 'policy', id: ledgerKeys.policy(modelRef, parentHash) },
  ]);
  return ledger.get('record', record);
}

async function loadNode(ledger: Ledger, record: GenerationRecord): Promise<LineageNode> {
  const { model_ref: modelRef, content_hash: contentHash } = record;
  const policy = await ledger.get('policy', ledgerKeys.policy(modelRef, contentHash));
  // Only where there is no policy does its model's owner matter.
  const model = policy === undefined ? await ledger.get('model', ledgerKeys.model(modelRef)) : undefined;
  return { record, policy, model };
}
