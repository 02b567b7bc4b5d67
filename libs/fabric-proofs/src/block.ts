import { DER_OCTET_STRING, DER_SEQUENCE, encodeDer, encodeDerInteger } from './der';
import { equalBytes, hex, sha256 } from './digests';
import { ProofError } from './errors';
import { MAX_BLOCK_SIGNATURES } from './limits';
import { LEN, orEmpty, REPEATED, shape, VARINT, WireReader } from './wire-reader';

export interface BlockHeader {
  readonly number: number;
  /** Empty in the genesis block, else 32 bytes. */
  readonly previousHash: Uint8Array;
  readonly dataHash: Uint8Array;
}

/** One orderer's signature over a block. */
export interface BlockSignature {
  /** IdentifierHeader bytes as received: part of what is signed. */
  readonly identifierHeader: Uint8Array;
  /** The consenter's `id` in the channel configuration (not an index). */
  readonly consenterId: number;
  readonly signature: Uint8Array;
}

/** A block as a peer stores and delivers it. Byte arrays are views of the input. */
export interface Block {
  readonly header: BlockHeader;
  /** ASN.1 DER of the header: what is hashed and signed. */
  readonly headerBytes: Buffer;
  /** SHA-256 of headerBytes: the block's hash. */
  readonly headerHash: Buffer;
  /** Raw transaction envelopes in order. */
  readonly envelopes: readonly Uint8Array[];
  /** metadata[0].value (OrdererBlockMetadata), signed by the orderers. */
  readonly ordererMetadata: Uint8Array;
  /** Number of the newest configuration block, from the signed metadata. */
  readonly lastConfig: number;
  readonly signatures: readonly BlockSignature[];
  /** metadata[2]: one validation code for each envelope, written by the peer (not signed by orderers). */
  readonly flags: Uint8Array;
  /** metadata[4]: the peer's chained commit hash; null where the peer keeps none (block 0). */
  readonly commitHash: Uint8Array | null;
}

const BLOCK = shape({ 1: LEN, 2: LEN, 3: LEN });
const BLOCK_HEADER = shape({ 1: VARINT, 2: LEN, 3: LEN });
const REPEATED_BYTES = shape({ 1: LEN | REPEATED });
const METADATA = shape({ 1: LEN, 2: LEN | REPEATED });
const METADATA_SIGNATURE = shape({ 2: LEN, 3: LEN });
const IDENTIFIER_HEADER = shape({ 1: VARINT, 2: LEN });
const ORDERER_METADATA = shape({ 1: LEN, 2: LEN });
const LAST_CONFIG = shape({ 1: VARINT });

const SIGNATURES = 0;
const TRANSACTIONS_FILTER = 2;
const COMMIT_HASH = 4;
const HASH_BYTES = 32;

/** DER SEQUENCE { INTEGER number, OCTET STRING previous_hash, OCTET STRING data_hash }. */
export function encodeBlockHeader(header: BlockHeader): Buffer {
  return encodeDer(
    DER_SEQUENCE,
    Buffer.concat([
      encodeDerInteger(header.number),
      encodeDer(DER_OCTET_STRING, header.previousHash),
      encodeDer(DER_OCTET_STRING, header.dataHash),
    ]),
  );
}

function parseHeader(bytes: Uint8Array): BlockHeader {
  const reader = new WireReader(bytes, 'BlockHeader', 'proof');
  let number = 0;
  let previousHash: Uint8Array | undefined;
  let dataHash: Uint8Array | undefined;
  while (reader.next(BLOCK_HEADER)) {
    if (reader.field === 1) number = reader.uint64();
    else if (reader.field === 2) previousHash = reader.bytes();
    else dataHash = reader.bytes();
  }
  const header = { number, previousHash: orEmpty(previousHash), dataHash: orEmpty(dataHash) };
  checkHeader(header);
  return header;
}

