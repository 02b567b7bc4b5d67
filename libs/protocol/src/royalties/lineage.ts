import { type SettlementMode } from '../domain/settlement';
import { RegistryError } from '../errors/registry-error';
import { MAX_LINEAGE_DEPTH } from '../limits';
import { ZERO_HASH } from '../provenance/attestation';

/** How far a settlement's lineage reached. */
export interface LineageSummary {
  /** Ancestors found, 0 to 64. */
  readonly depth: number;
  /** A parent is not registered; what is beyond it is unknown. Reaching the depth bound is not incomplete. */
  readonly incomplete: boolean;
  /** A record names as its parent a content that was met before. */
  readonly cycle: boolean;
}

/**
 * A walk from a record towards its ancestors. It is plain data, so that whoever holds the records (a ledger that loads
 * one at a time, a mirror that has them all) asks what comes next and loads it himself:
 *
 * ```ts
 * let walk = startWalk(record.content_hash, terms.max_depth);
 * let step = nextHash(walk, record.parent_hash);
 * while (step.kind === 'load') {
 *   const parent = await load(step.hash);
 *   if (parent === undefined) return lineageSummary(walk, parentMissing(step.hash, mode));
 *   walk = parentFound(walk, step.hash);
 *   step = nextHash(walk, parent.parent_hash);
 * }
 * return lineageSummary(walk, step.kind);
 * ```
 */
export interface Walk {
  /** Content hashes met so far: the current record's, then its ancestors'. At most 65, so a search needs no index. */
  readonly hashes: readonly string[];
  /** Ancestors to read at most. */
  readonly maxDepth: number;
}

/** Why a walk ended: no parent, a content met before, the depth bound, a parent that is not registered. */
export type WalkEnd = 'stop' | 'cycle' | 'limit' | 'missing';

/** What to do next: load the record of `hash`, or end. */
export interface WalkStep {
  readonly kind: 'load' | Exclude<WalkEnd, 'missing'>;
  readonly hash: string;
}

/**
 * Starts at the current record. `maxDepth` is that of the current record's policy; ancestors' policies do not change it,
 * and nothing reaches further than 64.
 */
export function startWalk(contentHash: string, maxDepth: number): Walk {
  return { hashes: [contentHash], maxDepth: Math.min(maxDepth, MAX_LINEAGE_DEPTH) };
}

/**
 * What a record's `parentHash` asks for: `stop` at zeros, `limit` at the depth bound, `cycle` at a content met before,
 * else `load`. The bound is judged before the cycle: what lies beyond it is not looked at.
 */
export function nextHash(walk: Walk, parentHash: string): WalkStep {
  return { kind: stepKind(walk, parentHash), hash: parentHash };
}

function stepKind({ hashes, maxDepth }: Walk, parentHash: string): WalkStep['kind'] {
  if (parentHash === ZERO_HASH) return 'stop';
  if (hashes.length > maxDepth) return 'limit';
  return hashes.includes(parentHash) ? 'cycle' : 'load';
}

/** The walk after the parent of `hash` was found. */
export function parentFound(walk: Walk, hash: string): Walk {
  return { ...walk, hashes: [...walk.hashes, hash] };
}

/** A parent is not registered: a permissive walk ends there, a strict one is refused with PARENT_NOT_FOUND. */
export function parentMissing(hash: string, mode: SettlementMode): 'missing' {
  if (mode === 'permissive') return 'missing';
  throw new RegistryError('PARENT_NOT_FOUND', 'Register the parent, or settle permissively.', {
    subject: hash,
  });
}

/** What a walk that ended so has to say about itself. */
export function lineageSummary(walk: Walk, end: WalkEnd): LineageSummary {
  return { depth: walk.hashes.length - 1, incomplete: end === 'missing', cycle: end === 'cycle' };
}

/** A walk whose records are all at hand. */
export interface Lineage<Node> {
  /** Nearest first. */
  readonly ancestors: readonly Node[];
  readonly summary: LineageSummary;
}

/** Walks from `current` with `load` giving the record of a content hash, if there is one. Throws PARENT_NOT_FOUND. */
export function walkLineage<Node extends { readonly parent_hash: string }>(
  current: Node & { readonly content_hash: string },
  maxDepth: number,
  mode: SettlementMode,
  load: (hash: string) => Node | undefined,
): Lineage<Node> {
  const ancestors: Node[] = [];
  let walk = startWalk(current.content_hash, maxDepth);
  let step = nextHash(walk, current.parent_hash);
  while (step.kind === 'load') {
    const parent = load(step.hash);
    if (parent === undefined) {
      return { ancestors, summary: lineageSummary(walk, parentMissing(step.hash, mode)) };
    }
    ancestors.push(parent);
    walk = parentFound(walk, step.hash);
    step = nextHash(walk, parent.parent_hash);
  }
  return { ancestors, summary: lineageSummary(walk, step.kind) };
}
