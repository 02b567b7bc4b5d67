import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Block, parseBlock } from './block';
import { compareBlocks } from './compare-blocks';
import { hex } from './digests';
import { unpackBlocks } from './testing/ledger-fixture';
import { parseEndorserTransaction, parseEnvelope } from './transaction';

const blocks = unpackBlocks(readFileSync(join(__dirname, '../fixtures/ledger.br')));
/** Blocks of valid chaincode transactions that write registry documents. */
const NUMBER = 12;

function block(number: number): Block {
  return parseBlock(blocks[number]!);
}

/** A copy with the last occurrence of some bytes changed by one bit. */
function tampered(number: number, near: Uint8Array): Block {
  const bytes = Buffer.from(blocks[number]!);
  const at = bytes.lastIndexOf(Buffer.from(near));
  expect(at).toBeGreaterThan(0);
  bytes[at + near.length - 1]! ^= 1;
  return parseBlock(bytes);
}

function writesOf(number: number) {
  const transaction = parseEndorserTransaction(parseEnvelope(block(number).envelopes[0]!));
  return transaction.rwSets.flatMap(({ namespace, writes }) =>
    writes.map((write) => ({ namespace, ...write })),
  );
}

describe('compareBlocks', () => {
  it('finds nothing between equal blocks, and looks at no signature', () => {
    const other = block(NUMBER);
    expect(compareBlocks(block(NUMBER), other)).toBeNull();
    expect(compareBlocks(block(NUMBER), { ...other, signatures: other.signatures.slice(1) })).toBeNull();
  });

  it('names transaction and key of an altered write', () => {
    const [write] = writesOf(NUMBER);
    const { txId } = parseEnvelope(block(NUMBER).envelopes[0]!).channelHeader;
    // The value occurs in the read-write set once, after whatever the arguments hold.
    const other = tampered(NUMBER, Buffer.from(write!.value));
    expect(compareBlocks(block(NUMBER), other)).toMatchObject({
      part: 'transactions',
      txIndex: 0,
      txId,
      keys: [{ namespace: write!.namespace, collection: '', key: write!.key }],
    });
  });

  it('names the transaction of a flipped verdict with what it would write', () => {
    const own = block(NUMBER);
    const difference = compareBlocks(own, { ...own, flags: Buffer.from([11]) });
    expect(difference).toMatchObject({
      part: 'verdicts',
      own: 'VALID',
      other: 'MVCC_READ_CONFLICT',
      txIndex: 0,
    });
    expect(difference!.keys.map(({ key }) => key)).toEqual(
      expect.arrayContaining(writesOf(NUMBER).map(({ key }) => key)),
    );
  });

  it('names another commit hash, and a missing one', () => {
    const own = block(NUMBER);
    const commitHash = Buffer.alloc(32, 1);
    expect(compareBlocks(own, { ...own, commitHash })).toMatchObject({
      part: 'commit_hash',
      own: hex(own.commitHash!),
      other: hex(commitHash),
      txIndex: null,
    });
    expect(compareBlocks(own, { ...own, commitHash: null })).toMatchObject({
      part: 'commit_hash',
      other: '',
    });
    expect(compareBlocks({ ...own, commitHash: null }, { ...own, commitHash: null })).toBeNull();
  });

  it('names a forked header whose transactions are the same', () => {
    const own = block(NUMBER);
    const other = { ...own, headerHash: Buffer.alloc(32, 2) };
    expect(compareBlocks(own, other)).toMatchObject({ part: 'header', other: '02'.repeat(32) });
  });

  it('reads what it can of a transaction that is missing, added or unreadable', () => {
    const own = block(NUMBER);
    const missing = compareBlocks(own, { ...own, envelopes: [] });
    expect(missing).toMatchObject({ part: 'transactions', other: '', txIndex: 0 });
    expect(missing!.txId).toMatch(/^[0-9a-f]{64}$/);
    const added = compareBlocks({ ...own, envelopes: [] }, own);
    expect(added).toMatchObject({ own: '', txId: missing!.txId });
    const broken = compareBlocks(own, { ...own, envelopes: [Buffer.from('ff', 'hex')] });
    expect(broken).toMatchObject({ part: 'transactions', txId: missing!.txId });
  });
});
