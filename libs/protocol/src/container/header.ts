import { concatBytes, fromHex, u32, utf8 } from '../encoding/bytes';
import { canonicalize } from '../encoding/canonical-json';
import { sha256 } from '../encoding/hash';
import { parseStrictJson } from '../encoding/strict-json';
import { RegistryError } from '../errors/registry-error';
import {
  MAX_CHUNK_BYTES,
  MAX_CONTAINER_HEADER_BYTES,
  MAX_CONTAINER_RANGES,
  MAX_KEY_VERSIONS,
  MIN_CHUNK_BYTES,
} from '../limits';
import { closedObject, HEX32, type JsonSchema } from '../schemas/primitives';
import { assertSchema } from '../schemas/validate';

/** A half-open byte range [start, end) of the plaintext. */
export type ByteRange = readonly [start: number, end: number];

/** Header of an encrypted artifact, format mrg1. */
export interface ContainerHeader {
  readonly v: 1;
  readonly artifact_id: string;
  readonly key_version: number;
  /** Plaintext bytes of a chunk; the last of a range may be shorter. */
  readonly chunk_size: number;
  readonly plaintext_size: number;
  /** The encrypted ranges, ascending and apart; absent when everything is encrypted. */
  readonly ranges?: readonly ByteRange[];
  /** 8 random bytes, hex; fresh for every container. */
  readonly nonce_prefix: string;
}

export interface ParsedContainerHeader {
  readonly header: ContainerHeader;
  /** H(header): salt of the chunk key and part of every chunk's AAD. */
  readonly headerHash: Uint8Array;
  /** Offset of the body in the file. */
  readonly bodyOffset: number;
}

/** First bytes of a container. */
export const CONTAINER_MAGIC: Uint8Array = utf8('MRG1');
/** Magic and length of the header: what has to be read before the header itself. */
export const CONTAINER_PREFIX_BYTES = 8;

const OFFSET: JsonSchema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };

/** Schema of the header. */
export const CONTAINER_HEADER: JsonSchema = closedObject(
  {
    v: { type: 'integer', const: 1 },
    artifact_id: HEX32,
    key_version: { type: 'integer', minimum: 1, maximum: MAX_KEY_VERSIONS },
    chunk_size: { type: 'integer', minimum: MIN_CHUNK_BYTES, maximum: MAX_CHUNK_BYTES },
    plaintext_size: OFFSET,
    ranges: {
      type: 'array',
      minItems: 1,
      maxItems: MAX_CONTAINER_RANGES,
      items: { type: 'array', items: OFFSET, minItems: 2, maxItems: 2 },
    },
    nonce_prefix: { type: 'string', pattern: '^[0-9a-f]{16}$' },
  },
  ['ranges'],
);

function malformed(what: string, cause?: unknown): RegistryError {
  return new RegistryError('CONTAINER_MALFORMED', `The container does not parse: ${what}.`, { cause });
}

/** Asserts that ranges ascend, do not touch and lie within the plaintext: one plaintext has one layout. */
function assertRanges({ ranges, plaintext_size }: ContainerHeader): void {
  let end = -1;
  for (const [start, stop] of ranges ?? []) {
    if (start <= end || stop <= start || stop > plaintext_size) {
      throw malformed('its ranges are empty, out of order, touching or beyond the end');
    }
    end = stop;
  }
}

function assertHeader(value: unknown): asserts value is ContainerHeader {
  try {
    assertSchema(CONTAINER_HEADER, value);
  } catch (cause) {
    throw malformed(cause instanceof Error ? cause.message : 'its header is not valid', cause);
  }
}

/** Magic, u32 length and canonical JSON: the first bytes of the file. Throws CONTAINER_MALFORMED. */
export function encodeContainerHeader(header: ContainerHeader): Uint8Array {
  assertHeader(header);
  assertRanges(header);
  const json = utf8(canonicalize(header));
  if (json.length > MAX_CONTAINER_HEADER_BYTES) throw malformed('its header is too long');
  return concatBytes(CONTAINER_MAGIC, u32(json.length), json);
}

/** Length of the header's JSON from the first 8 bytes. Throws CIPHERTEXT_TRUNCATED or CONTAINER_MALFORMED. */
export function containerHeaderLength(prefix: Uint8Array): number {
  if (prefix.length < CONTAINER_PREFIX_BYTES) throw truncated('header');
  if (Buffer.compare(prefix.subarray(0, CONTAINER_MAGIC.length), CONTAINER_MAGIC) !== 0) {
    throw malformed('it does not start with MRG1');
  }
  const length = Buffer.from(prefix.buffer, prefix.byteOffset, prefix.byteLength).readUInt32BE(
    CONTAINER_MAGIC.length,
  );
  if (length > MAX_CONTAINER_HEADER_BYTES) throw malformed('its header is too long');
  return length;
}

/** A container that ends too early. */
export function truncated(what: string): RegistryError {
  return new RegistryError('CIPHERTEXT_TRUNCATED', `The container ends within its ${what}.`);
}

/** Parses the header from the start of a file. Throws CIPHERTEXT_TRUNCATED or CONTAINER_MALFORMED. */
export function parseContainerHeader(bytes: Uint8Array): ParsedContainerHeader {
  const bodyOffset = CONTAINER_PREFIX_BYTES + containerHeaderLength(bytes);
  if (bytes.length < bodyOffset) throw truncated('header');
  const json = bytes.subarray(CONTAINER_PREFIX_BYTES, bodyOffset);
  const header = parseJson(json);
  assertHeader(header);
  assertRanges(header);
  if (Buffer.compare(utf8(canonicalize(header)), json) !== 0) throw malformed('its header is not canonical');
  return { header, headerHash: sha256(json), bodyOffset };
}

function parseJson(json: Uint8Array): unknown {
  try {
    return parseStrictJson(json);
  } catch (cause) {
    throw malformed('its header is not strict JSON', cause);
  }
}

/** H(header) of a header, without the file. */
export function containerHeaderHash(header: ContainerHeader): Uint8Array {
  return sha256(canonicalize(header));
}

/** The nonce prefix as bytes. */
export function noncePrefix(header: ContainerHeader): Uint8Array {
  return fromHex(header.nonce_prefix);
}
