import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Block, checkDataHash, encodeBlockHeader, parseBlock } from './block';
import { nextBlock, startChain } from './chain';
import { configBytesOf, parseChannelConfig, quorumSize } from './channel-config';
import { hex, sha256 } from './digests';
import { verifyQuorum } from './quorum';
import { altered, codeOf, REFUSED_BLOCK, unpackBlocks, walkTo } from './testing/ledger-fixture';

const blocks = unpackBlocks(readFileSync(join(__dirname, '../fixtures/ledger.br')));
const genesis = parseBlock(blocks[0]!);
const genesisHash = hex(genesis.headerHash);
const before = walkTo(blocks, REFUSED_BLOCK - 1);
const block = parseBlock(blocks[REFUSED_BLOCK]!);

/** Verifies an altered block 23 after the true block 22. */
function verdict(parts: Partial<Block>): string {
  return codeOf(() => nextBlock(before, altered(block, parts)));
}

/** A block whose header is rewritten and consistently hashed: only the signatures can tell. */
function rewritten(header: Partial<Block['header']>): Partial<Block> {
  const changed = { ...block.header, ...header };
  const headerBytes = encodeBlockHeader(changed);
  return { header: changed, headerBytes, headerHash: sha256(headerBytes) };
}

describe('a chain of real blocks', () => {
  it('verifies from the genesis hash to its end', () => {
    const end = walkTo(blocks, blocks.length - 1);
    expect(end).toMatchObject({ number: 31, configBlock: 0 });
    expect(end.config.consenters.map(({ id, mspId }) => [id, mspId])).toEqual([
      [1, 'Op1MSP'],
      [2, 'Op2MSP'],
      [3, 'Op3MSP'],
      [4, 'Op4MSP'],
    ]);
    expect([...end.config.organizations.keys()].sort()).toEqual([
      'Op1MSP',
      'Op2MSP',
      'Op3MSP',
      'Op4MSP',
      'RegulatorMSP',
    ]);
  });

  it('refuses another genesis, and a walk that begins elsewhere', () => {
    expect(codeOf(() => startChain(genesis, '00'.repeat(32)))).toBe('GENESIS_MISMATCH');
    expect(codeOf(() => startChain(parseBlock(blocks[1]!), genesisHash))).toBe('BLOCK_NUMBER');
    expect(codeOf(() => startChain(altered(genesis, { envelopes: [] }), genesisHash))).toBe(
      'BLOCK_DATA_HASH',
    );
  });

  it('refuses a gap, a repetition and a block of another past', () => {
    expect(codeOf(() => nextBlock(before, parseBlock(blocks[REFUSED_BLOCK + 1]!)))).toBe('BLOCK_NUMBER');
    expect(codeOf(() => nextBlock(before, parseBlock(blocks[REFUSED_BLOCK - 1]!)))).toBe('BLOCK_NUMBER');
    expect(verdict(rewritten({ previousHash: Buffer.alloc(32) }))).toBe('BLOCK_PREVIOUS_HASH');
  });

  it('refuses altered, dropped, added and exchanged transactions', () => {
    const [envelope] = block.envelopes;
    const changed = Buffer.from(envelope!);
    changed[100]! ^= 1;
    expect(verdict({ envelopes: [changed] })).toBe('BLOCK_DATA_HASH');
    expect(verdict({ envelopes: [] })).toBe('BLOCK_DATA_HASH');
    expect(verdict({ envelopes: [envelope!, envelope!] })).toBe('BLOCK_DATA_HASH');
  });

  it('refuses a consistently rewritten block: the orderers did not sign it', () => {
    const forged = parseBlock(blocks[REFUSED_BLOCK + 1]!).envelopes;
    expect(verdict({ ...rewritten({ dataHash: sha256(...forged) }), envelopes: forged })).toBe(
      'BLOCK_QUORUM',
    );
  });

  it('refuses altered signed metadata', () => {
    const ordererMetadata = Buffer.from(block.ordererMetadata);
    ordererMetadata[ordererMetadata.length - 1]! ^= 1;
    expect(verdict({ ordererMetadata })).toBe('BLOCK_QUORUM');
  });

  it('needs the quorum: one signature less, one twice, one of a stranger, one altered', () => {
    const [first, second, third] = block.signatures;
    expect(block.signatures).toHaveLength(3);
    expect(verdict({ signatures: [first!, second!] })).toBe('BLOCK_QUORUM');
    expect(verdict({ signatures: [first!, second!, second!] })).toBe('BLOCK_QUORUM');
    expect(verdict({ signatures: [first!, second!, { ...third!, consenterId: 9 }] })).toBe('BLOCK_QUORUM');
    expect(verdict({ signatures: [first!, second!, { ...third!, consenterId: first!.consenterId }] })).toBe(
      'BLOCK_QUORUM',
    );
    expect(
      verdict({ signatures: [first!, second!, { ...third!, identifierHeader: first!.identifierHeader }] }),
    ).toBe('BLOCK_QUORUM');
    expect(verdict({ signatures: [] })).toBe('BLOCK_QUORUM');
    expect(verdict({ signatures: [third!, first!, second!] })).toBe('accepted');
  });

  it('refuses a signature whose s was mirrored, which plain ECDSA accepts', () => {
    const mirrored = block.signatures.map((one) => ({ ...one, signature: highS(one.signature) }));
    expect(verdict({ signatures: mirrored })).toBe('BLOCK_QUORUM');
  });

  it('refuses a block that names another configuration as the newest', () => {
    // The number is inside the signed bytes; here a signer would have lied.
    expect(codeOf(() => nextBlock({ ...before, configBlock: 3 }, block))).toBe('BLOCK_LAST_CONFIG');
  });

  it('refuses consenters of another configuration', () => {
    const config = {
      ...before.config,
      consenters: before.config.consenters.map((one) => ({ ...one, id: one.id + 4 })),
    };
    expect(codeOf(() => verifyQuorum(block, config))).toBe('BLOCK_QUORUM');
  });

  it('holds the BlockValidation policy too, which may ask for more than the quorum', () => {
    const { config } = before;
    const policy = config.blockValidation!;
    const all = {
      kind: 'n-of' as const,
      n: 4,
      rules: [0, 1, 2, 3].map((index) => ({ kind: 'signed-by' as const, index })),
    };
    expect(codeOf(() => verifyQuorum(block, { ...config, blockValidation: { ...policy, rule: all } }))).toBe(
      'POLICY_NOT_SATISFIED',
    );
    const sameTwice = {
      ...all,
      n: 3,
      rules: [0, 0, 0].map((index) => ({ kind: 'signed-by' as const, index })),
    };
    expect(
      codeOf(() => verifyQuorum(block, { ...config, blockValidation: { ...policy, rule: sameTwice } })),
    ).toBe('POLICY_NOT_SATISFIED');
    expect(codeOf(() => verifyQuorum(block, { ...config, blockValidation: null }))).toBe(
      'POLICY_UNSUPPORTED',
    );
  });

  it('refuses a configuration out of sequence', () => {
    const position = { ...walkTo(blocks, 0), number: -1, headerHash: genesis.header.previousHash };
    const unsigned = { ...position, config: { ...position.config, sequence: 5 } };
    // The genesis block stands in for a configuration block; without signatures it must not even get that far.
    expect(codeOf(() => nextBlock(unsigned, genesis))).toBe('BLOCK_QUORUM');
  });
});

