import { concatBytes, fromHex, lp16, lp8 } from '../encoding/bytes';
import { sha256 } from '../encoding/hash';
import { RegistryError } from '../errors/registry-error';
import {
  assertAcceptableAttestationKey,
  type AttestationAlgorithm,
  verifyDigestSignature,
} from '../signatures/attestation-signature';
import { encodeReference, idReference } from './reference';

/** A key that is to sign attestations of a model. */
export interface AttestationKey {
  readonly alg: AttestationAlgorithm;
  /** Hex. */
  readonly public_key: string;
}

/**
 * The digest that a new attestation key signs to show that its holder wants it for this model:
 * H(lp8("WM_KEY_V1") ‖ encode_ref(model_ref) ‖ lp16(alg) ‖ lp16(public key)).
 */
export function attestationKeyDigest(modelRef: string, key: AttestationKey): Uint8Array {
  return sha256(
    concatBytes(
      lp8('WM_KEY_V1'),
      encodeReference(idReference(modelRef)),
      lp16(key.alg),
      lp16(fromHex(key.public_key)),
    ),
  );
}

/**
 * Asserts that a key may attest for the model: of canonical form, and held by somebody who agreed. Without the proof an
 * owner could register another model's key and pass the other's claims off as its own.
 *
 * @throws RegistryError KEY_INVALID or INVALID_SIG
 */
export function assertAttestationKey(modelRef: string, key: AttestationKey, proof: string): void {
  assertAcceptableAttestationKey(key.alg, key.public_key);
  const verdict = verifyDigestSignature({
    alg: key.alg,
    publicKey: key.public_key,
    digest: attestationKeyDigest(modelRef, key),
    signature: fromHex(proof),
  });
  if (!verdict.valid) {
    throw new RegistryError(
      'INVALID_SIG',
      `The proof of possession does not verify under the new key (${verdict.reason}).`,
      { subject: '/body/proof' },
    );
  }
}
