import { createPublicKey, ECDH, type KeyObject } from 'node:crypto';
import { ALG, type Curve, curveById, type HashAlgorithm, hashById } from './algorithms';
import { MAX_RSA_BITS, MAX_STRUCTURE_BYTES, MIN_RSA_BITS } from './limits';
import { TpmFormatError } from './tpm-format-error';
import { sized, u32, WireReader } from './wire';

/** TPMA_OBJECT bits (TPM 2.0 part 2, 8.3). */
export const ATTRIBUTE = {
  fixedTpm: 0x0000_0002,
  stClear: 0x0000_0004,
  fixedParent: 0x0000_0010,
  sensitiveDataOrigin: 0x0000_0020,
  userWithAuth: 0x0000_0040,
  adminWithPolicy: 0x0000_0080,
  noDa: 0x0000_0400,
  encryptedDuplication: 0x0000_0800,
  restricted: 0x0001_0000,
  decrypt: 0x0002_0000,
  sign: 0x0004_0000,
} as const;

/** A symmetric cipher of a storage key; absent where TPM_ALG_NULL. */
export interface SymmetricDefinition {
  readonly algorithm: number;
  readonly keyBits: number;
  readonly mode: number;
}

/** A signing or key-exchange scheme; absent where TPM_ALG_NULL, i.e. free to the caller of the TPM. */
export interface KeyScheme {
  readonly algorithm: number;
  readonly hash: number | undefined;
}

interface CommonArea {
  readonly nameAlgorithm: HashAlgorithm;
  readonly attributes: number;
  readonly authPolicy: Buffer;
  readonly symmetric: SymmetricDefinition | undefined;
  readonly scheme: KeyScheme | undefined;
}

export interface RsaPublicArea extends CommonArea {
  readonly type: 'rsa';
  readonly keyBits: number;
  /** 0 on the wire means 65537, which is what stands here then. */
  readonly exponent: number;
  readonly modulus: Buffer;
}

export interface EccPublicArea extends CommonArea {
  readonly type: 'ecc';
  readonly curve: Curve;
  readonly kdf: KeyScheme | undefined;
  /** Coordinates, left-padded to the curve's size. */
  readonly x: Buffer;
  readonly y: Buffer;
}

/** A parsed TPMT_PUBLIC of an RSA or ECC key. */
export type PublicArea = RsaPublicArea | EccPublicArea;

/** A public key of a TPM with the exact bytes its Name is computed over. */
export interface TpmPublicKey {
  readonly area: PublicArea;
  /** TPMT_PUBLIC as it stood on the wire. */
  readonly bytes: Buffer;
}

const DEFAULT_EXPONENT = 65_537;
const BITS_PER_BYTE = 8;
const TOP_BIT = 0x80;
const MAX_DIGEST_BYTES = 64;

/**
 * Parses TPM2B_PUBLIC, as `tpm2_createak -u` and `tpm2_readpublic -f tss` write it. Throws TpmFormatError for unknown
 * types and algorithms, weak or malformed keys, wrong sizes and trailing bytes.
 */
export function parsePublic(structure: Uint8Array): TpmPublicKey {
  // A copy: the key outlives the caller's memory.
  const outer = new WireReader(Buffer.from(structure));
  const bytes = outer.sized('the public area', MAX_STRUCTURE_BYTES);
  outer.end('the public area');
  return { area: parseArea(bytes), bytes };
}

/** TPM2B_PUBLIC of a parsed key. */
export function encodePublic(key: TpmPublicKey): Uint8Array {
  return sized(key.bytes);
}

function parseArea(bytes: Uint8Array): PublicArea {
  const reader = new WireReader(bytes);
  const type = reader.u16('the key type');
  const nameAlgorithm = hashById(reader.u16('the name algorithm'));
  if (nameAlgorithm === undefined) throw new TpmFormatError('the name algorithm is not SHA-256, 384 or 512');
  const attributes = reader.u32('the attributes');
  const authPolicy = reader.sized('the policy', MAX_DIGEST_BYTES);
  const common = { nameAlgorithm, attributes, authPolicy };
  const area = parseKey(type, reader, common);
  reader.end('the public area');
  return area;
}

type Heading = Pick<CommonArea, 'nameAlgorithm' | 'attributes' | 'authPolicy'>;

function parseKey(type: number, reader: WireReader, heading: Heading): PublicArea {
  if (type !== ALG.RSA && type !== ALG.ECC) throw new TpmFormatError('the key is neither RSA nor ECC');
  const common = { ...heading, symmetric: parseSymmetric(reader), scheme: parseScheme(reader) };
  return type === ALG.RSA ? parseRsa(reader, common) : parseEcc(reader, common);
}

function parseSymmetric(reader: WireReader): SymmetricDefinition | undefined {
  const algorithm = reader.u16('the symmetric algorithm');
  if (algorithm === ALG.NULL) return undefined;
  if (algorithm !== ALG.AES) throw new TpmFormatError('the symmetric algorithm is not AES');
  return { algorithm, keyBits: reader.u16('the symmetric key size'), mode: reader.u16('the cipher mode') };
}

const SCHEMES_WITH_HASH = new Set<number>([ALG.RSASSA, ALG.RSAPSS, ALG.OAEP, ALG.ECDSA, ALG.ECDH]);

