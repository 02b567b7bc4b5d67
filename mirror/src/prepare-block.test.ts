import { parseBlock, ProofError } from '@maker-registry/fabric-proofs';
import { BlockPreparation } from './prepare-block';
import { type BlockRows } from './projection/rows';
import { ledgerFixture } from './testing/ledger-fixture';

const { blocks, ledger } = ledgerFixture();
const NOTHING = (): Promise<Map<string, Uint8Array>> => Promise.resolve(new Map<string, Uint8Array>());

async function prepareAll(chain: readonly Uint8Array[], identity = ledger): Promise<BlockRows[]> {
  const preparation = new BlockPreparation(identity, null, NOTHING);
  const rows: BlockRows[] = [];
  for (const block of chain) rows.push(await preparation.prepare(block));
  return rows;
}

async function refusal(chain: readonly Uint8Array[], identity = ledger): Promise<ProofError> {
  const error: unknown = await prepareAll(chain, identity).catch((reason: unknown) => reason);
  if (!(error instanceof ProofError)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

/** The chain with one byte of one block changed, counted from a byte sequence found in it. */
function changed(number: number, near: Uint8Array, offset: number): Buffer[] {
  const copy = blocks.slice(0, number + 2).map((block) => Buffer.from(block));
  const block = copy[number]!;
  const at = block.lastIndexOf(Buffer.from(near));
  expect(at).toBeGreaterThan(0);
  block[at + offset]! ^= 1;
  return copy;
}

describe('BlockPreparation', () => {
  it('prepares a real chain; every verdict, hash and write is checked on the way', async () => {
    const rows = await prepareAll(blocks);
    expect(rows.map(({ block }) => block.number)).toEqual(blocks.map((_block, index) => index));
    expect(rows[0]!.config).toMatchObject({ block: 0, sequence: 0, quorum: 3 });
    expect(rows.slice(1).every(({ config }) => config === null)).toBe(true);
    expect(rows[23]!).toMatchObject({
      writes: [],
      state: [],
      documents: [],
      block: { txCount: 1, validCount: 0 },
    });
  });

  it('is a function of the blocks alone', async () => {
    expect(JSON.stringify(await prepareAll(blocks))).toBe(JSON.stringify(await prepareAll(blocks)));
  });

  it('names the block of a changed verdict: orderers do not sign it, the commit hash covers it', async () => {
    const { commitHash, flags } = parseBlock(blocks[23]!);
    expect([...flags]).toEqual([10]);
    // BlockMetadata { 1: … }: the entry of one byte, the verdict 10.
    const block = Buffer.from(blocks[23]!);
    const at = block.lastIndexOf(Buffer.from('0a010a', 'hex')) + 2;
    expect(block[at]).toBe(10);
    block[at] = 11;
    const error = await refusal([...blocks.slice(0, 23), block]);
    expect(error.code).toBe('COMMIT_HASH_MISMATCH');
    expect(error.details).toMatchObject({ block: 23, expected: Buffer.from(commitHash!).toString('hex') });
  });

  it('names the block of a changed commit hash', async () => {
    const error = await refusal(changed(9, parseBlock(blocks[9]!).commitHash!, 5));
    expect(error).toMatchObject({ code: 'COMMIT_HASH_MISMATCH', details: { block: 9 } });
  });

  it('names the block of a changed transaction, header hash or signature', async () => {
    const block = parseBlock(blocks[9]!);
    expect(await refusal(changed(9, block.envelopes[0]!.subarray(0, 40), 30))).toMatchObject({
      code: 'BLOCK_DATA_HASH',
      details: { block: 9 },
    });
    expect(await refusal(changed(9, block.header.previousHash, 3))).toMatchObject({
      code: 'BLOCK_PREVIOUS_HASH',
      details: { block: 9 },
    });
    expect(await refusal(changed(9, block.signatures[0]!.signature, 20))).toMatchObject({
      code: 'BLOCK_QUORUM',
      details: { block: 9 },
    });
  });

  it('refuses a gap, a repetition and another network', async () => {
    expect(await refusal([...blocks.slice(0, 3), blocks[4]!])).toMatchObject({
      code: 'BLOCK_NUMBER',
      details: { expected: 3, actual: 4 },
    });
    expect(await refusal([...blocks.slice(0, 3), blocks[2]!])).toMatchObject({ code: 'BLOCK_NUMBER' });
    expect(await refusal(blocks, { ...ledger, genesisHash: '00'.repeat(32) })).toMatchObject({
      code: 'GENESIS_MISMATCH',
    });
  });

  it('does not move on after a refusal', async () => {
    const preparation = new BlockPreparation(ledger, null, NOTHING);
    await preparation.prepare(blocks[0]!);
    await expect(preparation.prepare(blocks[2]!)).rejects.toThrow('block 2 came where block 1 was due');
    expect(preparation.next).toBe(1);
    await preparation.prepare(blocks[1]!);
    expect(preparation.next).toBe(2);
  });
});
