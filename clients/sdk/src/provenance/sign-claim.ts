import {
  attestationKeyDigest,
  fromHex,
  recordAttestation,
  type AttestationKeyBody,
  type RecordClaim,
  toHex,
} from '@maker-registry/protocol';
import { type AttestationSigner } from '../keys/attestation-key';

/** Signs a claim of a model: what a record is made of. */
export async function signClaim(
  claim: Omit<RecordClaim, 'signature'>,
  signer: AttestationSigner,
): Promise<RecordClaim> {
  const { digest } = recordAttestation(claim);
  return { ...claim, signature: toHex(await signer.signDigest(fromHex(digest))) };
}

/** The key of a model with the proof that its holder wants it for this model: part of model.register and model.rotate. */
export async function attestationKeyBody(
  modelRef: string,
  signer: AttestationSigner,
): Promise<AttestationKeyBody> {
  const key = { alg: signer.alg, public_key: signer.publicKey };
  return { ...key, proof: toHex(await signer.signDigest(attestationKeyDigest(modelRef, key))) };
}
