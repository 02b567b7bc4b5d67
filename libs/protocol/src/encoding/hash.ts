import { createHash } from 'node:crypto';
import { canonicalize } from './canonical-json';

/** SHA-256. Text counts as its UTF-8 bytes. */
export function sha256(data: string | Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(data).digest());
}

/** SHA-256 in lower-case hex. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** SHA-256 in hex of a document's canonical form (RFC 8785). */
export function documentHash(document: unknown): string {
  return sha256Hex(canonicalize(document));
}
