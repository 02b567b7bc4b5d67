import { createHash } from 'node:crypto';

/**
 * Merkle trees by RFC 6962 §2.1 (RFC 9162 §2.1): leaves and inner nodes are hashed under different prefixes, so that an inner
 * node never passes for a leaf; the last node of an odd level moves up as it is.
 */
const LEAF_PREFIX = Uint8Array.of(0);
const NODE_PREFIX = Uint8Array.of(1);

/** Hash of a leaf's bytes. */
export function merkleLeaf(bytes: string | Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(LEAF_PREFIX).update(bytes).digest());
}

function node(left: Uint8Array, right: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(NODE_PREFIX).update(left).update(right).digest());
}

function nextLevel(level: readonly Uint8Array[]): Uint8Array[] {
  const above: Uint8Array[] = [];
  let left: Uint8Array | undefined;
  for (const one of level) {
    if (left === undefined) {
      left = one;
    } else {
      above.push(node(left, one));
      left = undefined;
    }
  }
  if (left !== undefined) above.push(left);
  return above;
}

/** The root over leaf hashes; that of no leaf is the hash of nothing. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  let level = leaves;
  while (level.length > 1) level = nextLevel(level);
  return level[0] ?? new Uint8Array(createHash('sha256').digest());
}

/** The audit path of a leaf, from the bottom. Throws RangeError where there is no such leaf. */
export function merklePath(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= leaves.length) {
    throw new RangeError(`There is no leaf ${index} of ${leaves.length}.`);
  }
  const path: Uint8Array[] = [];
  let level = leaves;
  let at = index;
  while (level.length > 1) {
    const sibling = level[at % 2 === 0 ? at + 1 : at - 1];
    if (sibling !== undefined) path.push(sibling);
    level = nextLevel(level);
    at = Math.floor(at / 2);
  }
  return path;
}

/**
 * The root that a leaf hash and its audit path lead to; undefined when the path has not the length that this place in a tree
 * of this size asks for.
 */
export function rootOfPath(
  leaf: Uint8Array,
  place: { readonly index: number; readonly size: number },
  path: readonly Uint8Array[],
): Uint8Array | undefined {
  let { index } = place;
  let last = place.size - 1;
  if (index < 0 || index > last) return undefined;
  let hash = leaf;
  let used = 0;
  while (last > 0) {
    const isLeft = index % 2 === 0;
    // The last node of an odd level has no sibling and moves up.
    if (!(isLeft && index === last)) {
      const sibling = path[used];
      if (sibling === undefined) return undefined;
      hash = isLeft ? node(hash, sibling) : node(sibling, hash);
      used += 1;
    }
    index = Math.floor(index / 2);
    last = Math.floor(last / 2);
  }
  return used === path.length ? hash : undefined;
}
