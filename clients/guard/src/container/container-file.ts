import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import {
  CONTAINER_PREFIX_BYTES,
  containerHeaderLength,
  containerLayout,
  type ContainerLayout,
  parseContainerHeader,
  type ParsedContainerHeader,
  RegistryError,
} from '@maker-registry/protocol';
import { fileError } from '@maker-registry/sdk';
import { COPY_STEP_BYTES } from '../limits';
import { type ContainerSource } from './container-reader';
import { readFully } from './file-bytes';
import { Pace } from './progress';

/** An open container whose header and length have been checked; nothing is decrypted yet. */
export class ContainerFile implements ContainerSource {
  readonly parsed: ParsedContainerHeader;
  readonly layout: ContainerLayout;
  readonly #file: FileHandle;

  private constructor(file: FileHandle, parsed: ParsedContainerHeader, layout: ContainerLayout) {
    this.#file = file;
    this.parsed = parsed;
    this.layout = layout;
  }

  /** Throws FILE_UNREADABLE, CONTAINER_MALFORMED, CIPHERTEXT_TRUNCATED. */
  static async open(path: string): Promise<ContainerFile> {
    let file: FileHandle;
    try {
      file = await open(path, 'r');
    } catch (error) {
      throw fileError(error, path, 'FILE_UNREADABLE');
    }
    try {
      const parsed = readHeader(file);
      const layout = containerLayout(parsed.header);
      assertLength((await file.stat()).size, parsed.bodyOffset + layout.bodySize);
      return new ContainerFile(file, parsed, layout);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Reads a stretch of the body into the start of `target`; the part of it that was filled. Throws CIPHERTEXT_TRUNCATED. */
  body(start: number, end: number, target: Buffer): Buffer {
    const part = target.subarray(0, end - start);
    if (readFully(this.#file.fd, part, this.parsed.bodyOffset + start) < part.length) throw truncated();
    return part;
  }

  /** SHA-256 of the whole container, hex: what `key.commit` put on the ledger. */
  async digest(): Promise<string> {
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(COPY_STEP_BYTES);
    const pace = new Pace(undefined, this.layout.bodySize);
    const size = this.parsed.bodyOffset + this.layout.bodySize;
    for (let position = 0; position < size; position += COPY_STEP_BYTES) {
      const length = readFully(this.#file.fd, buffer, position);
      hash.update(buffer.subarray(0, length));
      await pace.after(position + length);
    }
    return hash.digest('hex');
  }

  /** This container as a source that hashes what is read from it; see HashedContainer. */
  hashed(): HashedContainer {
    const start = Buffer.alloc(this.parsed.bodyOffset);
    readFully(this.#file.fd, start, 0);
    return new HashedContainer(this, start);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/**
 * Hashes the very bytes that a decryption reads. Whoever can write the container's file could otherwise change bytes left in
 * clear after their digest was taken and before they are read again.
 */
export class HashedContainer implements ContainerSource {
  readonly parsed: ParsedContainerHeader;
  readonly #source: ContainerSource;
  readonly #hash: Hash = createHash('sha256');
  #next = 0;

  constructor(source: ContainerSource, start: Uint8Array) {
    this.parsed = source.parsed;
    this.#source = source;
    this.#hash.update(start);
  }

  body(start: number, end: number, target: Buffer): Buffer {
    const part = this.#source.body(start, end, target);
    if (start === this.#next) {
      this.#hash.update(part);
      this.#next = end;
    }
    return part;
  }

  /** SHA-256 of the header and of what was read in order, hex: that of the container after ContainerReader.decryptAll. */
  digest(): string {
    return this.#hash.digest('hex');
  }
}

function readHeader(file: FileHandle): ParsedContainerHeader {
  const prefix = Buffer.alloc(CONTAINER_PREFIX_BYTES);
  const prefixLength = readFully(file.fd, prefix, 0);
  const whole = Buffer.alloc(
    CONTAINER_PREFIX_BYTES + containerHeaderLength(prefix.subarray(0, prefixLength)),
  );
  const length = readFully(file.fd, whole, 0);
  return parseContainerHeader(whole.subarray(0, length));
}

function assertLength(actual: number, expected: number): void {
  if (actual < expected) throw truncated();
  if (actual > expected) {
    throw new RegistryError(
      'CONTAINER_MALFORMED',
      `The container has ${actual - expected} bytes too many at its end.`,
    );
  }
}

function truncated(): RegistryError {
  return new RegistryError('CIPHERTEXT_TRUNCATED', 'The container ends too early.');
}
