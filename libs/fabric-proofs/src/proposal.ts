import { hex, sha256 } from './digests';
import { ProofError } from './errors';
import { type Identity, parseIdentity } from './identities';
import { LEN, orEmpty, REPEATED, shape, type Strictness, VARINT, WireReader } from './wire-reader';

/** common.ChannelHeader, the fields a transaction of this ledger has. */
export interface ChannelHeader {
  readonly type: number;
  readonly channelId: string;
  readonly txId: string;
  /** Unix seconds chosen by whoever made the transaction; null when absent or beyond 2^53. */
  readonly timestamp: number | null;
  readonly extension: Uint8Array;
}

/** common.SignatureHeader. */
export interface SignatureHeader {
  readonly creatorBytes: Uint8Array;
  readonly nonce: Uint8Array;
}

/** The chaincode call a proposal asks for. */
export interface Invocation {
  readonly chaincode: string;
  /** First argument as text, e.g. 'artifacts:Register'; '' when there is none. */
  readonly function: string;
  /** The arguments after the function name. */
  readonly args: readonly Uint8Array[];
  readonly isInit: boolean;
  /** Names in the input's decorations: nothing of ours sets them. */
  readonly decorations: readonly string[];
}

/** peer.ChaincodeProposalPayload. */
export interface ProposalPayload {
  readonly input: Uint8Array;
  readonly transientKeys: readonly string[];
}

const CHANNEL_HEADER = shape({ 1: VARINT, 2: VARINT, 3: LEN, 4: LEN, 5: LEN, 6: VARINT, 7: LEN, 8: LEN });
/** Field numbers of ChannelHeader; 2 is its version, 6 the epoch, 8 the hash of a client's TLS certificate. */
const TYPE = 1;
const TIME = 3;
const CHANNEL_ID = 4;
const TX_ID = 5;
const EXTENSION = 7;
const TIMESTAMP = shape({ 1: VARINT, 2: VARINT });
const TWO_BYTES = shape({ 1: LEN, 2: LEN });
const PROPOSAL_PAYLOAD = shape({ 1: LEN, 2: LEN | REPEATED });
const INVOCATION_SPEC = shape({ 1: LEN });
const CHAINCODE_SPEC = shape({ 1: VARINT, 2: LEN, 3: LEN, 4: VARINT });
const CHAINCODE_ID = shape({ 1: LEN, 2: LEN, 3: LEN });
const CHAINCODE_INPUT = shape({ 1: LEN | REPEATED, 2: LEN | REPEATED, 3: VARINT });
const HEADER_EXTENSION = shape({ 2: LEN });

const NAME_OF_FUNCTION = new TextDecoder('utf-8');

function parseTimestamp(bytes: Uint8Array, strictness: Strictness): number | null {
  const reader = new WireReader(bytes, 'Timestamp', strictness);
  let seconds: number | null = 0;
  while (reader.next(TIMESTAMP)) {
    if (reader.field === 1) seconds = reader.int64();
    else reader.int32();
  }
  return seconds;
}

/** Reads common.ChannelHeader. @throws ProofError WIRE_* */
export function parseChannelHeader(bytes: Uint8Array, strictness: Strictness): ChannelHeader {
  const reader = new WireReader(bytes, 'ChannelHeader', strictness);
  const texts = ['', ''];
  const parts: (Uint8Array | undefined)[] = [];
  let type = 0;
  while (reader.next(CHANNEL_HEADER)) {
    if (reader.field === TYPE) type = reader.int32();
    else if (reader.field === TIME) parts[TIME] = reader.message(parts[TIME]);
    else if (reader.field === CHANNEL_ID || reader.field === TX_ID)
      texts[reader.field - CHANNEL_ID] = reader.text();
    else if (reader.field >= EXTENSION) parts[reader.field] = reader.bytes();
    else reader.int64();
  }
  const [channelId = '', txId = ''] = texts;
  const time = parts[TIME];
  return {
    type,
    channelId,
    txId,
    timestamp: time === undefined ? null : parseTimestamp(time, strictness),
    extension: orEmpty(parts[EXTENSION]),
  };
}

/** A message of two byte fields 1 and 2, both possibly absent. */
export function parseTwoBytes(
  bytes: Uint8Array,
  name: string,
  strictness: Strictness,
): [Uint8Array, Uint8Array] {
  const reader = new WireReader(bytes, name, strictness);
  const parts: [Uint8Array, Uint8Array] = [orEmpty(undefined), orEmpty(undefined)];
  while (reader.next(TWO_BYTES)) parts[reader.field === 1 ? 0 : 1] = reader.bytes();
  return parts;
}

