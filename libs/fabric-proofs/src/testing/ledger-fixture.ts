import { brotliDecompressSync } from 'node:zlib';
import { type Block, parseBlock } from '../block';
import { type ChainPosition, nextBlock, startChain } from '../chain';
import { hex } from '../digests';
import { ProofError } from '../errors';

const LENGTH_BYTES = 4;

/** Block of fixtures/ledger.br that holds a transaction refused for its endorsements. */
export const REFUSED_BLOCK = 23;

/** Reads fixtures/ledger.br; see the README beside it. */
export function unpackBlocks(packed: Uint8Array): Buffer[] {
  const all = brotliDecompressSync(packed);
  const blocks: Buffer[] = [];
  for (let offset = 0; offset < all.length;) {
    const end = offset + LENGTH_BYTES + all.readUInt32BE(offset);
    blocks.push(Buffer.from(all.subarray(offset + LENGTH_BYTES, end)));
    offset = end;
  }
  return blocks;
}

/** The verified position after a block of the fixture. */
export function walkTo(blocks: readonly Uint8Array[], number: number): ChainPosition {
  const parsed = blocks.slice(0, number + 1).map((bytes) => parseBlock(bytes));
  const [genesis, ...rest] = parsed;
  if (genesis === undefined) throw new Error('the fixture is empty');
  return rest.reduce(nextBlock, startChain(genesis, hex(genesis.headerHash)));
}

/** A block with some parts replaced, as an attacker would hand it over: nothing is recomputed. */
export function altered(block: Block, parts: Partial<Block>): Block {
  return { ...block, ...parts };
}

/** The code an act is refused with; 'accepted' when it is not. Anything but a ProofError is a crash and is thrown. */
export function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ProofError) return error.code;
    throw error;
  }
  return 'accepted';
}
