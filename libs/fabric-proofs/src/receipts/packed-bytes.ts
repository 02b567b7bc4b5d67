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

/** The first place after `from` where an identity of the table stands; of two at one place the longer. */
function nextOccurrence(bytes: Buffer, table: readonly Uint8Array[], from: number): Occurrence | undefined {
  let best: Occurrence | undefined;
  table.forEach((identity, index) => {
    const at = bytes.indexOf(identity, from);
    if (at < 0) return;
    const length = table[best?.index ?? -1]?.length ?? 0;
    if (best === undefined || at < best.at || (at === best.at && identity.length > length))
      best = { at, index };
  });
  return best;
}

/** Packed { repeated oneof { 1 literal bytes, 2 number of what is referred to } }. */
export function pack(given: Uint8Array, table: readonly Uint8Array[]): Uint8Array {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  const parts: Uint8Array[] = [];
  for (let from = 0; from < bytes.length;) {
    const next = nextOccurrence(bytes, table, from);
    const end = next?.at ?? bytes.length;
    if (end > from) parts.push(...presentField(1, bytes.subarray(from, end)));
    if (next === undefined) break;
    parts.push(...numberField(2, next.index));
    from = end + (table[next.index]?.length ?? 0);
  }
  return Buffer.concat(parts);
}

/** @throws ProofError WIRE_*, RECEIPT_MALFORMED */
export function unpack(packed: Uint8Array, table: readonly Uint8Array[], name: string): Uint8Array {
  const reader = new WireReader(packed, name, 'signing');
  const parts: Uint8Array[] = [];
  while (reader.next(PACKED)) {
    if (reader.field === 1) {
      parts.push(reader.bytes());
      continue;
    }
    const index = reader.uint32();
    const identity = table[index];
    if (identity === undefined)
      throw new ProofError(
        'RECEIPT_MALFORMED',
        `${name} refers to identity ${index}, there are ${table.length}`,
      );
    parts.push(identity);
  }
  return Buffer.concat(parts);
}
