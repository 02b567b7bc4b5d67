import { concatBytes, fromHex, lp8, toHex } from '../encoding/bytes';
import { sha256Hex } from '../encoding/hash';
import { RegistryError } from '../errors/registry-error';
import { ID_BYTES } from '../identifiers';
import { decodeReference, ENCODED_REFERENCE_BYTES, encodeReference, type Reference } from './reference';

/** First member of the message: a signature over it can mean nothing else. */
export const ATTESTATION_DOMAIN = 'WM_PROV_V1';
export const ATTESTATION_VERSION = 1;
/** The parent_hash of a record without a parent. */
export const ZERO_HASH = '0'.repeat(ID_BYTES * 2);
/** Highest timestamp: the field is a u64. */
export const MAX_ATTESTATION_TIME = 2n ** 64n - 1n;

/** What a model's key says about one content. Hashes and nonce are 32 bytes in hex. */
export interface AttestationClaim {
  readonly schema_version: number;
  readonly model_ref: Reference;
  readonly scheme_ref: Reference;
  readonly content_hash: string;
  /** ZERO_HASH when there is no parent. */
  readonly parent_hash: string;
  /** Unix seconds. */
  readonly timestamp: bigint;
  readonly nonce: string;
  /** Absent is not the same as zeros: the message says which. */
  readonly context_hash?: string;
}

const HEX_32 = /^[0-9a-f]{64}$/;
const TIME_BYTES = 8;
const ABSENT = 0;
const PRESENT = 1;

function malformed(what: string, subject?: string): RegistryError {
  return new RegistryError('ATTESTATION_MALFORMED', what, subject === undefined ? {} : { subject });
}

function assertVersion(version: number): void {
  if (version !== ATTESTATION_VERSION) {
    throw new RegistryError(
      'UNSUPPORTED_SCHEMA_VERSION',
      `schema_version is ${version}; only ${ATTESTATION_VERSION} is known.`,
      { subject: '/schema_version' },
    );
  }
}

function hash32(claim: AttestationClaim, member: 'content_hash' | 'parent_hash' | 'nonce'): Uint8Array {
  if (!HEX_32.test(claim[member])) throw malformed(`${member} is not 32 bytes in hex.`, `/${member}`);
  return fromHex(claim[member]);
}

function timeBytes(timestamp: bigint): Uint8Array {
  if (timestamp < 0n || timestamp > MAX_ATTESTATION_TIME) {
    throw malformed('timestamp is not between 0 and 2^64−1.', '/timestamp');
  }
  const bytes = Buffer.alloc(TIME_BYTES);
  bytes.writeBigUInt64BE(timestamp);
  return new Uint8Array(bytes);
}

function contextBytes(contextHash: string | undefined): Uint8Array {
  if (contextHash === undefined) return Uint8Array.of(ABSENT);
  if (!HEX_32.test(contextHash)) throw malformed('context_hash is not 32 bytes in hex.', '/context_hash');
  return concatBytes(Uint8Array.of(PRESENT), fromHex(contextHash));
}

/**
 * The message that a model's key signs the SHA-256 of: 187 bytes, 219 with a context (docs/specification/provenance.md).
 *
 * @throws RegistryError UNSUPPORTED_SCHEMA_VERSION, REFERENCE_MALFORMED or ATTESTATION_MALFORMED.
 */
export function encodeAttestation(claim: AttestationClaim): Uint8Array {
  assertVersion(claim.schema_version);
  return concatBytes(
    lp8(ATTESTATION_DOMAIN),
    Uint8Array.of(ATTESTATION_VERSION),
    encodeReference(claim.model_ref),
    encodeReference(claim.scheme_ref),
    hash32(claim, 'content_hash'),
    hash32(claim, 'parent_hash'),
    timeBytes(claim.timestamp),
    hash32(claim, 'nonce'),
    contextBytes(claim.context_hash),
  );
}

/** Reads a message part by part; a part that is not all there ends the reading. */
class Cursor {
  private position = 0;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  take(length: number): Uint8Array {
    const part = this.bytes.subarray(this.position, this.position + length);
    if (part.length !== length) throw malformed('The message ends too early.');
    this.position += length;
    return part;
  }

  byte(): number {
    return this.take(1)[0] ?? 0;
  }

  hash(): string {
    return toHex(this.take(ID_BYTES));
  }

  time(): bigint {
    return BigInt(`0x${toHex(this.take(TIME_BYTES))}`);
  }

  end(): void {
    if (this.position !== this.bytes.length) throw malformed('Bytes follow the message.');
  }
}

/**
 * The claim of a message; encodeAttestation gives the same bytes again. Nothing is skipped or guessed: one claim has
 * one message, or two readers could take one signature for two statements.
 *
 * @throws RegistryError ATTESTATION_MALFORMED; UNSUPPORTED_SCHEMA_VERSION (the layout of other versions is unknown, so
 *   nothing after the version is looked at); REFERENCE_MALFORMED for a reference of an unknown type or length.
 */
export function decodeAttestation(bytes: Uint8Array): AttestationClaim {
  const cursor = new Cursor(bytes);
  const domain = lp8(ATTESTATION_DOMAIN);
  if (toHex(cursor.take(domain.length)) !== toHex(domain)) throw malformed('The domain tag is another one.');
  assertVersion(cursor.byte());
  const claim: AttestationClaim = {
    schema_version: ATTESTATION_VERSION,
    model_ref: decodeReference(cursor.take(ENCODED_REFERENCE_BYTES)),
    scheme_ref: decodeReference(cursor.take(ENCODED_REFERENCE_BYTES)),
    content_hash: cursor.hash(),
    parent_hash: cursor.hash(),
    timestamp: cursor.time(),
    nonce: cursor.hash(),
    ...readContext(cursor),
  };
  cursor.end();
  return claim;
}

function readContext(cursor: Cursor): { readonly context_hash?: string } {
  const present = cursor.byte();
  if (present === ABSENT) return {};
  if (present !== PRESENT) throw malformed('context_hash_present is neither 0 nor 1.');
  return { context_hash: cursor.hash() };
}

/** What the signature is over: SHA-256 of the message. Hex. */
export function attestationDigest(payload: Uint8Array): string {
  return sha256Hex(payload);
}
