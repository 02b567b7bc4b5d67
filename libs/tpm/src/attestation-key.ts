import { createPublicKey, type KeyObject } from 'node:crypto';
import { MAX_PEM_CHARACTERS, MAX_REMEMBERED_KEYS, MAX_RSA_BITS, MIN_RSA_BITS } from './limits';
import { parsePublic, type TpmPublicKey } from './public-area';
import { RecentValues } from './recent-values';
import { type SigningKey, signingKey } from './signing-key';
import { TpmFormatError } from './tpm-format-error';

/** The key that signs a TPM's statements. */
export interface AttestationKey {
  readonly signing: SigningKey;
  /** The public area with attributes and Name; absent where only the bare key is known. */
  readonly tpm?: TpmPublicKey;
}

/** TPM2B_PUBLIC, a public key in PEM (SPKI), or one that was parsed before. */
export type AttestationKeySource = Uint8Array | string | AttestationKey;

const PEM = /^-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/;
const BITS_PER_BYTE = 8;
const SMALLEST_EXPONENT = 65_537n;
const CURVE_SIZES: Readonly<Record<string, number>> = { prime256v1: 32, secp384r1: 48 };

/** The key from any of its forms. Throws TpmFormatError. */
export function attestationKey(source: AttestationKeySource): AttestationKey {
  if (typeof source === 'string') return { signing: bareKey(source) };
  if (!(source instanceof Uint8Array)) return source;
  return known.find(Buffer.from(source).toString('latin1'), () => {
    const tpm = parsePublic(source);
    return { signing: signingKey(tpm.area), tpm };
  });
}

/** By their bytes: to import a key costs as much as to verify a signature with it, and a device keeps its key. */
const known = new RecentValues<AttestationKey>(MAX_REMEMBERED_KEYS);

/** A certificate or private key is refused, not read: whoever sends one means something else than we would check. */
function bareKey(pem: string): SigningKey {
  if (pem.length > MAX_PEM_CHARACTERS || !PEM.test(pem))
    throw new TpmFormatError('the key is no public key in PEM');
  return describe(importPem(pem));
}

function importPem(pem: string): KeyObject {
  try {
    return createPublicKey({ key: pem, format: 'pem', type: 'spki' });
  } catch {
    throw new TpmFormatError('the key in PEM does not parse');
  }
}

function describe(keyObject: KeyObject): SigningKey {
  switch (keyObject.asymmetricKeyType) {
    case 'rsa':
      return describeRsa(keyObject);
    case 'ec':
      return describeEcc(keyObject);
    default:
      throw new TpmFormatError('the key is neither RSA nor ECC');
  }
}

function describeRsa(keyObject: KeyObject): SigningKey {
  const { modulusLength = 0, publicExponent = 0n } = keyObject.asymmetricKeyDetails ?? {};
  if (modulusLength < MIN_RSA_BITS || modulusLength > MAX_RSA_BITS || modulusLength % BITS_PER_BYTE !== 0) {
    throw new TpmFormatError(`an RSA key has ${MIN_RSA_BITS} to ${MAX_RSA_BITS} bits`);
  }
  if (publicExponent < SMALLEST_EXPONENT) throw new TpmFormatError('the RSA exponent is weak');
  return { type: 'rsa', size: modulusLength / BITS_PER_BYTE, keyObject, scheme: 'any' };
}

function describeEcc(keyObject: KeyObject): SigningKey {
  const size = CURVE_SIZES[keyObject.asymmetricKeyDetails?.namedCurve ?? ''];
  if (size === undefined) throw new TpmFormatError('the curve is not P-256 or P-384');
  return { type: 'ecc', size, keyObject, scheme: 'any' };
}
