import { parseBlock, parseEndorserTransaction, parseEnvelope } from '@maker-registry/fabric-proofs';

/** BlockMetadata { 1: … } with one verdict: the entry is one byte long. */
const VERDICT_ENTRY = Buffer.from('0a010a', 'hex');
const VALID_ENTRY = Buffer.from('0a0100', 'hex');

function changedCopy(block: Uint8Array, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(block);
  change(copy);
  return copy;
}

function flipLast(copy: Buffer, found: Uint8Array): void {
  const at = copy.lastIndexOf(found);
  if (at < 0) throw new Error('the bytes to change are not in the block');
  const last = at + found.length - 1;
  copy[last] = (copy[last] ?? 0) ^ 1;
}

/** Replaces one block of a chain. */
export function withBlock(
  chain: readonly Uint8Array[],
  number: number,
  change: (block: Uint8Array) => Uint8Array,
): Uint8Array[] {
  return chain.map((block, index) => (index === number ? change(block) : block));
}

/** The verdict on the block's one transaction, said otherwise: valid as refused, refused as valid. */
export function flippedVerdict(block: Uint8Array): Uint8Array {
  return changedCopy(block, (copy) => {
    const [flag] = parseBlock(block).flags;
    const entry = flag === 0 ? VALID_ENTRY : VERDICT_ENTRY;
    copy[copy.lastIndexOf(entry) + 2] = flag === 0 ? 11 : 0;
  });
}

/** The first key that the block's one transaction writes, with another value. */
export function alteredWrite(block: Uint8Array): Uint8Array {
  const [envelope = new Uint8Array(0)] = parseBlock(block).envelopes;
  const { rwSets } = parseEndorserTransaction(parseEnvelope(envelope));
  const [write] = rwSets.flatMap(({ writes }) => writes);
  return changedCopy(block, (copy) => {
    flipLast(copy, write?.value ?? new Uint8Array(0));
  });
}

export function alteredCommitHash(block: Uint8Array): Uint8Array {
  return changedCopy(block, (copy) => {
    flipLast(copy, parseBlock(block).commitHash ?? new Uint8Array(0));
  });
}

/** Another header, as of a fork: the previous hash is another one, so that this header's hash is too. */
export function forkedHeader(block: Uint8Array): Uint8Array {
  return changedCopy(block, (copy) => {
    flipLast(copy, parseBlock(block).header.previousHash);
  });
}
