import { constants, createCipheriv, createECDH, createHash, createHmac, publicEncrypt } from 'node:crypto';
import { type HashAlgorithm } from './algorithms';
import { kdfA, kdfE } from './kdf';
import { MAX_CREDENTIAL_BYTES } from './limits';
import { keyName } from './name';
import {
  type EccPublicArea,
  eccPoint,
  isEndorsementKey,
  type PublicArea,
  type RsaPublicArea,
  toKeyObject,
  type TpmPublicKey,
} from './public-area';
import { TpmFormatError } from './tpm-format-error';
import { sized, u32 } from './wire';

export interface MakeCredentialInput {
  readonly endorsementKey: TpmPublicKey;
  /** The key that must stand in the same TPM for the credential to open. */
  readonly attestationKey: TpmPublicKey;
  /** The secret that only this TPM can give back. */
  readonly credential: Uint8Array;
  readonly randomness: CredentialRandomness;
}

/** Random bytes that only the caller can draw; used once. */
export interface CredentialRandomness {
  /** Bytes of the EK's name algorithm (32 for SHA-256). Used with RSA. */
  readonly seed: Uint8Array;
  /** As long as `seed`. Used with RSA. */
  readonly oaepSeed: Uint8Array;
  /** Bytes of a coordinate (32 for P-256), below the group's order. Used with ECC. */
  readonly ephemeralPrivate: Uint8Array;
}

export interface Credential {
  /** TPM2B_ID_OBJECT. */
  readonly credentialBlob: Uint8Array;
  /** TPM2B_ENCRYPTED_SECRET. */
  readonly encryptedSecret: Uint8Array;
}

const BITS_PER_BYTE = 8;
const IV_BYTES = 16;
const IDENTITY = 'IDENTITY';

/**
 * TPM2_MakeCredential in software (TPM 2.0 part 1, 24): a secret that the TPM with this endorsement key gives back only if
 * the attestation key of this Name is loaded in it. Throws TpmFormatError for a key that is no endorsement key.
 */
export function makeCredential(input: MakeCredentialInput): Credential {
  const { area } = input.endorsementKey;
  if (!isEndorsementKey(area))
    throw new TpmFormatError('the endorsement key is not a restricted decryption key');
  if (input.credential.length > Math.min(MAX_CREDENTIAL_BYTES, area.nameAlgorithm.size)) {
    throw new TpmFormatError('the credential is longer than a digest');
  }
  const { seed, secret } =
    area.type === 'rsa' ? rsaSeed(area, input.randomness) : eccSeed(area, input.randomness);
  return {
    credentialBlob: sized(protect(area, seed, keyName(input.attestationKey), input.credential)),
    encryptedSecret: sized(secret),
  };
}

function protect(area: PublicArea, seed: Uint8Array, name: Uint8Array, credential: Uint8Array): Buffer {
  const hash = area.nameAlgorithm;
  const keyBits = area.symmetric?.keyBits ?? 0;
  const key = kdfA(hash, seed, 'STORAGE', name, keyBits);
  const cipher = createCipheriv(`aes-${keyBits}-cfb`, key, Buffer.alloc(IV_BYTES));
  const encrypted = Buffer.concat([cipher.update(sized(credential)), cipher.final()]);
  const integrityKey = kdfA(hash, seed, 'INTEGRITY', Buffer.alloc(0), hash.size * BITS_PER_BYTE);
  const integrity = createHmac(hash.name, integrityKey).update(encrypted).update(name).digest();
  return Buffer.concat([sized(integrity), encrypted]);
}

function rsaSeed(
  area: RsaPublicArea,
  randomness: CredentialRandomness,
): { seed: Uint8Array; secret: Buffer } {
  const { seed, oaepSeed } = randomness;
  const hash = area.nameAlgorithm;
  if (seed.length !== hash.size || oaepSeed.length !== hash.size) {
    throw new TpmFormatError(`the seeds must have ${hash.size} random bytes`);
  }
  const padded = oaepPad(seed, area.modulus.length, hash, oaepSeed);
  const secret = publicEncrypt({ key: toKeyObject(area), padding: constants.RSA_NO_PADDING }, padded);
  return { seed, secret };
}

/** EME-OAEP of RFC 8017 §7.1.1 with the label "IDENTITY" and its terminating zero. */
function oaepPad(message: Uint8Array, size: number, hash: HashAlgorithm, seed: Uint8Array): Buffer {
  const labelHash = createHash(hash.name).update(`${IDENTITY}\0`).digest();
  const padding = Buffer.alloc(size - message.length - 2 * hash.size - 2);
  const block = Buffer.concat([labelHash, padding, Buffer.of(1), message]);
  const maskedBlock = xor(block, mgf1(hash, seed, block.length));
  const maskedSeed = xor(seed, mgf1(hash, maskedBlock, hash.size));
  return Buffer.concat([Buffer.of(0), maskedSeed, maskedBlock]);
}

function mgf1(hash: HashAlgorithm, seed: Uint8Array, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / hash.size) }, (_, index) =>
    createHash(hash.name).update(seed).update(u32(index)).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

function xor(a: Uint8Array, b: Uint8Array): Buffer {
  return Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));
}

function eccSeed(
  area: EccPublicArea,
  randomness: CredentialRandomness,
): { seed: Uint8Array; secret: Buffer } {
  const { curve, nameAlgorithm } = area;
  const ecdh = createECDH(curve.nodeName);
  try {
    ecdh.setPrivateKey(randomness.ephemeralPrivate);
  } catch {
    throw new TpmFormatError('the ephemeral private key is not a scalar of the curve');
  }
  const ephemeral = ecdh.getPublicKey();
  const x = ephemeral.subarray(1, 1 + curve.size);
  const y = ephemeral.subarray(1 + curve.size);
  const z = ecdh.computeSecret(eccPoint(area));
  const seed = kdfE(nameAlgorithm, z, IDENTITY, { u: x, v: area.x }, nameAlgorithm.size * BITS_PER_BYTE);
  return { seed, secret: Buffer.concat([sized(x), sized(y)]) };
}
