import { concatBytes, fromHex, lp16, lp8, toHex } from '../encoding/bytes';
import { sha256Hex } from '../encoding/hash';
import { RegistryError } from '../errors/registry-error';
import { ID_BYTES } from '../identifiers';

/** What the 32 bytes of a reference are: an id of this registry, a public key, or the SHA-256 of a URI. */
export const REFERENCE_TYPES = { id: 0, key: 1, uri: 2 } as const;

/** Bytes of every reference, whatever its type: keys of 32 bytes and hashes are as long as an id. */
export const REFERENCE_BYTES = ID_BYTES;

/** Bytes of an encoded reference: type, length and the bytes. */
export const ENCODED_REFERENCE_BYTES = 1 + 2 + REFERENCE_BYTES;

/** Names a model or a scheme. */
export interface Reference {
  readonly ref_type: number;
  /** Hex, 32 bytes. */
  readonly ref_bytes: string;
}

const HEX_32 = /^[0-9a-f]{64}$/;
const KNOWN_TYPES: readonly number[] = Object.values(REFERENCE_TYPES);

function malformed(what: string, subject?: string): RegistryError {
  return new RegistryError('REFERENCE_MALFORMED', what, subject === undefined ? {} : { subject });
}

/**
 * ref_type(u8) ‖ ref_len(u16) ‖ ref_bytes. Throws REFERENCE_MALFORMED for an unknown type and for other than 32 bytes: a
 * type of its own length would let two readers cut one message differently.
 */
export function encodeReference(ref: Reference): Uint8Array {
  if (!KNOWN_TYPES.includes(ref.ref_type)) throw malformed('ref_type is not 0, 1 or 2.');
  if (!HEX_32.test(ref.ref_bytes)) {
    throw malformed('ref_bytes is not 32 bytes as 64 lower-case hexadecimal characters.');
  }
  return concatBytes(Uint8Array.of(ref.ref_type), lp16(fromHex(ref.ref_bytes)));
}

/** The reference of exactly these bytes. Throws REFERENCE_MALFORMED; the inverse of encodeReference. */
export function decodeReference(bytes: Uint8Array): Reference {
  const [type = -1, high = 0, low = 0] = bytes;
  if (!KNOWN_TYPES.includes(type)) throw malformed('ref_type is not 0, 1 or 2.');
  if (bytes.length !== ENCODED_REFERENCE_BYTES || high !== 0 || low !== REFERENCE_BYTES) {
    throw malformed(`ref_len is not ${REFERENCE_BYTES}, or the bytes are of another length.`);
  }
  return { ref_type: type, ref_bytes: toHex(bytes.subarray(3)) };
}

/** A reference by id (type 0). Throws REFERENCE_MALFORMED. */
export function idReference(hex: string): Reference {
  const ref = { ref_type: REFERENCE_TYPES.id, ref_bytes: hex };
  encodeReference(ref);
  return ref;
}

/** The 32 bytes that name a model: H(lp8("wm:model") ‖ actor_id ‖ lp16(model_id)). Derivable offline. Hex. */
export function modelReference(actorId: string, modelId: string): string {
  return sha256Hex(concatBytes(lp8('wm:model'), fromHex(actorId, ID_BYTES), lp16(modelId)));
}

/** The 32 bytes that name a scheme of a model: H(lp8("wm:scheme") ‖ model_ref ‖ lp16(scheme_id)). Hex. */
export function schemeReference(modelRef: string, schemeId: string): string {
  return sha256Hex(concatBytes(lp8('wm:scheme'), fromHex(modelRef, ID_BYTES), lp16(schemeId)));
}
