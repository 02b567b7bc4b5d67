import { parseBlock } from './block';
import { walkConfigurations } from './config-walk';
import { hex } from './digests';
import { codeOf } from './testing/ledger-fixture';
import {
  configEnvelope,
  makeBlock,
  ordinaryEnvelope,
  testConsenter,
  type TestBlock,
  type TestConsenter,
} from './testing/synthetic-chain';

describe('a walk over configuration blocks only', () => {
  let consenters: TestConsenter[];
  let genesis: Uint8Array;
  let hash: string;

  beforeAll(async () => {
    consenters = await Promise.all([1, 2, 3, 4].map(testConsenter));
    const made = makeBlock({
      number: 0,
      previousHash: Buffer.alloc(0),
      envelopes: [configEnvelope(0, consenters, 3)],
      lastConfig: 0,
      signers: [],
    });
    genesis = made.bytes;
    hash = hex(made.headerHash);
  });

  function block(number: number, sequence: number, change: Partial<TestBlock> = {}): Uint8Array {
    return makeBlock({
      number,
      previousHash: Buffer.alloc(32, number),
      envelopes: [configEnvelope(sequence, consenters, 3)],
      lastConfig: number,
      signers: consenters.slice(1),
      ...change,
    }).bytes;
  }

  const walk = (...blocks: Uint8Array[]) =>
    walkConfigurations(
      blocks.map((bytes) => parseBlock(bytes)),
      hash,
    );
  const verdict = (...blocks: Uint8Array[]): string => codeOf(() => walk(...blocks));

  it('reaches the newest', () => {
    expect(walk(genesis)).toMatchObject({ block: 0, tree: { sequence: 0 } });
    expect(walk(genesis, block(12, 1), block(40, 2))).toMatchObject({ block: 40, tree: { sequence: 2 } });
  });

  it('refuses another network, and nothing', () => {
    expect(codeOf(() => walkConfigurations([parseBlock(genesis)], '00'.repeat(32)))).toBe('GENESIS_MISMATCH');
    expect(verdict()).toBe('CONFIG_MALFORMED');
    expect(verdict(block(12, 1))).not.toBe('accepted');
  });

  it('refuses a configuration left out, repeated or out of order', () => {
    expect(verdict(genesis, block(40, 2))).toBe('CONFIG_SEQUENCE');
    expect(verdict(genesis, block(12, 1), block(12, 1))).toBe('CONFIG_MALFORMED');
    expect(verdict(genesis, block(12, 1), block(11, 2))).toBe('CONFIG_MALFORMED');
  });

  it('refuses a block that the orderers did not sign, or that is none of configuration', () => {
    expect(verdict(genesis, block(12, 1, { signers: consenters.slice(2) }))).toBe('BLOCK_QUORUM');
    expect(verdict(genesis, block(12, 1, { envelopes: [ordinaryEnvelope()] }))).toBe('CONFIG_MALFORMED');
    expect(verdict(genesis, block(12, 1, { lastConfig: 11 }))).toBe('CONFIG_MALFORMED');
  });
});
