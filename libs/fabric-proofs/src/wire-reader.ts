import { ProofError } from './errors';
import { MAX_FIELD_NUMBER, MAX_GROUP_DEPTH, MAX_MESSAGE_BYTES, MAX_VARINT_BYTES } from './limits';

/** Protobuf wire types. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LEN = 2;
const GROUP_START = 3;
const GROUP_END = 4;
const FIXED32 = 5;

/** Added to the wire type of a field that may come more than once. */
export const REPEATED = 8;

/** The fields a message knows: index = field number, value = wire type (| REPEATED), null = not known. */
export type Shape = readonly (number | null)[];

/** Builds a Shape from {field number: wire type}. */
export function shape(fields: Readonly<Record<number, number>>): Shape {
  const numbers = Object.keys(fields).map(Number);
  const result: (number | null)[] = new Array<number | null>(Math.max(0, ...numbers) + 1).fill(null);
  for (const number of numbers) result[number] = fields[number] ?? null;
  return result;
}

/**
 * How to treat what a message's shape does not foresee.
 *
 * - `ledger`: exactly as Fabric's Go decoder does: unknown fields and known fields of another wire type are skipped, a
 *   repeated scalar's last value counts, repeated messages merge. Whoever submits a transaction can add such fields
 *   and peers still call it valid; a stricter reader would stop there and could be halted by any submitter.
 * - `proof`: unknown fields are skipped, a known field of another wire type is refused. For signed statements, where
 *   an absent field has a meaning (0 = VALID) and a mistyped one must not pass as absent.
 * - `signing`: nothing unforeseen at all, no field twice. For bytes a person is about to sign: what can't be shown
 *   must not be signed.
 */
export type Strictness = 'ledger' | 'proof' | 'signing';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const TWO_32 = 4_294_967_296;
const MAX_SAFE_HIGH = 0x1f_ffff;
const EMPTY = new Uint8Array(0);

/**
 * A cursor over one protobuf message; nothing is copied.
 *
 *     const reader = new WireReader(bytes, 'Envelope', 'ledger');
 *     while (reader.next(ENVELOPE)) {
 *       if (reader.field === 1) payload = reader.bytes();
 *       else signature = reader.bytes();
 *     }
 *
 * `next` only stops at fields of the shape with the wire type the shape gives; each stop must read its value once.
 *
 * @throws ProofError WIRE_* for anything that is not a protobuf message
 */
export class WireReader {
  /** Field number of the current stop. */
  field = 0;
  readonly #bytes: Uint8Array;
  readonly #name: string;
  readonly #strictness: Strictness;
  readonly #end: number;
  /** Fields met so far; kept only where none may come twice. */
  readonly #seen: Set<number> | null;
  #offset = 0;
  #low = 0;
  #high = 0;
  #wireType = 0;

  constructor(bytes: Uint8Array, name: string, strictness: Strictness) {
    if (bytes.length > MAX_MESSAGE_BYTES) {
      throw new ProofError('WIRE_LIMIT', `${name}: ${bytes.length} bytes, at most ${MAX_MESSAGE_BYTES}`);
    }
    this.#bytes = bytes;
    this.#name = name;
    this.#strictness = strictness;
    this.#end = bytes.length;
    this.#seen = strictness === 'signing' ? new Set() : null;
  }

  /** Moves to the next field of the shape. @returns false at the end of the message */
  next(known: Shape): boolean {
    while (this.#offset < this.#end) {
      this.#readTag();
      const expected = known[this.field] ?? null;
      if (expected !== null && (expected & 7) === this.#wireType) {
        if (this.#seen !== null) this.#refuseRepeat(expected);
        return true;
      }
      this.#unforeseen(expected);
      this.#skip(this.#wireType, this.field);
    }
    return false;
  }

  /** uint64 or enum. @throws WIRE_RANGE above 2^53 - 1, which a number can't hold */
  uint64(): number {
    this.#readVarint();
    if (this.#high > MAX_SAFE_HIGH) {
      throw this.#error('WIRE_RANGE', `field ${this.field} exceeds 2^53 - 1`);
    }
    return this.#high * TWO_32 + this.#low;
  }

  /** int64 of any value, null where a number can't hold it exactly. */
  int64(): number | null {
    this.#readVarint();
    if (this.#high <= MAX_SAFE_HIGH) return this.#high * TWO_32 + this.#low;
    const signed = BigInt.asIntN(64, (BigInt(this.#high) << 32n) | BigInt(this.#low));
    return signed >= BigInt(Number.MIN_SAFE_INTEGER) && signed < 0n ? Number(signed) : null;
  }

  /** uint32: the low 32 bits, as every protobuf decoder takes them. */
  uint32(): number {
    this.#readVarint();
    return this.#low;
  }

  /** int32 or enum: the low 32 bits, signed. */
  int32(): number {
    this.#readVarint();
    return this.#low | 0;
  }

  bool(): boolean {
    this.#readVarint();
    return this.#low !== 0 || this.#high !== 0;
  }

  /** A view of the field's bytes, valid as long as the input is not changed. */
  bytes(): Uint8Array {
    const length = this.uint64();
    const start = this.#offset;
    if (length > this.#end - start) {
      throw this.#error(
        'WIRE_TRUNCATED',
        `field ${this.field} announces ${length} bytes, ${this.#end - start} follow`,
      );
    }
    this.#offset = start + length;
    return this.#bytes.subarray(start, this.#offset);
  }

  /** A singular embedded message; one given in parts is the concatenation of its parts (the rule of protobuf merging). */
  message(previous: Uint8Array | undefined): Uint8Array {
    return previous === undefined ? this.bytes() : Buffer.concat([previous, this.bytes()]);
  }

  /** @throws WIRE_UTF8 for bytes that are not UTF-8 (Fabric's decoder refuses them too) */
  text(): string {
    const bytes = this.bytes();
    try {
      return UTF8.decode(bytes);
    } catch {
      throw this.#error('WIRE_UTF8', `field ${this.field} is not UTF-8`);
    }
  }

  #refuseRepeat(expected: number): void {
    if ((expected & REPEATED) === 0 && this.#seen?.has(this.field) === true) {
      throw this.#error('WIRE_REPEATED_FIELD', `field ${this.field} is given twice`);
    }
    this.#seen?.add(this.field);
  }

  #unforeseen(expected: number | null): void {
    if (this.#strictness === 'signing' && expected === null) {
      throw this.#error('WIRE_UNKNOWN_FIELD', `field ${this.field} is not known`);
    }
    if (this.#strictness !== 'ledger' && expected !== null) {
      throw this.#error(
        'WIRE_TYPE',
        `field ${this.field} has wire type ${this.#wireType}, not ${expected & 7}`,
      );
    }
  }

  #readTag(): void {
    this.#readVarint();
    const number = this.#high * (TWO_32 / 8) + (this.#low >>> 3);
    if (number < 1 || number > MAX_FIELD_NUMBER) throw this.#error('WIRE_TAG', `field number ${number}`);
    this.field = number;
    this.#wireType = this.#low & 7;
  }

