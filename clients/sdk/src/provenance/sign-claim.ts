import {
  attestationKeyDigest,
  type AttestationKeyBody,
  fromHex,
  recordAttestation,
  type RecordClaim,
  toHex,
  verifyDigestSignature,
} from '@maker-registry/protocol';
import { ClientError } from '../errors/client-error';
import { type AttestationSigner } from '../keys/attestation-key';

/** Signs a claim of a model: what a record is made of. Throws KEY_FILE_MALFORMED as `signDigest`. */
export async function signClaim(
  claim: Omit<RecordClaim, 'signature'>,
  signer: AttestationSigner,
): Promise<RecordClaim> {
  return { ...claim, signature: await signDigest(signer, recordAttestation(claim).digest) };
}

/** The key of a model with the proof that its holder wants it for this model: part of model.register and model.rotate. */
export async function attestationKeyBody(
  modelRef: string,
  signer: AttestationSigner,
): Promise<AttestationKeyBody> {
  const key = { alg: signer.alg, public_key: signer.publicKey };
  return { ...key, proof: await signDigest(signer, toHex(attestationKeyDigest(modelRef, key))) };
}

/**
 * The signature over a digest (hex), hex. It is verified before it leaves, as every endorser will: a signer with another
 * key must not go unnoticed. Throws KEY_FILE_MALFORMED.
 */
export async function signDigest(signer: AttestationSigner, digestHex: string): Promise<string> {
  const digest = fromHex(digestHex);
  const signature = await signer.signDigest(digest);
  const { alg, publicKey } = signer;
  if (verifyDigestSignature({ alg, publicKey, digest, signature }).valid) return toHex(signature);
  throw new ClientError('KEY_FILE_MALFORMED', 'The private key does not sign for its public key.');
}
