import { type Model, type ModelKey } from '../domain/model';
import { type GenerationRecord } from '../domain/record';
import { fromHex } from '../encoding/bytes';
import { isRegistryError } from '../errors/registry-error';
import { verifyAttestation } from '../signatures/attestation-signature';
import { recordAttestation, type RecordAttestation } from './record-attestation';
import { type Finding, finding } from './verification-check';

/** Rebuilds what was signed; undefined when the record's members make no claim. */
export function rebuildAttestation(record: GenerationRecord): RecordAttestation | undefined {
  try {
    return recordAttestation(record);
  } catch (error) {
    if (isRegistryError(error)) return undefined;
    throw error;
  }
}

/** Whether the key signed it. Hex that is none is a no. */
function isSignedBy(key: ModelKey, { payload }: RecordAttestation, signature: string): boolean {
  try {
    const { alg, public_key: publicKey } = key;
    return verifyAttestation({ alg, publicKey, payload, signature: fromHex(signature) }).valid;
  } catch (error) {
    if (isRegistryError(error)) return false;
    throw error;
  }
}

/**
 * The claim's signature under the key version that the ledger verified it with (P-138), however often the key was rotated
 * since; and, for a claim that entered late, that the key of that later time vouched for it.
 */
export function judgeSignature(record: GenerationRecord, model: Model | undefined): Finding[] {
  const subject = `model:${record.model_ref}`;
  if (model === undefined) return [finding('signature.not-checked', subject)];
  const attestation = rebuildAttestation(record);
  if (attestation === undefined) return [finding('signature.claim-malformed', subject)];
  const key = model.keys.find(({ version }) => version === record.key_version);
  if (key === undefined) return [finding('signature.key-unknown', subject)];
  if (!isSignedBy(key, attestation, record.signature)) return [finding('signature.invalid', subject)];
  if (attestation.digest !== record.payload_digest) return [finding('signature.digest-mismatch', subject)];
  return [
    finding('signature.valid', subject, { detail: keyDetail(key) }),
    ...judgeCosignature(record, model, attestation),
  ];
}

function keyDetail({ version, alg, status }: ModelKey): string {
  const since = { current: 'in use', retired: 'since retired', compromised: 'since reported as compromised' };
  return `Key version ${version} (${alg}), ${since[status]}.`;
}

function judgeCosignature(record: GenerationRecord, model: Model, attestation: RecordAttestation): Finding[] {
  const { backfill } = record;
  if (backfill === undefined && !record.annotations.includes('backfilled')) return [];
  const subject = `model:${record.model_ref}`;
  const cosigner = model.keys.find(({ version }) => version === backfill?.cosigned_by);
  const isVouchedFor =
    backfill !== undefined &&
    cosigner !== undefined &&
    cosigner.version > record.key_version &&
    isSignedBy(cosigner, attestation, backfill.cosignature);
  return [finding(isVouchedFor ? 'signature.cosigned' : 'signature.cosignature-invalid', subject)];
}
