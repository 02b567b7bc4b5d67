import { readAlgorithm, readSignature } from './algorithm';
import { CrlEntries } from './crl-entries';
import { type CrlEntry } from './crl-entry';
import { type DerElement, DerReader } from './der-reader';
import { TAG } from './der-tags';
import { type IssuingDistributionPoint, readIssuingDistributionPoint } from './distribution-point';
import { type Extension, findExtension, readAuthorityKeyIdentifier, readExtensions } from './extensions';
import { MAX_CRL_BYTES, MAX_CRL_FILE_BYTES } from './limits';
import { OID } from './oid';
import { PkiFormatError } from './pki-format-error';

/** The signed part of a CRL. Entries stay in the bytes and are read on demand. */
export interface CrlList {
  /** Object identifier (hex) inside of the signed part. */
  readonly innerAlgorithm: string;
  readonly issuer: Buffer;
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  readonly extensions: readonly Extension[];
  readonly number: bigint | undefined;
  /** Number of the full CRL that this delta builds on; undefined for a full CRL. */
  readonly baseNumber: bigint | undefined;
  /** Undefined for a CRL of all certificates of its issuer. */
  readonly scope: IssuingDistributionPoint | undefined;
  readonly authorityKeyIdentifier: Buffer | undefined;
  readonly entryCount: number;
  /** Identifiers (hex) of critical entry extensions that are not understood. */
  readonly unknownCriticalEntryExtensions: readonly string[];
  entries(): Iterable<CrlEntry>;
  /** The entry of this serial number (hex), or undefined. */
  find(serial: string): CrlEntry | undefined;
}

/** A parsed CRL. */
export interface Crl extends CrlList {
  /** The signed bytes. */
  readonly tbs: Buffer;
  /** Object identifier (hex) beside the signature; it must agree with the one inside. */
  readonly outerAlgorithm: string;
  readonly signature: Buffer;
}

const PEM_CRL = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/g;

/** DER of a CRL given as DER or as PEM with exactly one CRL. Throws PkiFormatError. */
export function crlBytes(input: Uint8Array): Buffer {
  if (input.length > MAX_CRL_FILE_BYTES)
    throw new PkiFormatError(`a CRL has at most ${MAX_CRL_BYTES} bytes in DER`);
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.length);
  if (bytes[0] === TAG.sequence) return bytes;
  const blocks = [...bytes.toString('latin1').matchAll(PEM_CRL)];
  const [block] = blocks;
  if (block === undefined || blocks.length > 1)
    throw new PkiFormatError('the file holds not exactly one CRL');
  return Buffer.from(block[1] ?? '', 'base64');
}

/** Parses a CRL (DER) completely: every entry is walked once. Throws PkiFormatError. */
export function parseCrl(der: Uint8Array): Crl {
  if (der.length > MAX_CRL_BYTES) throw new PkiFormatError(`a CRL has at most ${MAX_CRL_BYTES} bytes`);
  const outer = new DerReader(der);
  const crl = outer.inside(outer.expect(TAG.sequence, 'the CRL'));
  outer.finish('the CRL');
  const tbs = crl.expect(TAG.sequence, 'the list');
  const outerAlgorithm = readAlgorithm(crl);
  const signature = readSignature(crl);
  return {
    ...readList(crl.inside(tbs)),
    tbs: crl.whole(tbs),
    outerAlgorithm,
    signature,
  };
}

/** Parses a TBSCertList (DER), for what is checked before it is signed. Throws PkiFormatError. */
export function parseTbsCrl(tbs: Uint8Array): CrlList {
  if (tbs.length > MAX_CRL_BYTES) throw new PkiFormatError(`a CRL has at most ${MAX_CRL_BYTES} bytes`);
  const outer = new DerReader(tbs);
  const list = outer.expect(TAG.sequence, 'the list');
  outer.finish('the list');
  return readList(outer.inside(list));
}

function readList(list: DerReader): CrlList {
  if (list.unsigned('the version') !== '01') throw new PkiFormatError('the CRL is not of version 2');
  const innerAlgorithm = readAlgorithm(list);
  const issuer = list.whole(list.expect(TAG.sequence, 'the issuer'));
  const thisUpdate = list.time('thisUpdate');
  const isTime = list.peek() === TAG.utcTime || list.peek() === TAG.generalizedTime;
  const nextUpdate = isTime ? list.time('nextUpdate') : undefined;
  const revoked = list.optional(TAG.sequence, 'the entries');
  const wrapper = list.optional(TAG.contextConstructed, 'the extensions');
  list.finish('the extensions');
  return {
    innerAlgorithm,
    issuer,
    thisUpdate,
    nextUpdate,
    ...readKnownExtensions(list, wrapper, issuer),
    ...readEntries(list, revoked),
  };
}

function readKnownExtensions(
  list: DerReader,
  wrapper: DerElement | undefined,
  issuer: Buffer,
): Pick<CrlList, 'extensions' | 'number' | 'baseNumber' | 'scope' | 'authorityKeyIdentifier'> {
  const extensions = wrapper === undefined ? [] : readListExtensions(list.inside(wrapper));
  const scope = findExtension(extensions, OID.issuingDistributionPoint);
  const aki = findExtension(extensions, OID.authorityKeyIdentifier);
  return {
    extensions,
    number: readNumber(findExtension(extensions, OID.crlNumber)),
    baseNumber: readNumber(findExtension(extensions, OID.deltaCrlIndicator)),
    scope: scope === undefined ? undefined : readIssuingDistributionPoint(scope, issuer),
    authorityKeyIdentifier: aki === undefined ? undefined : readAuthorityKeyIdentifier(aki),
  };
}

function readListExtensions(reader: DerReader): Extension[] {
  const extensions = readExtensions(reader, reader.expect(TAG.sequence, 'the extensions'));
  reader.finish('the extensions');
  return extensions;
}

function readNumber(extension: Extension | undefined): bigint | undefined {
  if (extension === undefined) return undefined;
  const reader = new DerReader(extension.value);
  const hex = reader.unsigned('the CRL number');
  reader.finish('the CRL number');
  return BigInt(`0x${hex}`);
}

function readEntries(
  list: DerReader,
  revoked: DerElement | undefined,
): Pick<CrlList, 'entryCount' | 'unknownCriticalEntryExtensions' | 'entries' | 'find'> {
  const found = revoked === undefined ? undefined : new CrlEntries(list, revoked);
  return {
    entryCount: found?.count ?? 0,
    unknownCriticalEntryExtensions: found?.unknownCriticalExtensions ?? [],
    entries: () => found ?? [],
    find: (serial) => found?.find(serial),
  };
}
