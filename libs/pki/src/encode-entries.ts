import { CRL_REASONS, type CrlReason, REMOVE_FROM_CRL } from './crl-reasons';
import { TAG } from './der-tags';
import { element, extension, generalizedTime, sequence } from './der-writer';
import { timeLength, TimeWriter } from './entry-time';
import { OID } from './oid';
import { PkiFormatError } from './pki-format-error';
import { type RevocationTable } from './revocation-table';
import { SERIAL_STRIDE } from './serial-order';

/** Identifier and length octets of a short element. */
const SHORT_HEADER = 2;
const SIGN_BIT = 0x80;
/** GeneralizedTime as a whole element: what ends a template with an invalidity date. */
const DATE_LENGTH = 17;
const NOTHING = Buffer.alloc(0);

/**
 * Writes the entries in order of their serial numbers into one buffer of known size: a million of them must not become as
 * many objects, nor be copied together.
 */
export class EntryEncoder {
  /** Bytes that `write` writes. */
  readonly length: number;
  readonly #table: RevocationTable;
  readonly #order: Uint32Array;

  constructor(table: RevocationTable, thisUpdate: number, isDelta: boolean) {
    this.#table = table;
    this.#order = table.order();
    let length = 0;
    for (let row = 0; row < table.length; row += 1) {
      if (table.revokedAt(row) > thisUpdate) throw new PkiFormatError('a revocation lies after thisUpdate');
      if (table.reasonCode(row) === REMOVE_FROM_CRL && !isDelta)
        throw new PkiFormatError('only a delta CRL may take an entry away');
      length += SHORT_HEADER + this.#contentLength(row);
    }
    this.length = length;
  }

  /** Returns one past the last byte written. Throws PkiFormatError for a time that has no encoding. */
  write(into: Buffer, start: number): number {
    const { serials } = this.#table;
    const times = new TimeWriter();
    let at = start;
    for (const row of this.#order) {
      into[at] = TAG.sequence;
      // Never above 127: 23 octets of serial, 17 of time, 40 of extensions.
      into[at + 1] = this.#contentLength(row);
      at = writeInteger(into, at + SHORT_HEADER, serials, row * SERIAL_STRIDE);
      at = times.write(into, at, this.#table.revokedAt(row));
      at = append(into, at, this.#extensions(row));
      const invalidityDate = this.#table.invalidityDate(row);
      if (invalidityDate !== undefined) times.writeGeneralized(into, at - DATE_LENGTH, invalidityDate);
    }
    return at;
  }

  #contentLength(row: number): number {
    const serial = integerLength(this.#table.serials, row * SERIAL_STRIDE);
    return serial + timeLength(this.#table.revokedAt(row)) + this.#extensions(row).length;
  }

  #extensions(row: number): Buffer {
    const templates = this.#table.invalidityDate(row) === undefined ? REASON_ALONE : REASON_AND_DATE;
    return templates[this.#table.reasonCode(row)] ?? NOTHING;
  }
}

function firstOctet(serials: Buffer, at: number): number {
  let first = at;
  while (serials[first] === 0) first += 1;
  return first;
}

function integerLength(serials: Buffer, at: number): number {
  const first = firstOctet(serials, at);
  // A set top bit would make the number negative.
  const sign = (serials[first] ?? 0) >= SIGN_BIT ? 1 : 0;
  return SHORT_HEADER + sign + at + SERIAL_STRIDE - first;
}

function writeInteger(into: Buffer, start: number, serials: Buffer, row: number): number {
  const first = firstOctet(serials, row);
  const sign = (serials[first] ?? 0) >= SIGN_BIT ? 1 : 0;
  const octets = row + SERIAL_STRIDE - first;
  into[start] = TAG.integer;
  into[start + 1] = sign + octets;
  into[start + SHORT_HEADER] = 0;
  const at = start + SHORT_HEADER + sign;
  for (let i = 0; i < octets; i += 1) into[at + i] = serials[first + i] ?? 0;
  return at + octets;
}

/** Byte by byte: for so few the call to a native copy costs more. */
function append(into: Buffer, start: number, part: Buffer): number {
  for (let i = 0; i < part.length; i += 1) into[start + i] = part[i] ?? 0;
  return start + part.length;
}

function reasonExtension(code: number): Buffer {
  return extension(OID.reasonCode, element(TAG.enumerated, Buffer.of(code)));
}

const CODES: readonly number[] = [
  ...(Object.keys(CRL_REASONS) as CrlReason[]).map((reason) => CRL_REASONS[reason]),
  REMOVE_FROM_CRL,
];

/** Entry extensions by reason code, made once: a million entries share them. Code 0 stands for no reason. */
const REASON_ALONE = byCode((reason) => (reason.length === 0 ? NOTHING : sequence(...reason)));

/** The same with an invalidity date at the very end, to be overwritten. */
const REASON_AND_DATE = byCode((reason) =>
  sequence(...reason, extension(OID.invalidityDate, generalizedTime(0))),
);

function byCode(encode: (reason: readonly Buffer[]) => Buffer): readonly (Buffer | undefined)[] {
  const templates: (Buffer | undefined)[] = [encode([])];
  for (const code of CODES) templates[code] = encode([reasonExtension(code)]);
  return templates;
}
