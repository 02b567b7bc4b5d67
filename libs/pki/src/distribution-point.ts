import { type DerElement, DerReader } from './der-reader';
import { TAG } from './der-tags';
import { element, extension, header, sequence } from './der-writer';
import { type Extension } from './extensions';
import { MAX_DISTRIBUTION_POINTS, MAX_URI_LENGTH } from './limits';
import { OID } from './oid';
import { PkiFormatError } from './pki-format-error';

/** Which certificates of an issuer a CRL speaks of. */
export type OnlyContains = 'userCertificates' | 'caCertificates' | 'attributeCertificates';

/** Where a CRL or a certificate's revocation is found (RFC 5280 §4.2.1.13 and §5.2.5). */
export interface DistributionPoint {
  /** GeneralNames as DER in hex, so that names of every kind compare; a relative name is completed by its issuer's. */
  readonly names: readonly string[];
  /** ReasonFlags as a mask, bit 0 first; undefined for all reasons. */
  readonly reasons: number | undefined;
}

export interface IssuingDistributionPoint extends DistributionPoint {
  readonly onlyContains: OnlyContains | undefined;
  readonly indirect: boolean;
}

export interface CertificateDistributionPoint extends DistributionPoint {
  /** Whether another authority than the issuer signs the CRL. */
  readonly otherIssuer: boolean;
}

