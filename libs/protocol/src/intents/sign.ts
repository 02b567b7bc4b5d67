import { RegistryError } from '../errors/registry-error';
import { keyId } from '../identifiers';
import { SIGNATURE_BYTES, type SignatureAlgorithm } from '../signatures/algorithms';
import { normalizeLowS } from '../signatures/es256';
import { verifySignature } from '../signatures/verify-signature';
import { type Envelope, envelopePae, makeEnvelope, payloadBytes } from './envelope';
import { encodePae, INTENT_PAYLOAD_TYPE } from './pae';

/** Something that holds a private key: software, an HSM, a TPM, a remote custodian. */
export interface Signer {
  readonly alg: SignatureAlgorithm;
  /** Hex: 32 bytes for ed25519, 33 bytes (compressed point) for es256. */
  readonly publicKey: string;
  /** Signs the message: ed25519 directly; es256 over its SHA-256 as r‖s of 64 bytes (either s, low s is chosen here). */
  readonly sign: (message: Uint8Array) => Uint8Array | Promise<Uint8Array>;
}

/** Signs payload bytes. The signature is verified before it leaves: a signer with another key must not go unnoticed. */
export async function signPayload(
  payloadType: string,
  payload: Uint8Array,
  signer: Signer,
): Promise<Envelope> {
  const signature = await signMessage(encodePae(payloadType, payload), signer);
  return makeEnvelope(payloadType, payload, [{ keyid: keyId(signer.alg, signer.publicKey), signature }]);
}

/** Signs the payload bytes of an intent, as `buildIntent` gives them. */
export async function signIntent(payload: Uint8Array, signer: Signer): Promise<Envelope> {
  return signPayload(INTENT_PAYLOAD_TYPE, payload, signer);
}

/** Adds another party's signature over the same payload: the new key of a rotation, the buyer of a sale. */
export async function countersign(envelope: Envelope, signer: Signer): Promise<Envelope> {
  const keyid = keyId(signer.alg, signer.publicKey);
  if (envelope.signatures.some((signature) => signature.keyid === keyid)) {
    throw new RegistryError('ENVELOPE_MALFORMED', 'This key has already signed the envelope.', {
      subject: keyid,
    });
  }
  const signature = await signMessage(envelopePae(envelope), signer);
  const added = makeEnvelope(envelope.payloadType, payloadBytes(envelope), [{ keyid, signature }]);
  return { ...envelope, signatures: [...envelope.signatures, ...added.signatures] };
}

async function signMessage(message: Uint8Array, signer: Signer): Promise<Uint8Array> {
  const raw = await signer.sign(message);
  if (raw.length !== SIGNATURE_BYTES) {
    throw new RegistryError('SIGNATURE_INVALID', `The signer returned ${raw.length} bytes instead of 64.`);
  }
  const signature = signer.alg === 'es256' ? normalizeLowS(raw) : raw;
  const verdict = verifySignature({ alg: signer.alg, publicKey: signer.publicKey, message, signature });
  if (!verdict.valid) {
    throw new RegistryError(
      'SIGNATURE_INVALID',
      `The signer’s signature does not verify under its own public key (${verdict.reason}).`,
    );
  }
  return signature;
}
