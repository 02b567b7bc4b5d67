import { parseBlock } from './block';
import { type ChainPosition, nextBlock, startChain } from './chain';
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

/** Reconfigurations, which real blocks at hand do not show: chains signed by keys made here. */
describe('a chain whose configuration changes', () => {
  let consenters: TestConsenter[];
  let newcomer: TestConsenter;
  let start: ChainPosition;

  beforeAll(async () => {
    consenters = await Promise.all([1, 2, 3, 4].map(testConsenter));
    newcomer = await testConsenter(7);
    const genesis = makeBlock({
      number: 0,
      previousHash: Buffer.alloc(0),
      envelopes: [configEnvelope(0, consenters, 3)],
      lastConfig: 0,
      signers: [],
    });
    start = startChain(parseBlock(genesis.bytes), hex(genesis.headerHash));
  });

  function next(position: ChainPosition, block: Partial<TestBlock>): ChainPosition {
    const made = makeBlock({
      number: position.number + 1,
      previousHash: position.headerHash,
      envelopes: [ordinaryEnvelope()],
      lastConfig: position.configBlock,
      signers: consenters.slice(0, 3),
      ...block,
    });
    return nextBlock(position, parseBlock(made.bytes));
  }

  function replaced(): TestConsenter[] {
    return [...consenters.slice(0, 3), newcomer];
  }

  /** Consenter 4 gives way to 7 in block 1. */
  function reconfigured(): ChainPosition {
    return next(start, { envelopes: [configEnvelope(1, replaced(), 3)], lastConfig: 1 });
  }

  it('verifies a configuration under the one before, then adopts it', () => {
    const position = reconfigured();
    expect(position).toMatchObject({ number: 1, configBlock: 1, config: { sequence: 1 } });
    const [one, two] = consenters;
    expect(next(position, { signers: [one!, two!, newcomer] })).toMatchObject({ number: 2, configBlock: 1 });
  });

  it('takes no signature of a newcomer before, nor of the one who left after', () => {
    const [one, two, , four] = consenters;
    const signers = [one!, two!, newcomer];
    expect(
      codeOf(() => next(start, { envelopes: [configEnvelope(1, replaced(), 3)], lastConfig: 1, signers })),
    ).toBe('BLOCK_QUORUM');
    expect(codeOf(() => next(reconfigured(), { signers: [one!, two!, four!] }))).toBe('BLOCK_QUORUM');
  });

  it('refuses a configuration that skips or repeats a number', () => {
    for (const sequence of [0, 2]) {
      const block = { envelopes: [configEnvelope(sequence, consenters, 3)], lastConfig: 1 };
      expect(codeOf(() => next(start, block))).toBe('CONFIG_SEQUENCE');
    }
  });

  it('refuses a configuration block that names an older one as the newest, and the reverse', () => {
    expect(codeOf(() => next(start, { envelopes: [configEnvelope(1, consenters, 3)], lastConfig: 0 }))).toBe(
      'BLOCK_LAST_CONFIG',
    );
    expect(codeOf(() => next(start, { lastConfig: 1 }))).toBe('BLOCK_LAST_CONFIG');
    // A walk that left the reconfiguration out.
    expect(
      codeOf(() => next({ ...reconfigured(), config: start.config, configBlock: 0 }, { lastConfig: 1 })),
    ).toBe('BLOCK_LAST_CONFIG');
  });

  it('refuses a configuration that shares its block', () => {
    const envelopes = [configEnvelope(1, consenters, 3), ordinaryEnvelope()];
    expect(codeOf(() => next(start, { envelopes, lastConfig: 1 }))).toBe('CONFIG_MALFORMED');
  });

  it('holds a policy that was not edited when consenters changed', () => {
    // The quorum of five is four; the forgotten policy still asks for five of the four old ones.
    const five = [...consenters, newcomer];
    const position = next(start, { envelopes: [configEnvelope(1, five, 5)], lastConfig: 1 });
    expect(codeOf(() => next(position, { signers: consenters }))).toBe('POLICY_NOT_SATISFIED');
    expect(codeOf(() => next(position, { signers: five }))).toBe('accepted');
  });

  it('refuses a configuration with one certificate under two ids, or with no consenters', () => {
    const [one, two, three] = consenters;
    const doubled = [one!, two!, three!, { ...three!, id: 9 }];
    expect(codeOf(() => next(start, { envelopes: [configEnvelope(1, doubled, 3)], lastConfig: 1 }))).toBe(
      'CONFIG_MALFORMED',
    );
    expect(codeOf(() => next(start, { envelopes: [configEnvelope(1, [], 0)], lastConfig: 1 }))).toBe(
      'CONFIG_MALFORMED',
    );
  });
});
