import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { concatBytes, u32 } from '../encoding/bytes';
import { RegistryError } from '../errors/registry-error';
import { contentKeyCommitment } from '../identifiers';
import { type ContainerHeader, containerHeaderHash, noncePrefix, truncated } from './header';
import {
  CHUNK_TAG_BYTES,
  containerChunk,
  type ContainerChunk,
  containerLayout,
  type ContainerLayout,
} from './layout';

/** Bytes of a content key. */
export const CONTENT_KEY_BYTES = 32;
/** Bytes of one operator's share of a content key: a byte of y for each of the key's, and x. */
export const KEY_SHARE_BYTES = CONTENT_KEY_BYTES + 1;

const ALGORITHM = 'aes-256-gcm';
const INFO = 'mrg1';
/** Neighbours tried on either side to tell a chunk in the wrong place from a damaged one; only after a failure. */
const REORDER_PROBE = 16;

/** What all chunks of a container share. */
export interface ContainerCipher {
  readonly layout: ContainerLayout;
  readonly chunkKey: Uint8Array;
  readonly headerHash: Uint8Array;
  readonly noncePrefix: Uint8Array;
}

/** HKDF-SHA256 of the content key, salted with the header: another header, another key, so no nonce is ever used twice. */
export function deriveChunkKey(contentKey: Uint8Array, headerHash: Uint8Array): Uint8Array {
  if (contentKey.length !== CONTENT_KEY_BYTES) {
    throw new RegistryError('CONTENT_KEY_MISMATCH', 'A content key has 32 bytes.');
  }
  return new Uint8Array(hkdfSync('sha256', contentKey, headerHash, INFO, CONTENT_KEY_BYTES));
}

/** Everything that sealing or opening chunks needs. Throws CONTENT_KEY_MISMATCH for a key of another length. */
export function containerCipher(header: ContainerHeader, contentKey: Uint8Array): ContainerCipher {
  const headerHash = containerHeaderHash(header);
  return {
    layout: containerLayout(header),
    chunkKey: deriveChunkKey(contentKey, headerHash),
    headerHash,
    noncePrefix: noncePrefix(header),
  };
}

/** Asserts that a key is the one the ledger knows for this artifact: CONTENT_KEY_MISMATCH. */
export function assertCommittedKey(artifactIdHex: string, contentKey: Uint8Array, commitment: string): void {
  if (contentKeyCommitment(artifactIdHex, contentKey) !== commitment) {
    throw new RegistryError(
      'CONTENT_KEY_MISMATCH',
      'The content key is not the one committed on the ledger.',
      {
        subject: artifactIdHex,
      },
    );
  }
}

/** Nonce of a chunk: 8-byte prefix and the index. */
export function chunkNonce(prefix: Uint8Array, index: number): Uint8Array {
  return concatBytes(prefix, u32(index));
}

/** What a chunk's tag also covers: the header, its place and whether it is the last, so nothing can be moved or cut. */
export function chunkAad(headerHash: Uint8Array, index: number, final: boolean): Uint8Array {
  return concatBytes(headerHash, u32(index), Uint8Array.of(final ? 1 : 0));
}

/** Ciphertext and tag of one chunk. */
export function sealChunk(cipher: ContainerCipher, chunk: ContainerChunk, plaintext: Uint8Array): Uint8Array {
  if (plaintext.length !== chunk.plainEnd - chunk.plainStart) {
    throw new RegistryError('CONTAINER_MALFORMED', `Chunk ${chunk.index} takes exactly its plaintext.`);
  }
  const gcm = createCipheriv(ALGORITHM, cipher.chunkKey, chunkNonce(cipher.noncePrefix, chunk.index));
  gcm.setAAD(chunkAad(cipher.headerHash, chunk.index, chunk.final));
  return concatBytes(gcm.update(plaintext), gcm.final(), gcm.getAuthTag());
}

/**
 * Plaintext of one chunk. Nothing is returned before its tag has been checked.
 *
 * @throws RegistryError CIPHERTEXT_TRUNCATED, CIPHERTEXT_REORDERED when the bytes are another chunk of this container, or CIPHERTEXT_CORRUPT
 */
export function openChunk(cipher: ContainerCipher, chunk: ContainerChunk, sealed: Uint8Array): Uint8Array {
  if (sealed.length < chunk.bodyEnd - chunk.bodyStart) throw truncated(`chunk ${chunk.index}`);
  if (sealed.length > chunk.bodyEnd - chunk.bodyStart) throw corrupt(chunk.index);
  const plaintext = tryOpen(cipher, chunk.index, chunk.final, sealed);
  if (plaintext !== undefined) return plaintext;
  throw isNeighbour(cipher, chunk, sealed)
    ? new RegistryError('CIPHERTEXT_REORDERED', `The bytes of chunk ${chunk.index} are another chunk’s.`, {
        subject: String(chunk.index),
      })
    : corrupt(chunk.index);
}

function corrupt(index: number): RegistryError {
  return new RegistryError('CIPHERTEXT_CORRUPT', `Chunk ${index} does not authenticate.`, {
    subject: String(index),
  });
}

function tryOpen(
  cipher: ContainerCipher,
  index: number,
  final: boolean,
  sealed: Uint8Array,
): Uint8Array | undefined {
  const end = sealed.length - CHUNK_TAG_BYTES;
  const nonce = chunkNonce(cipher.noncePrefix, index);
  const gcm = createDecipheriv(ALGORITHM, cipher.chunkKey, nonce, { authTagLength: CHUNK_TAG_BYTES });
  gcm.setAAD(chunkAad(cipher.headerHash, index, final));
  gcm.setAuthTag(sealed.subarray(end));
  const plaintext = gcm.update(sealed.subarray(0, end));
  try {
    gcm.final();
    return plaintext;
  } catch {
    plaintext.fill(0);
    return undefined;
  }
}

function isNeighbour(cipher: ContainerCipher, chunk: ContainerChunk, sealed: Uint8Array): boolean {
  const first = Math.max(0, chunk.index - REORDER_PROBE);
  const last = Math.min(cipher.layout.chunks - 1, chunk.index + REORDER_PROBE);
  for (let index = first; index <= last; index += 1) {
    const { final } = containerChunk(cipher.layout, index);
    if (index !== chunk.index && tryOpen(cipher, index, final, sealed) !== undefined) return true;
  }
  return false;
}
