import { deflateSync, inflateSync } from 'node:zlib';
import { RegistryError } from '../errors/registry-error';
import { MAX_STATUS_LIST_BYTES } from '../limits';

export const STATUS_BITS = [1, 2, 4, 8] as const;
export type StatusBits = (typeof STATUS_BITS)[number];

const BYTE_BITS = 8;
const BEST_COMPRESSION = 9;

/**
 * Statuses packed as the Token Status List draft sets out (draft-ietf-oauth-status-list §4.1): `bits` for each index, from the
 * least significant bit of each byte upwards; what is not named is 0.
 */
export function packStatuses(
  statuses: Iterable<readonly [index: number, status: number]>,
  size: number,
  bits: StatusBits,
): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((size * bits) / BYTE_BITS));
  for (const [index, status] of statuses) {
    const isInside = Number.isSafeInteger(index) && index >= 0 && index < size;
    if (!isInside || !Number.isSafeInteger(status) || status < 0 || status >= 2 ** bits) {
      throw malformed(`status ${status} at index ${index} does not fit`);
    }
    const at = Math.floor((index * bits) / BYTE_BITS);
    const shift = (index * bits) % BYTE_BITS;
    const mask = (2 ** bits - 1) << shift;
    bytes[at] = ((bytes[at] ?? 0) & ~mask) | (status << shift);
  }
  return bytes;
}

/** The status at an index. Throws STATUS_LIST_MALFORMED beyond the list: nothing is said about such a token. */
export function statusAt(bytes: Uint8Array, bits: StatusBits, index: number): number {
  const byte = bytes[Math.floor((index * bits) / BYTE_BITS)];
  if (!Number.isSafeInteger(index) || index < 0 || byte === undefined) {
    throw malformed(`it has no index ${index}`);
  }
  return (byte >> ((index * bits) % BYTE_BITS)) & (2 ** bits - 1);
}

/** ZLIB form (RFC 1950). */
export function compressStatuses(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(deflateSync(bytes, { level: BEST_COMPRESSION }));
}

/** The inflated bytes. It stops at the bound, so a few kilobytes cannot fill the memory. Throws STATUS_LIST_MALFORMED. */
export function inflateStatuses(compressed: Uint8Array): Uint8Array {
  try {
    return new Uint8Array(inflateSync(compressed, { maxOutputLength: MAX_STATUS_LIST_BYTES }));
  } catch (cause) {
    throw malformed(cause instanceof Error ? cause.message : 'it does not inflate');
  }
}

function malformed(what: string): RegistryError {
  return new RegistryError('STATUS_LIST_MALFORMED', `The token status list does not parse: ${what}.`);
}