/** Reads common.SignatureHeader { 1 creator, 2 nonce }. @throws ProofError WIRE_* */
export function parseSignatureHeader(bytes: Uint8Array, strictness: Strictness): SignatureHeader {
  const [creatorBytes, nonce] = parseTwoBytes(bytes, 'SignatureHeader', strictness);
  return { creatorBytes, nonce };
}

/** A transaction's id follows from its nonce and creator: hex SHA-256(nonce || creator). */
export function transactionId(header: SignatureHeader): string {
  return hex(sha256(header.nonce, header.creatorBytes));
}

/** @throws ProofError TX_ID_MISMATCH when the claimed id is not the one that follows from the header */
export function checkTransactionId(claimed: string, header: SignatureHeader): void {
  const actual = transactionId(header);
  if (claimed !== actual) {
    throw new ProofError(
      'TX_ID_MISMATCH',
      `the transaction calls itself ${claimed}, its nonce and creator give ${actual}`,
      {
        expected: actual,
        actual: claimed,
      },
    );
  }
}

/** Reads peer.ChaincodeProposalPayload { 1 input, 2 transient map }. @throws ProofError WIRE_* */
export function parseProposalPayload(bytes: Uint8Array, strictness: Strictness): ProposalPayload {
  const reader = new WireReader(bytes, 'ChaincodeProposalPayload', strictness);
  let input: Uint8Array | undefined;
  const transientKeys: string[] = [];
  while (reader.next(PROPOSAL_PAYLOAD)) {
    if (reader.field === 1) input = reader.bytes();
    else transientKeys.push(mapKey(reader.bytes(), strictness));
  }
  return { input: orEmpty(input), transientKeys };
}

function mapKey(entry: Uint8Array, strictness: Strictness): string {
  const reader = new WireReader(entry, 'map entry', strictness);
  let key = '';
  while (reader.next(TWO_BYTES)) {
    if (reader.field === 1) key = reader.text();
    else reader.bytes();
  }
  return key;
}

/** The name in peer.ChaincodeID { 1 path, 2 name, 3 version }. */
export function parseChaincodeName(bytes: Uint8Array, strictness: Strictness): string {
  const reader = new WireReader(bytes, 'ChaincodeID', strictness);
  let name = '';
  while (reader.next(CHAINCODE_ID)) {
    if (reader.field === 2) name = reader.text();
    else reader.text();
  }
  return name;
}

/** The chaincode named in a channel header's extension, ChaincodeHeaderExtension { 2 ChaincodeID }. */
export function parseHeaderExtension(bytes: Uint8Array, strictness: Strictness): string {
  const reader = new WireReader(bytes, 'ChaincodeHeaderExtension', strictness);
  let id: Uint8Array | undefined;
  while (reader.next(HEADER_EXTENSION)) id = reader.message(id);
  return parseChaincodeName(orEmpty(id), strictness);
}

function parseInput(bytes: Uint8Array, chaincode: string, strictness: Strictness): Invocation {
  const reader = new WireReader(bytes, 'ChaincodeInput', strictness);
  const all: Uint8Array[] = [];
  const decorations: string[] = [];
  let isInit = false;
  while (reader.next(CHAINCODE_INPUT)) {
    if (reader.field === 1) all.push(reader.bytes());
    else if (reader.field === 2) decorations.push(mapKey(reader.bytes(), strictness));
    else isInit = reader.bool();
  }
  const [first, ...args] = all;
  return { chaincode, function: NAME_OF_FUNCTION.decode(orEmpty(first)), args, isInit, decorations };
}

/** Reads peer.ChaincodeInvocationSpec, the `input` of a proposal payload. @throws ProofError WIRE_* */
export function parseInvocation(bytes: Uint8Array, strictness: Strictness): Invocation {
  const outer = new WireReader(bytes, 'ChaincodeInvocationSpec', strictness);
  let spec: Uint8Array | undefined;
  while (outer.next(INVOCATION_SPEC)) spec = outer.message(spec);
  const reader = new WireReader(orEmpty(spec), 'ChaincodeSpec', strictness);
  let id: Uint8Array | undefined;
  let input: Uint8Array | undefined;
  while (reader.next(CHAINCODE_SPEC)) {
    if (reader.field === 2) id = reader.message(id);
    else if (reader.field === 3) input = reader.message(input);
    else reader.int32();
  }
  return parseInput(orEmpty(input), parseChaincodeName(orEmpty(id), strictness), strictness);
}

/** The identity in a signature header. */
export function creatorOf(header: SignatureHeader, strictness: Strictness): Identity {
  return parseIdentity(header.creatorBytes, strictness);
}
