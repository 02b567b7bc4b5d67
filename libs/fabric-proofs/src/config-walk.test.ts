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
    expect(verdict(genesis, block(40, 2))).toBe('RECEIPT_CONFIGURATION_SKIPPED');
    expect(verdict(genesis, block(12, 1), block(12, 1))).toBe('BLOCK_NUMBER');
    expect(verdict(genesis, block(12, 1), block(11, 2))).toBe('BLOCK_NUMBER');
  });

  it('refuses a block that the orderers did not sign, or that is none of configuration', () => {
    expect(verdict(genesis, block(12, 1, { signers: consenters.slice(2) }))).toBe('BLOCK_QUORUM');
    expect(verdict(genesis, block(12, 1, { envelopes: [ordinaryEnvelope()] }))).toBe('CONFIG_MALFORMED');
    expect(verdict(genesis, block(12, 1, { lastConfig: 11 }))).toBe('BLOCK_LAST_CONFIG');
  });

  it('passes over signatures that do not count, and does not count them', () => {
    const [first, second, third, fourth] = consenters;
    const repeated = [first!, second!, third!, third!];
    expect(walk(genesis, block(12, 1, { signers: repeated }))).toMatchObject({ block: 12 });
    expect(verdict(genesis, block(12, 1, { signers: [fourth!, fourth!, fourth!] }))).toBe('BLOCK_QUORUM');
  });

  it('refuses a configuration of another channel, and one that follows at once but not by hash', () => {
    const other = configEnvelope(1, consenters, 3, { channel: 'other', group: new Uint8Array(0) });
    expect(verdict(genesis, block(12, 1, { envelopes: [other] }))).toBe('RECEIPT_CHANNEL');
    expect(verdict(genesis, block(1, 1))).toBe('BLOCK_PREVIOUS_HASH');
  });
});