/** The other valid signature of the same message: s becomes n - s. */
function highS(der: Uint8Array): Buffer {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const rEnd = 4 + der[3]!;
  const s = BigInt(`0x${Buffer.from(der.subarray(rEnd + 2)).toString('hex')}`);
  const text = (order - s).toString(16).padStart(64, '0');
  const body = Buffer.from(/^[89a-f]/.test(text) ? `00${text}` : text, 'hex');
  const tail = Buffer.concat([der.subarray(2, rEnd), Buffer.from([0x02, body.length]), body]);
  return Buffer.concat([Buffer.from([0x30, tail.length]), tail]);
}

describe('parseBlock', () => {
  it('gives the peer’s verdicts and commit hash', () => {
    expect([...block.flags]).toEqual([10]);
    expect(block.commitHash).toHaveLength(32);
    expect(genesis.commitHash).toBeNull();
    expect(() => {
      checkDataHash(block);
    }).not.toThrow();
  });

  it('answers every truncation with a typed error, or a block that no longer verifies', () => {
    const bytes = blocks[REFUSED_BLOCK]!;
    for (let length = 0; length < bytes.length; length += 7) {
      const code = codeOf(() => nextBlock(before, parseBlock(bytes.subarray(0, length))));
      expect(code).not.toBe('accepted');
    }
  });

  it('never crashes on altered bytes', () => {
    const bytes = blocks[REFUSED_BLOCK]!;
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(bytes);
        changed[at]! ^= change;
        codeOf(() => nextBlock(before, parseBlock(changed)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('refuses header hashes of another length and padding with signatures', () => {
    expect(codeOf(() => parseBlock(Buffer.from('0a06080112020102', 'hex')))).toBe('BLOCK_MALFORMED');
    expect(codeOf(() => parseBlock(Buffer.from('0a020801', 'hex')))).toBe('BLOCK_MALFORMED');
    const signature = Buffer.from('1200', 'hex');
    const metadata = Buffer.concat(new Array<Buffer>(300).fill(signature));
    const length = Buffer.from([0x80 | (metadata.length & 0x7f), metadata.length >> 7]);
    const entry = Buffer.concat([Buffer.from([0x0a]), length, metadata]);
    const outer = Buffer.from([0x80 | (entry.length & 0x7f), entry.length >> 7]);
    const header = blocks[REFUSED_BLOCK]!.subarray(0, 2 + blocks[REFUSED_BLOCK]![1]!);
    expect(codeOf(() => parseBlock(Buffer.concat([header, Buffer.from([0x1a]), outer, entry])))).toBe(
      'WIRE_LIMIT',
    );
  });
});

describe('the channel configuration', () => {
  const bytes = configBytesOf(genesis)!;

  it('is only taken from a block of its own', () => {
    expect(configBytesOf(block)).toBeNull();
    expect(
      codeOf(() =>
        configBytesOf(altered(genesis, { envelopes: [...genesis.envelopes, ...block.envelopes] })),
      ),
    ).toBe('CONFIG_MALFORMED');
  });

  it('answers truncations and alterations with typed errors', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        codeOf(() => parseChannelConfig(bytes.subarray(0, at)));
        const changed = Buffer.from(bytes);
        changed[at] = value;
        codeOf(() => parseChannelConfig(changed));
      }),
      { numRuns: 500 },
    );
    expect(codeOf(() => parseChannelConfig(Buffer.alloc(0)))).toBe('CONFIG_MALFORMED');
  });

  it.each([
    [1, 1],
    [3, 2],
    [4, 3],
    [5, 4],
    [7, 5],
    [10, 7],
  ])('needs of %i consenters %i signatures', (consenters, quorum) => {
    expect(quorumSize(consenters)).toBe(quorum);
  });
});