  #readVarint(): void {
    const first = this.#bytes[this.#offset];
    if (first !== undefined && first < 0x80) {
      this.#offset += 1;
      this.#low = first;
      this.#high = 0;
      return;
    }
    this.#readLongVarint();
  }

  #readLongVarint(): void {
    let low = 0;
    let high = 0;
    for (let index = 0; index < MAX_VARINT_BYTES; index += 1) {
      const byte = this.#bytes[this.#offset];
      if (byte === undefined) throw this.#error('WIRE_TRUNCATED', 'ends inside a number');
      this.#offset += 1;
      const bits = byte & 0x7f;
      if (index < 4) low |= bits << (7 * index);
      else if (index === 4) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (7 * index - 32);
      if (byte < 0x80) {
        if (index === MAX_VARINT_BYTES - 1 && byte > 1) break;
        this.#low = low >>> 0;
        this.#high = high >>> 0;
        return;
      }
    }
    throw this.#error('WIRE_VARINT', 'a number of more than 64 bits');
  }

  #skip(wireType: number, field: number): void {
    if (wireType === GROUP_START) this.#skipGroup(field);
    else this.#skipScalar(wireType);
  }

  #skipScalar(wireType: number): void {
    if (wireType === VARINT) this.#readVarint();
    else if (wireType === LEN) this.bytes();
    else if (wireType === FIXED64) this.#advance(8);
    else if (wireType === FIXED32) this.#advance(4);
    else throw this.#error('WIRE_TAG', `wire type ${wireType} at field ${this.field}`);
  }

  /** Iterative, so that depth costs memory of a known bound and no stack. */
  #skipGroup(field: number): void {
    const open = [field];
    while (open.length > 0) {
      if (this.#offset >= this.#end)
        throw this.#error('WIRE_TRUNCATED', `group ${open[0] ?? 0} is not closed`);
      this.#readTag();
      if (this.#wireType === GROUP_START) open.push(this.field);
      else if (this.#wireType !== GROUP_END) this.#skipScalar(this.#wireType);
      else if (open.pop() !== this.field)
        throw this.#error('WIRE_TAG', `group ${this.field} closed but not open`);
      if (open.length > MAX_GROUP_DEPTH)
        throw this.#error('WIRE_LIMIT', `more than ${MAX_GROUP_DEPTH} nested groups`);
    }
  }

  #advance(count: number): void {
    if (count > this.#end - this.#offset)
      throw this.#error('WIRE_TRUNCATED', `field ${this.field} is cut short`);
    this.#offset += count;
  }

  #error(
    code:
      | 'WIRE_TRUNCATED'
      | 'WIRE_VARINT'
      | 'WIRE_TAG'
      | 'WIRE_TYPE'
      | 'WIRE_RANGE'
      | 'WIRE_UTF8'
      | 'WIRE_LIMIT'
      | 'WIRE_UNKNOWN_FIELD'
      | 'WIRE_REPEATED_FIELD',
    what: string,
  ): ProofError {
    return new ProofError(code, `${this.#name}: ${what} (at byte ${this.#offset})`, {
      message: this.#name,
      offset: this.#offset,
    });
  }
}

/** A field that proto3 leaves out when empty. */
export function orEmpty(bytes: Uint8Array | undefined): Uint8Array {
  return bytes ?? EMPTY;
}
