import { hex, parseBlock, validationCodeName } from '@maker-registry/fabric-proofs';
import { ledgerFixture } from '../testing/ledger-fixture';
import { isSame, NotComparableError, type RecordedBlock } from './compare-peer';

const { blocks } = ledgerFixture();
const block = parseBlock(blocks[12]!);
const recorded: RecordedBlock = {
  headerHash: hex(block.headerHash),
  commitHash: hex(block.commitHash!),
  verdicts: [...block.flags].map(validationCodeName),
};

describe('whether a peer says what the tables say', () => {
  it('is so for the block that was written, whoever signed this copy of it', () => {
    expect(isSame(recorded, block)).toBe(true);
    expect(isSame(recorded, { ...block, signatures: [] })).toBe(true);
  });

  it('is not so for another header, other data behind it, another verdict or another commit hash', () => {
    expect(isSame({ ...recorded, headerHash: '0'.repeat(64) }, block)).toBe(false);
    expect(isSame(recorded, { ...block, envelopes: [] })).toBe(false);
    expect(isSame(recorded, { ...block, flags: Buffer.from([11]) })).toBe(false);
    expect(isSame(recorded, { ...block, flags: Buffer.from([0, 0]) })).toBe(false);
    expect(isSame(recorded, { ...block, commitHash: Buffer.alloc(32) })).toBe(false);
  });

  it('can not be said of a peer without a commit hash, unless something else differs', () => {
    expect(() => isSame(recorded, { ...block, commitHash: null })).toThrow(NotComparableError);
    expect(isSame(recorded, { ...block, commitHash: null, flags: Buffer.from([11]) })).toBe(false);
  });

  it('needs only the header of the genesis block', () => {
    const genesis = parseBlock(blocks[0]!);
    expect(isSame({ headerHash: hex(genesis.headerHash), commitHash: null, verdicts: [] }, genesis)).toBe(
      true,
    );
  });
});
