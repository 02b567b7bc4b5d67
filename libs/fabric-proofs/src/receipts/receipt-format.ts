import { assembleBlock, type Block, type BlockSignature } from '../block';
import { equalBytes, sha256 } from '../digests';
import { ProofError } from '../errors';
import {
  MAX_RECEIPT_ANSWERS,
  MAX_RECEIPT_BLOCKS,
  MAX_RECEIPT_BYTES,
  MAX_RECEIPT_CONFIGURATIONS,
  MAX_RECEIPT_ENDORSEMENTS,
  MAX_RECEIPT_ENVELOPES,
  MAX_RECEIPT_IDENTITIES,
  MAX_UNPACKED_BYTES,
} from './limits';
import { parseSignatureHeader, transactionId } from '../proposal';
import { type Endorsement } from '../transaction';
import { LEN, orEmpty, REPEATED, shape, VARINT, WireReader } from '../wire-reader';
import { numberField, presentField } from '../wire-writer';
import { decodeIdentity, encodeIdentity } from './identity-table';
import { identityTable, pack, type Room, unpack } from './packed-bytes';
import { type EndorsedAnswer, type Receipt, RECEIPT_KINDS, type ReceiptKind } from './receipt';

/** First field of every receipt: what the file is, and in which version of the format. */
export const RECEIPT_FORMAT = 'maker-registry-receipt/1';
/** Media type of the file. */
export const RECEIPT_MEDIA_TYPE = 'application/vnd.maker-registry.receipt';

const RECEIPT = shape({
  1: LEN,
  2: VARINT,
  3: VARINT,
  4: VARINT,
  5: LEN | REPEATED,
  6: LEN | REPEATED,
  7: LEN | REPEATED,
  8: VARINT,
  9: LEN | REPEATED,
});
const ANSWER = shape({ 1: LEN, 2: LEN, 3: LEN, 4: LEN, 5: LEN | REPEATED });
const ENDORSEMENT = shape({ 1: LEN, 2: LEN });
const SIGNED_BLOCK = shape({ 1: VARINT, 2: LEN, 3: LEN, 4: LEN | REPEATED, 5: LEN, 6: LEN | REPEATED });
const SIGNATURE = shape({ 1: LEN, 2: LEN });
const IDENTITIES = 5;
const ANSWERS = 6;
const BLOCKS = 7;
const TX_INDEX = 8;
const CONFIGURATIONS = 9;

const LIMITS: Readonly<Record<number, number>> = {
  [IDENTITIES]: MAX_RECEIPT_IDENTITIES,
  [ANSWERS]: MAX_RECEIPT_ANSWERS,
  [BLOCKS]: MAX_RECEIPT_BLOCKS,
  [CONFIGURATIONS]: MAX_RECEIPT_CONFIGURATIONS,
};

const EMPTY = new Uint8Array(0);

function malformed(what: string): never {
  throw new ProofError('RECEIPT_MALFORMED', `the receipt ${what}`);
}

/**
 * What an answer's byte strings may refer to by number: the identities, then the question's transaction id, then its hash,
 * each of which follows from what was read before it.
 */
function tableFor(
  answer: Pick<EndorsedAnswer, 'channelHeader' | 'signatureHeader' | 'proposalPayload'>,
  identities: readonly Uint8Array[],
): Readonly<Record<'signatureHeader' | 'channelHeader' | 'responsePayload', readonly Uint8Array[]>> {
  const { channelHeader, signatureHeader, proposalPayload } = answer;
  const txId = Buffer.from(transactionId(parseSignatureHeader(signatureHeader, 'proof')), 'utf8');
  const hash = sha256(channelHeader, signatureHeader, proposalPayload);
  return {
    signatureHeader: identities,
    channelHeader: [...identities, txId],
    responsePayload: [...identities, txId, hash],
  };
}

/** The order of signatures carries no meaning, so the file has one order only. */
function inOrder(answer: EndorsedAnswer): EndorsedAnswer {
  const endorsements = [...answer.endorsements].sort((left, right) =>
    Buffer.compare(left.endorserBytes, right.endorserBytes),
  );
  return { ...answer, endorsements };
}

function byConsenter(signatures: readonly BlockSignature[]): BlockSignature[] {
  return [...signatures].sort((left, right) => left.consenterId - right.consenterId);
}

