import { ProofError } from './errors';
import { MAX_DER_CHILDREN } from './limits';

/** One DER element: its tag, its content, itself with tag and length, and the offset after it. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
  readonly end: number;
}

export const DER_SEQUENCE = 0x30;
export const DER_SET = 0x31;
export const DER_BOOLEAN = 0x01;
export const DER_INTEGER = 0x02;
export const DER_BIT_STRING = 0x03;
export const DER_OCTET_STRING = 0x04;
export const DER_OBJECT_IDENTIFIER = 0x06;

/** Group order n of P-256, and half of it: of the two valid s of a signature Fabric takes the lower only. */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const P256_HALF_ORDER = P256_ORDER >> 1n;
/** Bytes of an unsigned 256-bit integer with its possible sign byte. */
const MAX_SCALAR_BYTES = 33;

function derLength(bytes: Uint8Array, at: number): { length: number; start: number } {
  const first = bytes[at];
  if (first === undefined) throw new ProofError('DER_MALFORMED', 'DER ends before a length');
  if (first < 0x80) return { length: first, start: at + 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 4) throw new ProofError('DER_MALFORMED', 'DER length of an unsupported form');
  let length = 0;
  for (let index = 1; index <= count; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) throw new ProofError('DER_MALFORMED', 'DER ends inside a length');
    length = length * 256 + byte;
  }
  if (length < 0x80) throw new ProofError('DER_MALFORMED', 'DER length is not minimal');
  return { length, start: at + 1 + count };
}

/** Reads the element at an offset. @throws ProofError DER_MALFORMED */
export function readDer(bytes: Uint8Array, at: number): DerElement {
  const tag = bytes[at];
  if (tag === undefined) throw new ProofError('DER_MALFORMED', 'DER ends before a tag');
  const { length, start } = derLength(bytes, at + 1);
  const end = start + length;
  if (end > bytes.length) throw new ProofError('DER_MALFORMED', 'DER element is cut short');
  return { tag, content: bytes.subarray(start, end), whole: bytes.subarray(at, end), end };
}

/** The elements that follow one another in the content of a constructed element. @throws ProofError DER_MALFORMED, WIRE_LIMIT */
export function derChildren(content: Uint8Array): DerElement[] {
  const children: DerElement[] = [];
  for (let at = 0; at < content.length;) {
    const child = readDer(content, at);
    children.push(child);
    at = child.end;
    if (children.length > MAX_DER_CHILDREN)
      throw new ProofError('WIRE_LIMIT', `more than ${MAX_DER_CHILDREN} elements in one DER element`);
  }
  return children;
}

function encodeLength(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

export function encodeDer(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.from([tag, ...encodeLength(content.length)]), content]);
}

/** A non-negative INTEGER in minimal two's complement: 0x80 becomes 00 80. */
export function encodeDerInteger(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  if (bytes.length === 0 || (bytes[0] ?? 0) >= 0x80) bytes.unshift(0);
  return encodeDer(DER_INTEGER, Uint8Array.from(bytes));
}

function scalar(element: DerElement): bigint {
  const { tag, content } = element;
  const [first = 0, second = 0] = content;
  const minimal =
    content.length > 0 && first < 0x80 && (first !== 0 || content.length === 1 || second >= 0x80);
  if (tag !== DER_INTEGER || !minimal || content.length > MAX_SCALAR_BYTES) {
    throw new ProofError('DER_MALFORMED', 'a signature scalar is not a minimal positive INTEGER');
  }
  return BigInt(`0x${Buffer.from(content).toString('hex')}`);
}

/**
 * Whether a DER ECDSA signature over P-256 has its lower s. Without this rule a third party could turn a signature
 * into a second valid one; node:crypto takes both, Fabric refuses the higher.
 *
 * @returns false too for anything that is not strictly SEQUENCE { INTEGER r, INTEGER s } in range
 */
export function isLowS(signature: Uint8Array): boolean {
  try {
    const sequence = readDer(signature, 0);
    if (sequence.tag !== DER_SEQUENCE || sequence.end !== signature.length) return false;
    const r = readDer(sequence.content, 0);
    const s = readDer(sequence.content, r.end);
    if (s.end !== sequence.content.length) return false;
    const rValue = scalar(r);
    const sValue = scalar(s);
    return rValue > 0n && rValue < P256_ORDER && sValue > 0n && sValue <= P256_HALF_ORDER;
  } catch {
    return false;
  }
}