const URI_TAG = TAG.context + 6;
const DIRECTORY_NAME_TAG = TAG.contextConstructed + 4;
const SET_TAG = 0x31;
const ONLY_CONTAINS = {
  userCertificates: 1,
  caCertificates: 2,
  attributeCertificates: 5,
} as const satisfies Record<OnlyContains, number>;
const INDIRECT = 4;
/** Printable ASCII without what RFC 3986 does not allow. */
const URI = /^(?:https?|ldap):\/\/[!#-;=?-Z_a-z~[\]@]+$/;

/** A URI as GeneralName. Throws PkiFormatError for text that is no absolute URI. */
export function uriName(uri: string): Buffer {
  if (uri.length > MAX_URI_LENGTH || !URI.test(uri)) {
    throw new PkiFormatError('a distribution point is an absolute http, https or ldap URI in ASCII');
  }
  return element(URI_TAG, Buffer.from(uri, 'latin1'));
}

function fullName(uri: string): Buffer {
  return element(TAG.contextConstructed, element(TAG.contextConstructed, uriName(uri)));
}

/** IssuingDistributionPoint, critical as RFC 5280 §5.2.5 has it. */
export function issuingDistributionPoint(
  uri: string | undefined,
  onlyContains: OnlyContains | undefined,
): Buffer {
  const parts: Buffer[] = uri === undefined ? [] : [fullName(uri)];
  if (onlyContains !== undefined) {
    parts.push(element(TAG.context + ONLY_CONTAINS[onlyContains], Buffer.of(TRUE)));
  }
  return extension(OID.issuingDistributionPoint, sequence(...parts), true);
}

/** FreshestCRL with one URI, never critical (RFC 5280 §5.2.6): where a full CRL's deltas are. */
export function freshestCrl(uri: string): Buffer {
  return extension(OID.freshestCrl, sequence(sequence(fullName(uri))));
}

const TRUE = 0xff;

/** Reads the extension's value. `issuer` is the DER of the CRL issuer's name, which completes a relative name. */
export function readIssuingDistributionPoint(
  { value }: Extension,
  issuer: Uint8Array,
): IssuingDistributionPoint {
  const outer = new DerReader(value);
  const fields = outer.inside(outer.expect(TAG.sequence, 'the issuing distribution point'));
  outer.finish('the issuing distribution point');
  const names = readPointName(fields, issuer);
  const user = readFlag(fields, ONLY_CONTAINS.userCertificates);
  const ca = readFlag(fields, ONLY_CONTAINS.caCertificates);
  const reasons = readReasonFlags(fields, INDIRECT - 1);
  const indirect = readFlag(fields, INDIRECT);
  const attribute = readFlag(fields, ONLY_CONTAINS.attributeCertificates);
  fields.finish('the issuing distribution point');
  if ([user, ca, attribute].filter(Boolean).length > 1) {
    throw new PkiFormatError('the CRL is only for two kinds of certificates, thus for none');
  }
  const kind = attribute ? 'attributeCertificates' : ca ? 'caCertificates' : undefined;
  return { names, reasons, indirect, onlyContains: user ? 'userCertificates' : kind };
}

/** Reads CRLDistributionPoints or FreshestCRL. `issuer` is the DER of the certificate issuer's name. */
export function readDistributionPoints(
  { value }: Extension,
  issuer: Uint8Array,
): CertificateDistributionPoint[] {
  const outer = new DerReader(value);
  const points = outer.inside(outer.expect(TAG.sequence, 'the distribution points'));
  outer.finish('the distribution points');
  const found: CertificateDistributionPoint[] = [];
  while (!points.done) {
    if (found.length >= MAX_DISTRIBUTION_POINTS)
      throw new PkiFormatError('there are too many distribution points');
    const fields = points.inside(points.expect(TAG.sequence, 'a distribution point'));
    const names = readPointName(fields, issuer);
    const reasons = readReasonFlags(fields, 1);
    const otherIssuer = fields.optional(TAG.contextConstructed + 2, 'the CRL issuer') !== undefined;
    fields.finish('a distribution point');
    found.push({ names, reasons, otherIssuer });
  }
  if (found.length === 0) throw new PkiFormatError('a list of distribution points is empty');
  return found;
}

function readFlag(fields: DerReader, number: number): boolean {
  const flag = fields.optional(TAG.context + number, 'a flag of the distribution point');
  if (flag === undefined) return false;
  const content = fields.content(flag);
  if (content.length !== 1 || content[0] !== TRUE) {
    throw new PkiFormatError('a flag of the distribution point is written although false, or malformed');
  }
  return true;
}

const BITS = 8;
const TOP_BIT = 0x80;

/** ReasonFlags as a mask with bit n for reason flag n. */
function readReasonFlags(fields: DerReader, number: number): number | undefined {
  const found = fields.optional(TAG.context + number, 'the reasons');
  if (found === undefined) return undefined;
  const [unused = BITS, ...octets] = fields.content(found);
  if (unused >= BITS || octets.length === 0 || octets.length > 2) {
    throw new PkiFormatError('the reasons of a distribution point are malformed');
  }
  let mask = 0;
  octets.forEach((octet, index) => {
    for (let bit = 0; bit < BITS; bit += 1) {
      if ((octet & (TOP_BIT >> bit)) !== 0) mask |= 1 << (index * BITS + bit);
    }
  });
  return mask;
}

function readPointName(fields: DerReader, issuer: Uint8Array): string[] {
  const wrapper = fields.optional(TAG.contextConstructed, 'the name of the distribution point');
  if (wrapper === undefined) return [];
  const choice = fields.inside(wrapper);
  const name = choice.next('the name of the distribution point');
  choice.finish('the name of the distribution point');
  if (name.tag === TAG.contextConstructed) return readGeneralNames(choice, name);
  if (name.tag !== TAG.contextConstructed + 1) {
    throw new PkiFormatError('the name of the distribution point has another type');
  }
  return [completeName(issuer, choice.content(name))];
}

function readGeneralNames(reader: DerReader, list: DerElement): string[] {
  const items = reader.inside(list);
  const names: string[] = [];
  while (!items.done) {
    if (names.length >= MAX_DISTRIBUTION_POINTS)
      throw new PkiFormatError('a distribution point has too many names');
    names.push(items.whole(items.next('a name')).toString('hex'));
  }
  if (names.length === 0) throw new PkiFormatError('a distribution point has an empty list of names');
  return names;
}

/** The issuer's name with one more relative name, as a GeneralName. */
function completeName(issuer: Uint8Array, relative: Buffer): string {
  const outer = new DerReader(issuer);
  const prefix = outer.content(outer.expect(TAG.sequence, 'the issuer'));
  const name = sequence(prefix, header(SET_TAG, relative.length), relative);
  return element(DIRECTORY_NAME_TAG, name).toString('hex');
}
