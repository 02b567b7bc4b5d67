import { constants, verify } from 'node:crypto';
import { ALG, hashById } from './algorithms';
import { MAX_RSA_BITS } from './limits';
import { leftPad } from './public-area';
import { type SigningKey } from './signing-key';
import { TpmFormatError } from './tpm-format-error';
import { WireReader } from './wire';

/** A parsed TPMT_SIGNATURE. */
export type TpmSignature =
  | { readonly algorithm: 'rsassa' | 'rsapss'; readonly hash: number; readonly signature: Buffer }
  | { readonly algorithm: 'ecdsa'; readonly hash: number; readonly r: Buffer; readonly s: Buffer };

const BITS_PER_BYTE = 8;
const MAX_SCALAR_BYTES = 48;
const SCHEME_OF = { rsassa: ALG.RSASSA, rsapss: ALG.RSAPSS, ecdsa: ALG.ECDSA } as const;

/** Parses TPMT_SIGNATURE of RSASSA, RSAPSS or ECDSA. Throws TpmFormatError. */
export function parseSignature(bytes: Uint8Array): TpmSignature {
  const reader = new WireReader(bytes);
  const algorithm = reader.u16('the signature algorithm');
  const hash = reader.u16('the signature hash');
  const signature = parseValue(algorithm, hash, reader);
  reader.end('the signature');
  return signature;
}

function parseValue(algorithm: number, hash: number, reader: WireReader): TpmSignature {
  if (algorithm === ALG.ECDSA) {
    const r = reader.sized('r', MAX_SCALAR_BYTES);
    return { algorithm: 'ecdsa', hash, r, s: reader.sized('s', MAX_SCALAR_BYTES) };
  }
  if (algorithm !== ALG.RSASSA && algorithm !== ALG.RSAPSS) {
    throw new TpmFormatError('the signature is not RSASSA, RSAPSS or ECDSA');
  }
  const signature = reader.sized('the signature', MAX_RSA_BITS / BITS_PER_BYTE);
  return { algorithm: algorithm === ALG.RSASSA ? 'rsassa' : 'rsapss', hash, signature };
}

/**
 * Whether `signature` by this key covers `message`. The key's own scheme and hash decide, not what the signature says of
 * itself: a signature that names another algorithm is refused before any arithmetic. A bare key leaves only its type and
 * the list of accepted hashes to decide. High s is lawful for TPMs; r and s of zero or beyond the order never verify.
 */
export function verifySignature(key: SigningKey, message: Uint8Array, signature: TpmSignature): boolean {
  const hash = hashById(signature.hash);
  if (hash === undefined || !fitsScheme(key.scheme, signature, hash.id)) return false;
  return signature.algorithm === 'ecdsa'
    ? verifyEcdsa(key, hash.name, message, signature)
    : verifyRsa(key, hash.name, message, signature);
}

function fitsScheme(scheme: SigningKey['scheme'], { algorithm }: TpmSignature, hash: number): boolean {
  if (scheme === 'any') return true;
  return scheme?.algorithm === SCHEME_OF[algorithm] && scheme.hash === hash;
}

type Signed<A> = Extract<TpmSignature, { algorithm: A }>;

function verifyEcdsa(
  { type, size, keyObject }: SigningKey,
  hash: string,
  message: Uint8Array,
  { r, s }: Signed<'ecdsa'>,
): boolean {
  if (type !== 'ecc' || r.length > size || s.length > size) return false;
  const raw = Buffer.concat([leftPad(r, size), leftPad(s, size)]);
  return verify(hash, message, { key: keyObject, dsaEncoding: 'ieee-p1363' }, raw);
}

function verifyRsa(
  { type, size, keyObject: key }: SigningKey,
  hash: string,
  message: Uint8Array,
  { algorithm, signature }: Exclude<TpmSignature, Signed<'ecdsa'>>,
): boolean {
  if (type !== 'rsa' || signature.length !== size) return false;
  if (algorithm === 'rsassa') {
    return verify(hash, message, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
  }
  // TPMs of different age fill the salt to the digest's size or as far as it goes.
  const saltLength = constants.RSA_PSS_SALTLEN_AUTO;
  return verify(hash, message, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }, signature);
}