function encodeAnswer(answer: EndorsedAnswer, identities: readonly Uint8Array[]): Uint8Array {
  const table = tableFor(answer, identities);
  return Buffer.concat([
    ...presentField(1, pack(answer.channelHeader, table.channelHeader)),
    ...presentField(2, pack(answer.signatureHeader, table.signatureHeader)),
    ...presentField(3, answer.proposalPayload),
    ...presentField(4, pack(answer.responsePayload, table.responsePayload)),
    ...answer.endorsements.flatMap(({ endorserBytes, signature }) =>
      presentField(5, ...presentField(1, pack(endorserBytes, identities)), ...presentField(2, signature)),
    ),
  ]);
}

function encodeBlock({ header, envelopes, ordererMetadata, signatures }: Block): Uint8Array {
  return Buffer.concat([
    ...numberField(1, header.number),
    ...presentField(2, header.previousHash),
    ...presentField(3, header.dataHash),
    ...envelopes.flatMap((envelope) => presentField(4, envelope)),
    ...presentField(5, ordererMetadata),
    ...byConsenter(signatures).flatMap(({ identifierHeader, signature }) =>
      presentField(6, ...presentField(1, identifierHeader), ...presentField(2, signature)),
    ),
  ]);
}

/** The one file of a receipt: equal receipts have equal bytes. */
export function encodeReceipt(receipt: Receipt): Buffer {
  const answers = receipt.answers.map(inOrder);
  const table = identityTable(answers);
  return Buffer.concat([
    ...presentField(1, Buffer.from(RECEIPT_FORMAT, 'utf8')),
    ...numberField(2, RECEIPT_KINDS[receipt.kind]),
    ...numberField(3, receipt.required),
    ...numberField(4, receipt.operators),
    ...table.flatMap((identity) => presentField(IDENTITIES, encodeIdentity(identity))),
    ...answers.flatMap((answer) => presentField(ANSWERS, encodeAnswer(answer, table))),
    ...receipt.blocks.flatMap((block) => presentField(BLOCKS, encodeBlock(block))),
    ...numberField(TX_INDEX, receipt.txIndex),
    ...receipt.configurations.flatMap((block) => presentField(CONFIGURATIONS, encodeBlock(block))),
  ]);
}

function parseEndorsement(bytes: Uint8Array, table: readonly Uint8Array[], room: Room): Endorsement {
  const reader = new WireReader(bytes, 'receipt endorsement', 'signing');
  let endorser: Uint8Array | undefined;
  let signature: Uint8Array | undefined;
  while (reader.next(ENDORSEMENT)) {
    if (reader.field === 1) endorser = reader.bytes();
    else signature = reader.bytes();
  }
  return { endorserBytes: unpack(orEmpty(endorser), table, 'endorser', room), signature: orEmpty(signature) };
}

function parseAnswer(bytes: Uint8Array, identities: readonly Uint8Array[], room: Room): EndorsedAnswer {
  const reader = new WireReader(bytes, 'receipt answer', 'signing');
  const parts: (Uint8Array | undefined)[] = [];
  const endorsements: Endorsement[] = [];
  while (reader.next(ANSWER)) {
    if (reader.field < 5) parts[reader.field] = reader.bytes();
    else endorsements.push(parseEndorsement(reader.bytes(), identities, room));
    if (endorsements.length > MAX_RECEIPT_ENDORSEMENTS)
      malformed(`has more than ${MAX_RECEIPT_ENDORSEMENTS} endorsements`);
  }
  const part = (field: number, name: string, table: readonly Uint8Array[]): Uint8Array =>
    unpack(orEmpty(parts[field]), table, name, room);
  const signatureHeader = part(2, 'signature header', identities);
  const proposalPayload = orEmpty(parts[3]);
  const unread = { channelHeader: EMPTY, signatureHeader, proposalPayload };
  const channelHeader = part(1, 'channel header', tableFor(unread, identities).channelHeader);
  const question = { channelHeader, signatureHeader, proposalPayload };
  const responsePayload = part(4, 'response payload', tableFor(question, identities).responsePayload);
  return { ...question, responsePayload, endorsements };
}

type SignatureParts = Pick<BlockSignature, 'identifierHeader' | 'signature'>;

