import { ProofError } from '../errors';
import { parseIdentity } from '../identities';
import { parseSignatureHeader, parseTwoBytes } from '../proposal';
import { parseChaincodeAction, parseEndorserTransaction, parseEnvelope } from '../transaction';
import { LEN, REPEATED, shape, VARINT, WireReader } from '../wire-reader';
import { numberField, presentField } from '../wire-writer';
import { type EndorsedAnswer } from './receipt';

/**
 * Byte strings in which certificates that occur in the receipt several times are replaced by their number. A small
 * transaction's answer of three operators holds seven copies of four certificates; written once each they halve the file.
 */

const PACKED = shape({ 1: LEN | REPEATED, 2: VARINT | REPEATED });
/** Shorter ones are not worth a reference; it also keeps an empty identity, found everywhere, out of the table. */
const MIN_IDENTITY_BYTES = 64;
/** Bytes that holding one part costs, about: parts of no length must not be free. */
const PART_BYTES = 64;

function tolerated<Result>(read: () => Result[]): Result[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProofError) return [];
    throw error;
  }
}

/** Creator and endorsers of the transaction that an answer of GetTransactionByID holds. */
function identitiesInside(answer: EndorsedAnswer): Uint8Array[] {
  const [, extension] = parseTwoBytes(answer.responsePayload, 'ProposalResponsePayload', 'proof');
  const { responsePayload } = parseChaincodeAction(extension, 'proof');
  // Its field 2, a number, is passed over in this strictness.
  const [processed] = parseTwoBytes(responsePayload, 'ProcessedTransaction', 'ledger');
  const envelope = parseEnvelope(processed, 'ledger');
  const inner = tolerated(() =>
    parseEndorserTransaction(envelope).endorsements.map((one) => one.endorserBytes),
  );
  return [envelope.signatureHeader.creatorBytes, ...inner];
}

/** The identities worth a number, in the order of the table: the asker, the endorsers, then those inside the answer. */
export function identityTable(answers: readonly EndorsedAnswer[]): Uint8Array[] {
  const found = answers.flatMap((answer) => [
    ...tolerated(() => [parseSignatureHeader(answer.signatureHeader, 'proof').creatorBytes]),
    ...answer.endorsements.map(({ endorserBytes }) => endorserBytes),
    ...tolerated(() => identitiesInside(answer)),
  ]);
  const table = new Map<string, Uint8Array>();
  for (const bytes of found) {
    if (bytes.length < MIN_IDENTITY_BYTES || tolerated(() => [parseIdentity(bytes)]).length === 0) continue;
    table.set(Buffer.from(bytes).toString('latin1'), bytes);
  }
  return [...table.values()];
}

interface Occurrence {
  readonly at: number;
  readonly index: number;
}

/** Where the identities of a table stand in some bytes; each is looked for onwards only, so that all of it is read once for each. */
class Occurrences {
  readonly #bytes: Buffer;
  readonly #table: readonly Uint8Array[];
  /** Of each identity the first place not yet passed; -1 when there is none. */
  readonly #places: number[];

  constructor(bytes: Buffer, table: readonly Uint8Array[]) {
    this.#bytes = bytes;
    this.#table = table;
    this.#places = table.map((identity) => bytes.indexOf(identity));
  }

  /** The first place from `from` on where an identity stands; of two at one place the longer. */
  next(from: number): Occurrence | undefined {
    let best: Occurrence | undefined;
    this.#table.forEach((identity, index) => {
      const at = this.#place(identity, index, from);
      if (at < 0) return;
      const length = this.#table[best?.index ?? -1]?.length ?? 0;
      if (best === undefined || at < best.at || (at === best.at && identity.length > length))
        best = { at, index };
    });
    return best;
  }

  #place(identity: Uint8Array, index: number, from: number): number {
    const known = this.#places[index] ?? -1;
    if (known < 0 || known >= from) return known;
    const at = this.#bytes.indexOf(identity, from);
    this.#places[index] = at;
    return at;
  }
}

/** Packed { repeated oneof { 1 literal bytes, 2 number of what is referred to } }. */
export function pack(given: Uint8Array, table: readonly Uint8Array[]): Uint8Array {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  const occurrences = new Occurrences(bytes, table);
  const parts: Uint8Array[] = [];
  for (let from = 0; from < bytes.length;) {
    const next = occurrences.next(from);
    const end = next?.at ?? bytes.length;
    if (end > from) parts.push(...presentField(1, bytes.subarray(from, end)));
    if (next === undefined) break;
    parts.push(...numberField(2, next.index));
    from = end + (table[next.index]?.length ?? 0);
  }
  return Buffer.concat(parts);
}

/** Bytes that the packed strings of a receipt may still become, all of them together. */
export interface Room {
  left: number;
}

/** Takes a part's bytes from the room, and what it costs to hold the part. */
function occupy(room: Room, part: Uint8Array, name: string): Uint8Array {
  room.left -= part.length + PART_BYTES;
  if (room.left >= 0) return part;
  throw new ProofError('RECEIPT_TOO_LARGE', `${name} refers to identities more often than a receipt can`);
}

/** @throws ProofError WIRE_*, RECEIPT_MALFORMED, RECEIPT_TOO_LARGE: two bytes may stand for a long identity, any number of times */
export function unpack(
  packed: Uint8Array,
  table: readonly Uint8Array[],
  name: string,
  room: Room,
): Uint8Array {
  const reader = new WireReader(packed, name, 'signing');
  const parts: Uint8Array[] = [];
  while (reader.next(PACKED)) {
    if (reader.field === 1) {
      parts.push(occupy(room, reader.bytes(), name));
      continue;
    }
    const index = reader.uint32();
    const identity = table[index];
    if (identity === undefined)
      throw new ProofError(
        'RECEIPT_MALFORMED',
        `${name} refers to identity ${index}, there are ${table.length}`,
      );
    parts.push(occupy(room, identity, name));
  }
  return Buffer.concat(parts);
}
