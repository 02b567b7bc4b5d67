import { isUtf8 } from 'node:buffer';
import { RegistryError } from '../errors/registry-error';

const U8_MAX = 0xff;
const U16_MAX = 0xffff;
const HEX = /^(?:[0-9a-f]{2})*$/;

/** Joins byte strings. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'utf8'));
}

/** The text of UTF-8 bytes. Throws JSON_MALFORMED when they are not UTF-8: a decoder that repairs would let two texts pass for one. */
export function decodeUtf8(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new RegistryError('JSON_MALFORMED', 'The bytes are not valid UTF-8.');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** u8 length, then the bytes. */
export function lp8(value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === 'string' ? utf8(value) : value;
  if (bytes.length > U8_MAX) throw new RegistryError('TOO_LARGE', 'A part has more than 255 bytes.');
  return concatBytes(Uint8Array.of(bytes.length), bytes);
}

/** u16 length (big-endian), then the bytes. */
export function lp16(value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === 'string' ? utf8(value) : value;
  if (bytes.length > U16_MAX) throw new RegistryError('TOO_LARGE', 'A part has more than 65535 bytes.');
  return concatBytes(Uint8Array.of(bytes.length >>> 8, bytes.length & U8_MAX), bytes);
}

/** Big-endian u32. */
export function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return new Uint8Array(bytes);
}

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Bytes of lower-case hex; of exactly `length` bytes where given. Throws ID_MALFORMED. */
export function fromHex(hex: string, length?: number): Uint8Array {
  if (!HEX.test(hex) || (length !== undefined && hex.length !== length * 2)) {
    const wanted = length === undefined ? 'an even number of' : String(length * 2);
    throw new RegistryError('ID_MALFORMED', `Expected ${wanted} lower-case hexadecimal characters.`);
  }
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

/** Standard base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/**
 * Bytes of canonical base64, or undefined. What re-encodes to another text (foreign characters, spare bits, missing
 * padding) is refused: otherwise several texts would name one value.
 */
export function fromBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : undefined;
}

/** base64url without padding (RFC 7515). */
export function toBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

/** Bytes of canonical base64url without padding, or undefined. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? new Uint8Array(bytes) : undefined;
}
