import { RegistryError } from '../errors/registry-error';
import { MAX_CHUNKS } from '../limits';
import { type ByteRange, type ContainerHeader } from './header';

/** Bytes that GCM adds to every chunk. */
export const CHUNK_TAG_BYTES = 16;

/** A stretch of the body: encrypted chunks or bytes in clear. Offsets of the body count from its start. */
export interface ContainerSegment {
  readonly encrypted: boolean;
  readonly plainStart: number;
  readonly plainEnd: number;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** Index of the first chunk, for encrypted segments. */
  readonly firstChunk: number;
  readonly chunks: number;
}

export interface ContainerLayout {
  readonly segments: readonly ContainerSegment[];
  readonly chunks: number;
  readonly chunkSize: number;
  /** Bytes of the body. */
  readonly bodySize: number;
}

/** One encrypted chunk: where its plaintext belongs and where its ciphertext with tag lies. */
export interface ContainerChunk {
  readonly index: number;
  readonly plainStart: number;
  readonly plainEnd: number;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** Whether it is the container's last chunk. */
  readonly final: boolean;
}

/** Encrypted and clear stretches of the plaintext in order. */
function stretches({ ranges, plaintext_size }: ContainerHeader): { range: ByteRange; encrypted: boolean }[] {
  const result: { range: ByteRange; encrypted: boolean }[] = [];
  let position = 0;
  for (const range of ranges ?? [[0, plaintext_size] as const]) {
    if (range[0] > position) result.push({ range: [position, range[0]], encrypted: false });
    result.push({ range, encrypted: true });
    position = range[1];
  }
  if (position < plaintext_size) result.push({ range: [position, plaintext_size], encrypted: false });
  return result;
}

/**
 * Where everything lies. An empty artifact still has one (empty) chunk, so that even its emptiness is authenticated.
 * Throws CONTAINER_MALFORMED when there would be more chunks than nonces.
 */
export function containerLayout(header: ContainerHeader): ContainerLayout {
  const segments: ContainerSegment[] = [];
  let chunks = 0;
  let bodySize = 0;
  for (const { range, encrypted } of stretches(header)) {
    const [plainStart, plainEnd] = range;
    const size = plainEnd - plainStart;
    const own = encrypted ? Math.max(1, Math.ceil(size / header.chunk_size)) : 0;
    const bodyEnd = bodySize + size + own * CHUNK_TAG_BYTES;
    segments.push({
      encrypted,
      plainStart,
      plainEnd,
      bodyStart: bodySize,
      bodyEnd,
      firstChunk: chunks,
      chunks: own,
    });
    chunks += own;
    bodySize = bodyEnd;
  }
  if (chunks > MAX_CHUNKS || bodySize > Number.MAX_SAFE_INTEGER) {
    throw new RegistryError(
      'CONTAINER_MALFORMED',
      'The container has more chunks than its nonces can count.',
    );
  }
  return { segments, chunks, chunkSize: header.chunk_size, bodySize };
}

/** The chunk of an index. Throws CONTAINER_MALFORMED beyond the end. */
export function containerChunk(layout: ContainerLayout, index: number): ContainerChunk {
  const segment = findSegment(
    layout,
    ({ firstChunk, chunks }) => index >= firstChunk && index < firstChunk + chunks,
  );
  if (segment === undefined) {
    throw new RegistryError(
      'CONTAINER_MALFORMED',
      `The container has ${layout.chunks} chunks, no chunk ${index}.`,
    );
  }
  const nth = index - segment.firstChunk;
  const plainStart = segment.plainStart + nth * layout.chunkSize;
  const plainEnd = Math.min(plainStart + layout.chunkSize, segment.plainEnd);
  const bodyStart = segment.bodyStart + nth * (layout.chunkSize + CHUNK_TAG_BYTES);
  const bodyEnd = bodyStart + (plainEnd - plainStart) + CHUNK_TAG_BYTES;
  return { index, plainStart, plainEnd, bodyStart, bodyEnd, final: index === layout.chunks - 1 };
}

/** Linear: containers have one segment or few; a reader that seeks much keeps the segment it is in. */
function findSegment(
  { segments }: ContainerLayout,
  matches: (segment: ContainerSegment) => boolean,
): ContainerSegment | undefined {
  return segments.find((segment) => segment.encrypted && matches(segment));
}