function checkHeader(header: BlockHeader): void {
  const { number } = header;
  const previousLength = number === 0 ? 0 : HASH_BYTES;
  if (header.previousHash.length !== previousLength || header.dataHash.length !== HASH_BYTES) {
    throw new ProofError('BLOCK_MALFORMED', `block ${number}: a header hash is not of ${HASH_BYTES} bytes`, {
      block: number,
    });
  }
}

function repeatedBytes(bytes: Uint8Array, name: string): Uint8Array[] {
  const reader = new WireReader(bytes, name, 'proof');
  const result: Uint8Array[] = [];
  while (reader.next(REPEATED_BYTES)) result.push(reader.bytes());
  return result;
}

function parseSignature(bytes: Uint8Array): BlockSignature {
  const reader = new WireReader(bytes, 'MetadataSignature', 'proof');
  let signature: Uint8Array | undefined;
  let identifierHeader: Uint8Array | undefined;
  while (reader.next(METADATA_SIGNATURE)) {
    if (reader.field === 2) signature = reader.bytes();
    else identifierHeader = reader.bytes();
  }
  return {
    identifierHeader: orEmpty(identifierHeader),
    consenterId: parseIdentifier(orEmpty(identifierHeader)),
    signature: orEmpty(signature),
  };
}

/** IdentifierHeader { 1 identifier, 2 nonce }. */
function parseIdentifier(bytes: Uint8Array): number {
  const reader = new WireReader(bytes, 'IdentifierHeader', 'proof');
  let consenterId = 0;
  while (reader.next(IDENTIFIER_HEADER)) {
    if (reader.field === 1) consenterId = reader.uint32();
    else reader.bytes();
  }
  return consenterId;
}

interface Metadata {
  readonly value: Uint8Array;
  readonly signatures: readonly Uint8Array[];
}

function parseMetadata(bytes: Uint8Array): Metadata {
  const reader = new WireReader(bytes, 'Metadata', 'proof');
  let value: Uint8Array | undefined;
  const signatures: Uint8Array[] = [];
  while (reader.next(METADATA)) {
    if (reader.field === 1) value = reader.bytes();
    else signatures.push(reader.bytes());
  }
  if (signatures.length > MAX_BLOCK_SIGNATURES) {
    throw new ProofError(
      'WIRE_LIMIT',
      `${signatures.length} block signatures, at most ${MAX_BLOCK_SIGNATURES}`,
    );
  }
  return { value: orEmpty(value), signatures };
}

/** OrdererBlockMetadata { 1 LastConfig { 1 index }, 2 consenter_metadata }; an absent index is 0. */
function parseLastConfig(ordererMetadata: Uint8Array): number {
  const reader = new WireReader(ordererMetadata, 'OrdererBlockMetadata', 'proof');
  let lastConfig: Uint8Array | undefined;
  while (reader.next(ORDERER_METADATA)) {
    if (reader.field === 1) lastConfig = reader.message(lastConfig);
    else reader.bytes();
  }
  const inner = new WireReader(orEmpty(lastConfig), 'LastConfig', 'proof');
  let index = 0;
  while (inner.next(LAST_CONFIG)) index = inner.uint64();
  return index;
}

/** What a quorum signs over and the signatures themselves, without what each peer adds of its own. */
export interface SignedBlockParts {
  readonly header: BlockHeader;
  readonly envelopes: readonly Uint8Array[];
  readonly ordererMetadata: Uint8Array;
  readonly signatures: readonly Pick<BlockSignature, 'identifierHeader' | 'signature'>[];
}

/** A block from its signed parts; its flags and commit hash are unknown. @throws ProofError WIRE_*, BLOCK_MALFORMED */
export function assembleBlock(parts: SignedBlockParts): Block {
  checkHeader(parts.header);
  const headerBytes = encodeBlockHeader(parts.header);
  return {
    ...parts,
    headerBytes,
    headerHash: sha256(headerBytes),
    lastConfig: parseLastConfig(parts.ordererMetadata),
    signatures: parts.signatures.map((one) => ({
      ...one,
      consenterId: parseIdentifier(one.identifierHeader),
    })),
    flags: new Uint8Array(0),
    commitHash: null,
  };
}

