import { createDecipheriv } from 'node:crypto';
import {
  assertCommittedKey,
  CHUNK_TAG_BYTES,
  chunkAad,
  chunkNonce,
  containerChunk,
  type ContainerChunk,
  type ContainerCipher,
  containerCipher,
  type ContainerHeader,
  type ContainerSegment,
  openChunk,
  type ParsedContainerHeader,
  RegistryError,
} from '@maker-registry/protocol';
import { CIPHER_STEP_BYTES, COPY_STEP_BYTES } from '../limits';
import { discard } from './discard';
import { type OnProgress, Pace } from './progress';

/** Takes plaintext as it is decrypted; `position` is its place in the artifact. */
export type PlaintextSink = (plaintext: Uint8Array, position: number) => void;

/** Where a container's bytes come from: a file, or memory. */
export interface ContainerSource {
  readonly parsed: ParsedContainerHeader;
  /** Bytes [start, end) of the body; `target` has room for them and may be used. Throws CIPHERTEXT_TRUNCATED. */
  readonly body: (start: number, end: number, target: Buffer) => Buffer;
}

/** Reads the plaintext of a container with its content key: whole, or any byte range. */
export class ContainerReader {
  readonly #source: ContainerSource;
  readonly #cipher: ContainerCipher;
  readonly #buffer: Buffer;

  /** Throws CONTENT_KEY_MISMATCH when the key is not the committed one. */
  constructor(source: ContainerSource, contentKey: Uint8Array, commitment: string) {
    assertCommittedKey(source.parsed.header.artifact_id, contentKey, commitment);
    this.#source = source;
    this.#cipher = containerCipher(source.parsed.header, contentKey);
    this.#buffer = Buffer.alloc(Math.max(this.#cipher.layout.chunkSize + CHUNK_TAG_BYTES, COPY_STEP_BYTES));
  }

  get header(): ContainerHeader {
    return this.#source.parsed.header;
  }

  /**
   * Decrypts everything into `sink`. A chunk's bytes reach the sink before its tag is checked, so the sink must not show
   * them to anyone until this has returned. That is what lets a chunk be decrypted in steps that stay in the cache.
   *
   * @throws RegistryError CIPHERTEXT_TRUNCATED, CIPHERTEXT_REORDERED, CIPHERTEXT_CORRUPT
   */
  async decryptAll(sink: PlaintextSink, onProgress?: OnProgress): Promise<void> {
    const pace = new Pace(onProgress, this.header.plaintext_size);
    for (const segment of this.#cipher.layout.segments) {
      await (segment.encrypted
        ? this.#decryptSegment(segment, sink, pace)
        : this.#copySegment(segment, sink, pace));
    }
  }

  /** The plaintext of bytes [start, end), authenticated where it is encrypted. Throws as decryptAll, and SCHEMA_VIOLATION beyond the end. */
  read(start: number, end: number): Buffer {
    if (!(start >= 0 && start <= end && end <= this.header.plaintext_size)) {
      throw new RegistryError(
        'SCHEMA_VIOLATION',
        `The artifact has ${this.header.plaintext_size} bytes; [${start}, ${end}) is not in it.`,
      );
    }
    const result = Buffer.alloc(end - start);
    for (const segment of this.#cipher.layout.segments) {
      const from = Math.max(start, segment.plainStart);
      const to = Math.min(end, segment.plainEnd);
      if (from < to) this.#readFrom(segment, from, to, result.subarray(from - start, to - start));
    }
    return result;
  }

  /** Forgets what this reader holds in memory: the chunk key and the last ciphertext. The reader is of no use afterwards. */
  forget(): void {
    this.#cipher.chunkKey.fill(0);
    this.#buffer.fill(0);
  }

  async #decryptSegment(segment: ContainerSegment, sink: PlaintextSink, pace: Pace): Promise<void> {
    for (let nth = 0; nth < segment.chunks; nth += 1) {
      const chunk = containerChunk(this.#cipher.layout, segment.firstChunk + nth);
      this.#decryptChunk(chunk, sink);
      await pace.after(chunk.plainEnd);
    }
  }

  /** Read a little, decrypt it, hand it on: each step's bytes are still in the processor's cache for the next. */
  #decryptChunk(chunk: ContainerChunk, sink: PlaintextSink): void {
    const { chunkKey, headerHash, noncePrefix } = this.#cipher;
    const end = chunk.bodyEnd - CHUNK_TAG_BYTES;
    const nonce = chunkNonce(noncePrefix, chunk.index);
    const gcm = createDecipheriv('aes-256-gcm', chunkKey, nonce, { authTagLength: CHUNK_TAG_BYTES });
    gcm.setAAD(chunkAad(headerHash, chunk.index, chunk.final));
    for (let start = chunk.bodyStart; start < end; start += CIPHER_STEP_BYTES) {
      const sealed = this.#source.body(start, Math.min(start + CIPHER_STEP_BYTES, end), this.#buffer);
      const plaintext = gcm.update(sealed);
      sink(plaintext, chunk.plainStart + (start - chunk.bodyStart));
      discard(plaintext);
    }
    gcm.setAuthTag(this.#source.body(end, chunk.bodyEnd, this.#buffer));
    try {
      gcm.final();
    } catch {
      // The protocol's own function tells a damaged chunk from one in the wrong place, and throws either way.
      openChunk(this.#cipher, chunk, this.#source.body(chunk.bodyStart, chunk.bodyEnd, this.#buffer));
      throw new RegistryError('CIPHERTEXT_CORRUPT', `Chunk ${chunk.index} changed while it was read.`);
    }
  }

  async #copySegment(segment: ContainerSegment, sink: PlaintextSink, pace: Pace): Promise<void> {
    for (let start = segment.plainStart; start < segment.plainEnd; start += COPY_STEP_BYTES) {
      const end = Math.min(start + COPY_STEP_BYTES, segment.plainEnd);
      sink(this.#clear(segment, start, end), start);
      await pace.after(end);
    }
  }

  #readFrom(segment: ContainerSegment, from: number, to: number, target: Buffer): void {
    if (!segment.encrypted) {
      for (let start = from; start < to; start += COPY_STEP_BYTES) {
        const part = this.#clear(segment, start, Math.min(start + COPY_STEP_BYTES, to));
        part.copy(target, start - from);
      }
      return;
    }
    const { layout } = this.#cipher;
    const nth = (position: number): number => Math.floor((position - segment.plainStart) / layout.chunkSize);
    for (let index = nth(from); index <= nth(to - 1); index += 1) {
      const chunk = containerChunk(layout, segment.firstChunk + index);
      const sealed = this.#source.body(chunk.bodyStart, chunk.bodyEnd, this.#buffer);
      const plaintext = openChunk(this.#cipher, chunk, sealed);
      const start = Math.max(from, chunk.plainStart);
      const end = Math.min(to, chunk.plainEnd);
      target.set(plaintext.subarray(start - chunk.plainStart, end - chunk.plainStart), start - from);
      discard(plaintext);
    }
  }

  #clear(segment: ContainerSegment, start: number, end: number): Buffer {
    const offset = segment.bodyStart - segment.plainStart;
    return this.#source.body(start + offset, end + offset, this.#buffer);
  }
}
