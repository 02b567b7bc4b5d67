import { createHash, type Hash, randomBytes } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import {
  type ByteRange,
  containerChunk,
  containerCipher,
  type ContainerCipher,
  type ContainerHeader,
  type ContainerSegment,
  CONTENT_KEY_BYTES,
  contentKeyCommitment,
  encodeContainerHeader,
  sealChunk,
  toHex,
} from '@maker-registry/protocol';
import { ClientError, fileError } from '@maker-registry/sdk';
import { COPY_STEP_BYTES, DEFAULT_CHUNK_BYTES } from '../limits';
import { discard } from './discard';
import { readFully, writeFully } from './file-bytes';
import { type OnProgress, Pace } from './progress';

export interface ProtectOptions {
  readonly artifactId: string;
  readonly keyVersion: number;
  /** Byte ranges to encrypt; everything when absent. */
  readonly ranges?: readonly ByteRange[];
  /** Plaintext bytes of a chunk. */
  readonly chunkSize?: number;
  readonly onProgress?: OnProgress;
}

/** What the ledger is told of a container (`key.commit`), and what it holds. */
export interface ProtectedFile {
  readonly header: ContainerHeader;
  /** Hex. */
  readonly commitment: string;
  /** SHA-256 of the whole container, hex. */
  readonly ciphertextDigest: string;
  /** Bytes of the container. */
  readonly size: number;
}

const NONCE_PREFIX_BYTES = 8;

/** A fresh content key. */
export function generateContentKey(): Buffer {
  return randomBytes(CONTENT_KEY_BYTES);
}

/**
 * Encrypts the file `input` into the new container `output`, chunk by chunk in bounded memory. A failed attempt leaves no
 * container behind.
 *
 * @throws ClientError FILE_UNREADABLE, FILE_EXISTS, FILE_UNWRITABLE; RegistryError CONTAINER_MALFORMED for impossible ranges
 */
export async function protectFile(
  input: string,
  output: string,
  contentKey: Uint8Array,
  options: ProtectOptions,
): Promise<ProtectedFile> {
  const source = await openFile(input, 'r', 'FILE_UNREADABLE');
  try {
    const header = await newHeader(source, options);
    const start = encodeContainerHeader(header);
    const target = await openFile(output, 'wx', 'FILE_UNWRITABLE');
    try {
      const writer = new ContainerWriter(source, target, containerCipher(header, contentKey));
      writer.append(start);
      await writer.body(new Pace(options.onProgress, header.plaintext_size));
      await target.sync();
      return {
        header,
        commitment: contentKeyCommitment(options.artifactId, contentKey),
        ciphertextDigest: writer.digest(),
        size: writer.size,
      };
    } catch (error) {
      await rm(output, { force: true });
      throw fileErrorOrItself(error, output);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function newHeader(source: FileHandle, options: ProtectOptions): Promise<ContainerHeader> {
  const { size } = await source.stat();
  return {
    v: 1,
    artifact_id: options.artifactId,
    key_version: options.keyVersion,
    chunk_size: options.chunkSize ?? DEFAULT_CHUNK_BYTES,
    plaintext_size: size,
    ...(options.ranges === undefined ? {} : { ranges: options.ranges }),
    nonce_prefix: toHex(randomBytes(NONCE_PREFIX_BYTES)),
  };
}

class ContainerWriter {
  readonly #source: FileHandle;
  readonly #target: FileHandle;
  readonly #cipher: ContainerCipher;
  readonly #hash: Hash = createHash('sha256');
  readonly #buffer: Buffer;
  size = 0;

  constructor(source: FileHandle, target: FileHandle, cipher: ContainerCipher) {
    this.#source = source;
    this.#target = target;
    this.#cipher = cipher;
    this.#buffer = Buffer.alloc(Math.max(cipher.layout.chunkSize, COPY_STEP_BYTES));
  }

  append(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    writeFully(this.#target.fd, bytes, this.size);
    this.size += bytes.length;
  }

  async body(pace: Pace): Promise<void> {
    for (const segment of this.#cipher.layout.segments) {
      await (segment.encrypted ? this.#encrypt(segment, pace) : this.#copy(segment, pace));
    }
    this.#buffer.fill(0);
  }

  digest(): string {
    return this.#hash.digest('hex');
  }

  async #encrypt(segment: ContainerSegment, pace: Pace): Promise<void> {
    for (let nth = 0; nth < segment.chunks; nth += 1) {
      const chunk = containerChunk(this.#cipher.layout, segment.firstChunk + nth);
      const sealed = sealChunk(this.#cipher, chunk, this.#read(chunk.plainStart, chunk.plainEnd));
      this.append(sealed);
      discard(sealed);
      await pace.after(chunk.plainEnd);
    }
  }

  async #copy(segment: ContainerSegment, pace: Pace): Promise<void> {
    for (let start = segment.plainStart; start < segment.plainEnd; start += COPY_STEP_BYTES) {
      const end = Math.min(start + COPY_STEP_BYTES, segment.plainEnd);
      this.append(this.#read(start, end));
      await pace.after(end);
    }
  }

  #read(start: number, end: number): Uint8Array {
    const part = this.#buffer.subarray(0, end - start);
    if (readFully(this.#source.fd, part, start) < part.length) {
      throw new ClientError(
        'FILE_UNREADABLE',
        'The file became shorter while it was read. Protect it again.',
      );
    }
    return part;
  }
}

async function openFile(
  path: string,
  flags: 'r' | 'wx',
  code: 'FILE_UNREADABLE' | 'FILE_UNWRITABLE',
): Promise<FileHandle> {
  try {
    return await open(path, flags);
  } catch (error) {
    throw fileError(error, path, code);
  }
}

function fileErrorOrItself(error: unknown, path: string): unknown {
  const isSystemError = typeof error === 'object' && error !== null && 'errno' in error;
  return isSystemError ? fileError(error, path, 'FILE_UNWRITABLE') : error;
}