function commitHashOf(entry: Uint8Array | undefined): Uint8Array | null {
  const { value } = parseMetadata(orEmpty(entry));
  return value.length === 0 ? null : value;
}

/**
 * Reads common.Block { 1 header, 2 data, 3 metadata }.
 *
 * Only the form is checked here: whether the data fits the header is `checkDataHash`, who signed it `verifyQuorum`.
 *
 * @throws ProofError WIRE_*, BLOCK_MALFORMED
 */
export function parseBlock(bytes: Uint8Array): Block {
  const reader = new WireReader(bytes, 'Block', 'proof');
  const parts: (Uint8Array | undefined)[] = [];
  while (reader.next(BLOCK)) parts[reader.field] = reader.message(parts[reader.field]);
  const header = parseHeader(orEmpty(parts[1]));
  const envelopes = repeatedBytes(orEmpty(parts[2]), 'BlockData');
  const metadata = repeatedBytes(orEmpty(parts[3]), 'BlockMetadata');
  const orderers = parseMetadata(orEmpty(metadata[SIGNATURES]));
  const headerBytes = encodeBlockHeader(header);
  return {
    header,
    headerBytes,
    headerHash: sha256(headerBytes),
    envelopes,
    ordererMetadata: orderers.value,
    lastConfig: parseLastConfig(orderers.value),
    signatures: orderers.signatures.map(parseSignature),
    flags: orEmpty(metadata[TRANSACTIONS_FILTER]),
    commitHash: commitHashOf(metadata[COMMIT_HASH]),
  };
}

/** The header's data_hash must be SHA-256 over all envelopes, in order. @throws ProofError BLOCK_DATA_HASH */
export function checkDataHash(block: Block): void {
  const actual = sha256(...block.envelopes);
  if (!equalBytes(actual, block.header.dataHash)) {
    throw new ProofError(
      'BLOCK_DATA_HASH',
      `block ${block.header.number}: the transactions do not hash to the header's data hash`,
      {
        block: block.header.number,
        expected: hex(block.header.dataHash),
        actual: hex(actual),
      },
    );
  }
}

/**
 * A block must follow the one before it: number one greater, previous_hash equal to that header's hash.
 * @throws ProofError BLOCK_NUMBER, BLOCK_PREVIOUS_HASH
 */
export function checkFollows(
  block: Block,
  previous: { readonly number: number; readonly headerHash: Uint8Array },
): void {
  const { number, previousHash } = block.header;
  if (number !== previous.number + 1) {
    throw new ProofError('BLOCK_NUMBER', `block ${number} came where block ${previous.number + 1} was due`, {
      block: number,
      expected: previous.number + 1,
      actual: number,
    });
  }
  if (!equalBytes(previousHash, previous.headerHash)) {
    throw new ProofError(
      'BLOCK_PREVIOUS_HASH',
      `block ${number}: its previous hash is not the hash of block ${previous.number}`,
      {
        block: number,
        expected: hex(previous.headerHash),
        actual: hex(previousHash),
      },
    );
  }
}

/** The genesis block is known by its header hash alone. @throws ProofError GENESIS_MISMATCH, BLOCK_NUMBER */
export function checkGenesis(block: Block, genesisHash: string): void {
  if (block.header.number !== 0) {
    throw new ProofError(
      'BLOCK_NUMBER',
      `block ${block.header.number} came where the genesis block was due`,
      { block: block.header.number },
    );
  }
  const actual = hex(block.headerHash);
  if (actual !== genesisHash) {
    throw new ProofError(
      'GENESIS_MISMATCH',
      `the genesis block is of another network: ${actual}, expected ${genesisHash}`,
      {
        block: 0,
        expected: genesisHash,
        actual,
      },
    );
  }
}
