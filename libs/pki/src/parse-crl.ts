import { readAlgorithm, readSignature } from './algorithm';
import { normalizeSerial } from './serial';
import { type CrlReason, reasonName, REMOVE_FROM_CRL } from './crl-reasons';
import { type DerElement, DerReader } from './der-reader';
import { TAG } from './der-tags';
import { type IssuingDistributionPoint, readIssuingDistributionPoint } from './distribution-point';
import { type Extension, findExtension, readAuthorityKeyIdentifier, readExtensions } from './extensions';
import { MAX_CRL_BYTES, MAX_CRL_ENTRIES } from './limits';
import { OID } from './oid';
import { PkiFormatError } from './pki-format-error';

/** One entry as read. */
export interface CrlEntry {
  /** Lower-case hex without leading zeros. */
  readonly serial: string;
  readonly revokedAt: number;
  /** Absent for "unspecified". */
  readonly reason?: CrlReason | 'removeFromCRL';
  readonly invalidityDate?: number;
}

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
  entries(): Generator<CrlEntry, void>;
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
  if (input.length > MAX_CRL_BYTES) throw new PkiFormatError(`a CRL has at most ${MAX_CRL_BYTES} bytes`);
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
    ...walkEntries(list, revoked),
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

function walkEntries(
  list: DerReader,
  revoked: DerElement | undefined,
): Pick<CrlList, 'entryCount' | 'unknownCriticalEntryExtensions' | 'entries' | 'find'> {
  const unknown = new Set<string>();
  let entryCount = 0;
  function* entries(): Generator<CrlEntry, void> {
    if (revoked === undefined) return;
    const reader = list.inside(revoked);
    while (!reader.done) yield readEntry(reader, unknown);
  }
  if (revoked !== undefined) {
    for (const entry of entries()) {
      entryCount += 1;
      if (entry.serial === '00') throw new PkiFormatError('an entry has the serial number zero');
      if (entryCount > MAX_CRL_ENTRIES) throw new PkiFormatError('the CRL has too many entries');
    }
    if (entryCount === 0) throw new PkiFormatError('the list of entries is empty instead of absent');
  }
  return {
    entryCount,
    unknownCriticalEntryExtensions: [...unknown],
    entries,
    find: (serial) => {
      const wanted = normalizeSerial(serial);
      for (const entry of entries()) if (entry.serial === wanted) return entry;
      return undefined;
    },
  };
}

const KNOWN_ENTRY_EXTENSIONS = new Set<string>([OID.reasonCode, OID.invalidityDate]);

function readEntry(reader: DerReader, unknown: Set<string>): CrlEntry {
  const fields = reader.inside(reader.expect(TAG.sequence, 'an entry'));
  const serial = fields.unsigned('a serial number');
  const revokedAt = fields.time('a revocation date');
  if (fields.done) return { serial, revokedAt };
  const extensions = readExtensions(fields, fields.expect(TAG.sequence, "an entry's extensions"));
  fields.finish('an entry');
  for (const { oid, critical } of extensions) {
    if (critical && !KNOWN_ENTRY_EXTENSIONS.has(oid)) unknown.add(oid);
  }
  return { serial, revokedAt, ...readReason(extensions), ...readInvalidityDate(extensions) };
}

function readReason(extensions: readonly Extension[]): Pick<CrlEntry, 'reason'> {
  const extension = findExtension(extensions, OID.reasonCode);
  if (extension === undefined) return {};
  const reader = new DerReader(extension.value);
  const content = reader.content(reader.expect(TAG.enumerated, 'a reason'));
  reader.finish('a reason');
  const code = content.length === 1 ? (content[0] ?? 0) : 0;
  const reason = code === REMOVE_FROM_CRL ? 'removeFromCRL' : reasonName(code);
  if (reason === undefined) throw new PkiFormatError('a reason has a value that RFC 5280 does not allow');
  return { reason };
}

function readInvalidityDate(extensions: readonly Extension[]): Pick<CrlEntry, 'invalidityDate'> {
  const extension = findExtension(extensions, OID.invalidityDate);
  if (extension === undefined) return {};
  const reader = new DerReader(extension.value);
  if (reader.peek() !== TAG.generalizedTime)
    throw new PkiFormatError('an invalidity date is not a GeneralizedTime');
  const invalidityDate = reader.time('an invalidity date');
  reader.finish('an invalidity date');
  return { invalidityDate };
}
