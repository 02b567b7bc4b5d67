import { type Block, parseBlock } from '@maker-registry/fabric-proofs';
import { WITNESS_BLOCK_TIMEOUT_MS } from '../limits';
import { type BlockSource, type BlockStream } from '../peer';

/** A peer did not give the block in time. */
export class BlockNotGivenError extends Error {
  constructor(number: number) {
    super(`the peer did not give block ${number} in time`);
    this.name = 'BlockNotGivenError';
  }
}

/**
 * One block from a peer, as it has it.
 * @throws BlockNotGivenError; errors of the connection; ProofError when it can't be read
 */
export async function fetchBlock(
  peer: BlockSource,
  number: number,
  timeoutMs = WITNESS_BLOCK_TIMEOUT_MS,
): Promise<Block> {
  let stream: BlockStream | null = null;
  let timer: NodeJS.Timeout | undefined;
  try {
    const bytes = await new Promise<Uint8Array>((resolve, reject) => {
      timer = setTimeout(reject, timeoutMs, new BlockNotGivenError(number));
      peer
        .blocks(number, {
          onBlock: (block) => {
            // What follows is not wanted: the stream is closed, and until then only one block is on its way.
            stream?.pause();
            resolve(block);
          },
          onEnd: reject,
        })
        .then((opened) => {
          stream = opened;
        }, reject);
    });
    return parseBlock(bytes);
  } finally {
    clearTimeout(timer);
    (stream as BlockStream | null)?.close();
  }
}