function parseSignature(bytes: Uint8Array): SignatureParts {
  const reader = new WireReader(bytes, 'receipt block signature', 'signing');
  const parts: (Uint8Array | undefined)[] = [];
  while (reader.next(SIGNATURE)) parts[reader.field] = reader.bytes();
  return { identifierHeader: orEmpty(parts[1]), signature: orEmpty(parts[2]) };
}

function parseSignedBlock(bytes: Uint8Array): Block {
  const reader = new WireReader(bytes, 'receipt block', 'signing');
  let number = 0;
  const parts: (Uint8Array | undefined)[] = [];
  const envelopes: Uint8Array[] = [];
  const signatures: SignatureParts[] = [];
  while (reader.next(SIGNED_BLOCK)) {
    if (reader.field === 1) number = reader.uint64();
    else if (reader.field === 4) envelopes.push(reader.bytes());
    else if (reader.field === 6) signatures.push(parseSignature(reader.bytes()));
    else parts[reader.field] = reader.bytes();
    if (signatures.length > MAX_RECEIPT_ENDORSEMENTS || envelopes.length > MAX_RECEIPT_ENVELOPES)
      malformed('has a block with too many parts');
  }
  return assembleBlock({
    header: { number, previousHash: orEmpty(parts[2]), dataHash: orEmpty(parts[3]) },
    envelopes,
    ordererMetadata: orEmpty(parts[5]),
    signatures,
  });
}

function kindOf(number: number): ReceiptKind {
  const found = Object.entries(RECEIPT_KINDS).find(([, value]) => value === number);
  return found === undefined
    ? malformed(`is of kind ${number}, which is not known`)
    : (found[0] as ReceiptKind);
}

interface Fields {
  format: string;
  readonly numbers: number[];
  readonly lists: Readonly<Record<number, Uint8Array[]>>;
}

function readFields(bytes: Uint8Array): Fields {
  const reader = new WireReader(bytes, 'receipt', 'signing');
  const fields: Fields = {
    format: '',
    numbers: [],
    lists: { [IDENTITIES]: [], [ANSWERS]: [], [BLOCKS]: [], [CONFIGURATIONS]: [] },
  };
  while (reader.next(RECEIPT)) {
    const { field } = reader;
    const list = fields.lists[field];
    if (list !== undefined) list.push(reader.bytes());
    else if (field === 1) fields.format = reader.text();
    else fields.numbers[field] = reader.uint32();
    if (list !== undefined && list.length > (LIMITS[field] ?? 0))
      malformed(`has too many parts of field ${field}`);
  }
  if (fields.format !== RECEIPT_FORMAT) malformed(`is not of the format ${RECEIPT_FORMAT}`);
  return fields;
}

function receiptOf({ numbers, lists }: Fields): Receipt {
  const list = (field: number): readonly Uint8Array[] => lists[field] ?? [];
  const number = (field: number): number => numbers[field] ?? 0;
  const identities = list(IDENTITIES).map(decodeIdentity);
  const room = { left: MAX_UNPACKED_BYTES };
  return {
    kind: kindOf(number(2)),
    required: number(3),
    operators: number(4),
    answers: list(ANSWERS).map((answer) => parseAnswer(answer, identities, room)),
    blocks: list(BLOCKS).map(parseSignedBlock),
    txIndex: number(TX_INDEX),
    configurations: list(CONFIGURATIONS).map(parseSignedBlock),
  };
}

/**
 * Reads a receipt's file. Exactly one file is a receipt's: whatever the encoder would have written otherwise is refused,
 * so that no byte can be changed without either changing what is verified or being noticed here.
 *
 * @throws ProofError WIRE_*, BLOCK_MALFORMED, RECEIPT_MALFORMED, RECEIPT_NOT_CANONICAL, RECEIPT_TOO_LARGE
 */
export function parseReceipt(bytes: Uint8Array): Receipt {
  if (bytes.length > MAX_RECEIPT_BYTES) {
    throw new ProofError(
      'RECEIPT_TOO_LARGE',
      `the receipt has ${bytes.length} bytes, at most ${MAX_RECEIPT_BYTES}`,
    );
  }
  const receipt = receiptOf(readFields(bytes));
  if (!equalBytes(encodeReceipt(receipt), bytes))
    throw new ProofError('RECEIPT_NOT_CANONICAL', 'the receipt is not written as its encoder writes it');
  return receipt;
}
