import { type Model } from '../domain/model';
import { type GenerationRecord, type RecordKey } from '../domain/record';
import { type RoyaltyPolicy } from '../domain/royalty-policy';
import { type Scheme } from '../domain/scheme';
import { fromHex } from '../encoding/bytes';
import { RegistryError } from '../errors/registry-error';
import { isUnderCompromisedKey } from '../provenance/record-risks';
import { recordAttestation } from '../provenance/record-attestation';
import { verifyAttestation } from '../signatures/attestation-signature';
import { requireModel } from './models';
import { requireRecord } from './royalty-policies';
import { requireScheme } from './schemes';

/** What the gate looks at: the record that is paid for, and what it was made under. */
export interface GateState {
  readonly record: GenerationRecord | undefined;
  readonly model: Model | undefined;
  readonly scheme: Scheme | undefined;
  readonly policy: RoyaltyPolicy | undefined;
}

/** What passed the gate. */
export interface GatedRecord {
  readonly record: GenerationRecord;
  readonly model: Model;
  readonly policy: RoyaltyPolicy | undefined;
}

/**
 * The gate before money (P-124), in its order: the record exists, its scheme is the one that it was made under, its
 * signature holds under the key that it was made under, scheme and model belong together, nothing is revoked. Detection
 * stays off the ledger; policies may ask for verifiers' reports instead.
 *
 * @throws RegistryError NOT_FOUND, MODEL_UNKNOWN, SCHEME_UNKNOWN, SCHEME_MISMATCH, INVALID_SIG, SCHEME_MODEL_MISMATCH,
 *   SCHEME_REVOKED, REVOKED for a compromised key, or POLICY_REVOKED
 */
export function passGate(state: GateState, key: RecordKey): GatedRecord {
  const record = requireRecord(state.record, key);
  const model = requireModel(state.model, record.model_ref);
  const scheme = requireScheme(state.scheme, record.scheme_ref);
  if (scheme.scheme_commitment !== record.scheme_commitment) {
    throw new RegistryError('SCHEME_MISMATCH', 'The scheme is not the one that the record was made under.', {
      subject: scheme.scheme_ref,
    });
  }
  assertSigned(record, model);
  if (scheme.model_ref !== record.model_ref) {
    throw new RegistryError('SCHEME_MODEL_MISMATCH', 'The record’s scheme belongs to another model.', {
      subject: scheme.scheme_ref,
    });
  }
  assertNothingRevoked({ record, model, scheme, policy: state.policy });
  return { record, model, policy: state.policy };
}

function assertSigned(record: GenerationRecord, model: Model): void {
  const key = model.keys.find(({ version }) => version === record.key_version);
  const isSigned =
    key !== undefined &&
    verifyAttestation({
      alg: key.alg,
      publicKey: key.public_key,
      payload: recordAttestation(record).payload,
      signature: fromHex(record.signature),
    }).valid;
  if (!isSigned) {
    throw new RegistryError('INVALID_SIG', 'The record’s signature does not verify under its key version.', {
      subject: record.content_hash,
    });
  }
}

interface Revocable extends GatedRecord {
  readonly scheme: Scheme;
}

function assertNothingRevoked({ record, model, scheme, policy }: Revocable): void {
  if (scheme.status === 'revoked') {
    throw new RegistryError('SCHEME_REVOKED', 'The record’s scheme is revoked.', {
      subject: scheme.scheme_ref,
    });
  }
  if (isUnderCompromisedKey(record, model)) {
    throw new RegistryError('REVOKED', 'The record was made under a key that counts as compromised.', {
      subject: record.content_hash,
    });
  }
  if (policy?.status === 'revoked') {
    throw new RegistryError('POLICY_REVOKED', 'The record’s royalty policy is revoked; nobody can be paid.', {
      subject: record.content_hash,
    });
  }
}