function parseScheme(reader: WireReader): KeyScheme | undefined {
  const algorithm = reader.u16('the scheme');
  if (algorithm === ALG.NULL) return undefined;
  if (algorithm === ALG.RSAES) return { algorithm, hash: undefined };
  if (!SCHEMES_WITH_HASH.has(algorithm)) throw new TpmFormatError('the scheme is not known');
  return { algorithm, hash: reader.u16("the scheme's hash") };
}

function parseRsa(reader: WireReader, common: CommonArea): RsaPublicArea {
  const keyBits = reader.u16('the key size');
  if (keyBits < MIN_RSA_BITS || keyBits > MAX_RSA_BITS || keyBits % BITS_PER_BYTE !== 0) {
    throw new TpmFormatError(`an RSA key has ${MIN_RSA_BITS} to ${MAX_RSA_BITS} bits`);
  }
  const exponent = parseExponent(reader);
  const modulus = reader.sized('the modulus', keyBits / BITS_PER_BYTE);
  if (modulus.length !== keyBits / BITS_PER_BYTE || !hasTopAndLastBit(modulus)) {
    throw new TpmFormatError('the modulus is not of the stated size');
  }
  return { type: 'rsa', ...common, keyBits, exponent, modulus };
}

function parseExponent(reader: WireReader): number {
  const written = reader.u32('the exponent');
  const exponent = written === 0 ? DEFAULT_EXPONENT : written;
  if (exponent < DEFAULT_EXPONENT || exponent % 2 === 0) throw new TpmFormatError('the RSA exponent is weak');
  return exponent;
}

function hasTopAndLastBit(modulus: Buffer): boolean {
  return (modulus[0] ?? 0) >= TOP_BIT && (modulus[modulus.length - 1] ?? 0) % 2 === 1;
}

function parseEcc(reader: WireReader, common: CommonArea): EccPublicArea {
  const curve = curveById(reader.u16('the curve'));
  if (curve === undefined) throw new TpmFormatError('the curve is not P-256 or P-384');
  const kdfAlgorithm = reader.u16('the key derivation');
  const kdf =
    kdfAlgorithm === ALG.NULL
      ? undefined
      : { algorithm: kdfAlgorithm, hash: reader.u16("the derivation's hash") };
  const x = leftPad(reader.sized('the x coordinate', curve.size), curve.size);
  const y = leftPad(reader.sized('the y coordinate', curve.size), curve.size);
  try {
    ECDH.convertKey(
      Buffer.concat([Buffer.of(4), x, y]),
      curve.nodeName,
      undefined,
      undefined,
      'uncompressed',
    );
  } catch {
    throw new TpmFormatError('the point is not on its curve');
  }
  return { type: 'ecc', ...common, curve, kdf, x, y };
}

/** TPMs may leave out leading zeros of integers. */
export function leftPad(bytes: Uint8Array, size: number): Buffer {
  return Buffer.concat([Buffer.alloc(size - bytes.length), bytes]);
}

/** The uncompressed point of an ECC key: 0x04, x, y. */
export function eccPoint(area: EccPublicArea): Buffer {
  return Buffer.concat([Buffer.of(4), area.x, area.y]);
}

/** The key for node:crypto. */
export function toKeyObject(area: PublicArea): KeyObject {
  if (area.type === 'ecc') {
    const { curve, x, y } = area;
    const key = { kty: 'EC', crv: curve.name, x: x.toString('base64url'), y: y.toString('base64url') };
    return createPublicKey({ key, format: 'jwk' });
  }
  const key = {
    kty: 'RSA',
    n: area.modulus.toString('base64url'),
    e: u32(area.exponent).toString('base64url'),
  };
  return createPublicKey({ key, format: 'jwk' });
}

export function hasAttributes(area: PublicArea, wanted: number, unwanted = 0): boolean {
  return (area.attributes & wanted) === wanted && (area.attributes & unwanted) === 0;
}

/** What an attestation key must be: made in and bound to this TPM, and able to sign only what the TPM itself says. */
export function isAttestationKey(area: PublicArea): boolean {
  const { fixedTpm, fixedParent, sensitiveDataOrigin, restricted, sign, decrypt } = ATTRIBUTE;
  return hasAttributes(area, fixedTpm | fixedParent | sensitiveDataOrigin | restricted | sign, decrypt);
}

/** What an endorsement key must be: a restricted decryption key of this TPM with AES-CFB, as MakeCredential needs. */
export function isEndorsementKey(area: PublicArea): boolean {
  const { fixedTpm, fixedParent, sensitiveDataOrigin, restricted, sign, decrypt } = ATTRIBUTE;
  const bound = hasAttributes(
    area,
    fixedTpm | fixedParent | sensitiveDataOrigin | restricted | decrypt,
    sign,
  );
  return bound && area.symmetric?.algorithm === ALG.AES && area.symmetric.mode === ALG.CFB;
}

/** What a key that receives content keys must be: P-256, made in this TPM, never to leave it, deriving and not signing. */
export function isReleaseKey(area: PublicArea): area is EccPublicArea {
  const { fixedTpm, fixedParent, sensitiveDataOrigin, restricted, sign, decrypt } = ATTRIBUTE;
  const bound = hasAttributes(
    area,
    fixedTpm | fixedParent | sensitiveDataOrigin | decrypt,
    sign | restricted,
  );
  return bound && area.type === 'ecc' && area.curve.name === 'P-256';
}
