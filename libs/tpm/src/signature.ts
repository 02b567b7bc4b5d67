import { constants, verify } from 'node:crypto';
import { ALG, hashById } from './algorithms';
import { MAX_RSA_BITS } from './limits';
import { leftPad, type PublicArea, toKeyObject } from './public-area';
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
 * itself: a signature that names another algorithm is refused before any arithmetic. High s is lawful for TPMs.
 */
export function verifySignature(area: PublicArea, message: Uint8Array, signature: TpmSignature): boolean {
  const hash = hashById(signature.hash);
  const { scheme } = area;
  if (hash === undefined || scheme?.algorithm !== SCHEME_OF[signature.algorithm] || scheme.hash !== hash.id) {
    return false;
  }
  return signature.algorithm === 'ecdsa'
    ? verifyEcdsa(area, hash.name, message, signature)
    : verifyRsa(area, hash.name, message, signature);
}

type Signed<A> = Extract<TpmSignature, { algorithm: A }>;

function verifyEcdsa(
  area: PublicArea,
  hash: string,
  message: Uint8Array,
  { r, s }: Signed<'ecdsa'>,
): boolean {
  if (area.type !== 'ecc' || r.length > area.curve.size || s.length > area.curve.size) return false;
  const raw = Buffer.concat([leftPad(r, area.curve.size), leftPad(s, area.curve.size)]);
  return verify(hash, message, { key: toKeyObject(area), dsaEncoding: 'ieee-p1363' }, raw);
}

function verifyRsa(
  area: PublicArea,
  hash: string,
  message: Uint8Array,
  { algorithm, signature }: Exclude<TpmSignature, Signed<'ecdsa'>>,
): boolean {
  if (area.type !== 'rsa' || signature.length !== area.modulus.length) return false;
  const key = toKeyObject(area);
  if (algorithm === 'rsassa') {
    return verify(hash, message, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
  }
  // TPMs of different age fill the salt to the digest's size or as far as it goes.
  const saltLength = constants.RSA_PSS_SALTLEN_AUTO;
  return verify(hash, message, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }, signature);
}
