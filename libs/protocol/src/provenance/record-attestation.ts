import { type RecordClaim } from '../domain/record';
import { RegistryError } from '../errors/registry-error';
import { attestationDigest, type AttestationClaim, encodeAttestation } from './attestation';
import { idReference } from './reference';

/** What a record's signature is over. */
export interface RecordAttestation {
  readonly payload: Uint8Array;
  /** Hex. */
  readonly digest: string;
}

/** The claim that a record's stored fields state (P-54). Throws REFERENCE_MALFORMED. */
export function claimOf(record: Omit<RecordClaim, 'signature'>): AttestationClaim {
  return {
    schema_version: record.schema_version,
    model_ref: idReference(record.model_ref),
    scheme_ref: idReference(record.scheme_ref),
    content_hash: record.content_hash,
    parent_hash: record.parent_hash,
    timestamp: timestampOf(record.timestamp),
    nonce: record.nonce,
    ...(record.context_hash === undefined ? {} : { context_hash: record.context_hash }),
  };
}

/** Rebuilds what was signed from a record's stored fields (P-49, P-80). Throws what `encodeAttestation` throws. */
export function recordAttestation(record: Omit<RecordClaim, 'signature'>): RecordAttestation {
  const payload = encodeAttestation(claimOf(record));
  return { payload, digest: attestationDigest(payload) };
}

function timestampOf(seconds: number): bigint {
  if (Number.isSafeInteger(seconds)) return BigInt(seconds);
  throw new RegistryError('ATTESTATION_MALFORMED', 'The timestamp is not a whole number of seconds.', {
    subject: '/timestamp',
  });
}
