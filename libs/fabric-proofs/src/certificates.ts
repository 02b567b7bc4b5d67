import {
  DER_BIT_STRING,
  DER_BOOLEAN,
  DER_INTEGER,
  DER_OBJECT_IDENTIFIER,
  DER_OCTET_STRING,
  DER_SEQUENCE,
  DER_SET,
  type DerElement,
  derChildren,
  readDer,
} from './der';
import { hex } from './digests';
import { ProofError } from './errors';
import { MAX_CACHED_CERTIFICATES, MAX_CERTIFICATE_BYTES } from './limits';
import { type KeyKind } from './platform/key-kind';
import { importKey, type PublicKey } from './platform/crypto';

/** What verification needs of an X.509 certificate (RFC 5280 §4.1). Read by the same code in Node and in browsers. */
export interface Certificate {
  /** The signed part, as received. */
  readonly tbs: Uint8Array;
  /** OID of the signature's algorithm, as hex of its DER content. */
  readonly signatureAlgorithm: string;
  readonly signature: Uint8Array;
  /** Hex of the serial's INTEGER content. */
  readonly serial: string;
  /** DER of the names, as received: names are compared byte for byte. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** The subject's organizational units, in order. */
  readonly organizationalUnits: readonly string[];
  readonly key: PublicKey;
  /** basicConstraints says that it may issue certificates. */
  readonly isAuthority: boolean;
}

const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/;
/** 1.2.840.10045.2.1 ecPublicKey with 1.2.840.10045.3.1.7 P-256, and 1.3.101.112 Ed25519. */
const OID_EC_KEY = '2a8648ce3d0201';
const OID_P256 = '2a8648ce3d030107';
const OID_ED25519 = '2b6570';
/** 2.5.4.11 */
const OID_ORGANIZATIONAL_UNIT = '55040b';
/** 2.5.29.19 */
const OID_BASIC_CONSTRAINTS = '551d13';
const TAG_VERSION = 0xa0;
const TAG_EXTENSIONS = 0xa3;
const UTF8 = new TextDecoder('utf-8');

/** Parsed certificates by their PEM; a cache of a pure function, bounded because anybody can put a certificate in a receipt. */
const parsed = new Map<string, Certificate>();

function malformed(): never {
  throw new ProofError('SIGNATURE_INVALID', 'the identity carries no readable X.509 certificate');
}

function element(elements: readonly DerElement[], at: number, tag: number): DerElement {
  const found = elements[at];
  return found?.tag === tag ? found : malformed();
}

function keyKind(spki: DerElement): KeyKind {
  const algorithm = derChildren(element(derChildren(spki.content), 0, DER_SEQUENCE).content);
  const oid = hex(element(algorithm, 0, DER_OBJECT_IDENTIFIER).content);
  if (oid === OID_ED25519) return 'ed25519';
  const parameter = algorithm[1];
  return oid === OID_EC_KEY && parameter !== undefined && hex(parameter.content) === OID_P256
    ? 'p256'
    : 'other';
}

function unitsOf(subject: DerElement): string[] {
  return derChildren(subject.content)
    .filter(({ tag }) => tag === DER_SET)
    .flatMap((set) => derChildren(set.content))
    .map((attribute) => derChildren(attribute.content))
    .filter(([type]) => type !== undefined && hex(type.content) === OID_ORGANIZATIONAL_UNIT)
    .map(([, value]) => UTF8.decode(value?.content));
}

const NOTHING = new Uint8Array(0);

/** Content of an extension's OCTET STRING, from Extension { OID, [critical BOOLEAN,] OCTET STRING }. */
function extensionValue(extensions: DerElement | undefined, oid: string): Uint8Array | null {
  const list = derChildren(extensions?.content ?? NOTHING)[0];
  for (const extension of derChildren(list?.content ?? NOTHING)) {
    const parts = derChildren(extension.content);
    if (parts[0] === undefined || hex(parts[0].content) !== oid) continue;
    return parts.find(({ tag }) => tag === DER_OCTET_STRING)?.content ?? null;
  }
  return null;
}

/** BasicConstraints { cA BOOLEAN DEFAULT FALSE, … }. */
function isAuthority(extensions: DerElement | undefined): boolean {
  const value = extensionValue(extensions, OID_BASIC_CONSTRAINTS);
  if (value === null) return false;
  const [ca] = derChildren(readDer(value, 0).content);
  return ca?.tag === DER_BOOLEAN && ca.content[0] === 0xff;
}

function parseDer(der: Uint8Array): Certificate {
  const outer = readDer(der, 0);
  if (outer.tag !== DER_SEQUENCE || outer.end !== der.length) malformed();
  const [tbs, algorithm, signature] = derChildren(outer.content);
  if (tbs === undefined || algorithm === undefined || signature?.tag !== DER_BIT_STRING) return malformed();
  const fields = derChildren(tbs.content);
  const first = fields[0]?.tag === TAG_VERSION ? 1 : 0;
  const spki = element(fields, first + 5, DER_SEQUENCE);
  const kind = keyKind(spki);
  const key = importKey(kind, spki.whole);
  if (key === null) return malformed();
  const subject = element(fields, first + 4, DER_SEQUENCE);
  return {
    tbs: tbs.whole,
    signatureAlgorithm: hex(element(derChildren(algorithm.content), 0, DER_OBJECT_IDENTIFIER).content),
    signature: signature.content.subarray(1),
    serial: hex(element(fields, first, DER_INTEGER).content),
    issuer: element(fields, first + 2, DER_SEQUENCE).whole,
    subject: subject.whole,
    organizationalUnits: unitsOf(subject),
    key,
    isAuthority: isAuthority(fields.find(({ tag }) => tag === TAG_EXTENSIONS)),
  };
}

/** The DER in a PEM text. @throws ProofError SIGNATURE_INVALID */
export function derOfPem(pem: string): Uint8Array {
  if (pem.length > MAX_CERTIFICATE_BYTES) malformed();
  const [, body] = PEM.exec(pem) ?? [];
  return body === undefined ? malformed() : Buffer.from(body, 'base64');
}

/**
 * Reads a certificate in PEM; the first one where there are several. Names, validity and extensions are not judged here.
 * @throws ProofError SIGNATURE_INVALID when it is none, or its public key can't be read
 */
export function readCertificate(pem: string): Certificate {
  const known = parsed.get(pem);
  if (known !== undefined) return known;
  let certificate: Certificate;
  try {
    certificate = parseDer(derOfPem(pem));
  } catch (error) {
    if (error instanceof ProofError && error.code !== 'DER_MALFORMED') throw error;
    return malformed();
  }
  if (parsed.size >= MAX_CACHED_CERTIFICATES) {
    const [oldest] = parsed.keys();
    if (oldest !== undefined) parsed.delete(oldest);
  }
  parsed.set(pem, certificate);
  return certificate;
}
