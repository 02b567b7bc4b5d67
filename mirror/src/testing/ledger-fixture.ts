import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { brotliDecompressSync } from 'node:zlib';
import { hex, parseBlock } from '@maker-registry/fabric-proofs';
import { type BlockListener, type BlockSource, type BlockStream, StreamEndedError } from '../peer';
import { type LedgerIdentity } from '../prepare-block';

const FIXTURE = join(__dirname, '../../../libs/fabric-proofs/fixtures/ledger.br');
const LENGTH_BYTES = 4;

/** Real blocks; what they hold is said beside the file. */
export function ledgerFixture(): { blocks: Buffer[]; ledger: LedgerIdentity } {
  const all = brotliDecompressSync(readFileSync(FIXTURE));
  const blocks: Buffer[] = [];
  for (let offset = 0; offset < all.length;) {
    const end = offset + LENGTH_BYTES + all.readUInt32BE(offset);
    blocks.push(all.subarray(offset + LENGTH_BYTES, end));
    offset = end;
  }
  const [genesis] = blocks;
  if (genesis === undefined) throw new Error('the fixture is empty');
  return { blocks, ledger: { genesisHash: hex(parseBlock(genesis).headerHash), chaincode: 'registry' } };
}

/** Gives out stored blocks as a peer would, then ends the stream, or stays silent as one without new blocks does. */
export class StoredBlocks implements BlockSource {
  readonly #blocks: readonly Uint8Array[];
  readonly #staysOpen: boolean;

  constructor(blocks: readonly Uint8Array[], staysOpen = false) {
    this.#blocks = blocks;
    this.#staysOpen = staysOpen;
  }

  blocks(from: number, listener: BlockListener): Promise<BlockStream> {
    let open = true;
    const send = async (): Promise<void> => {
      for (const block of this.#blocks.slice(from)) {
        await turn();
        if (!open) return;
        listener.onBlock(block);
      }
      if (!this.#staysOpen) listener.onEnd(new StreamEndedError('no more stored blocks'));
    };
    void send();
    return Promise.resolve({
      pause: () => undefined,
      resume: () => undefined,
      close: () => {
        open = false;
      },
    });
  }
}
