import { DerReader } from './der-reader';
import { TAG } from './der-tags';
import { type Extension } from './extensions';
import { MAX_EXTENSIONS } from './limits';
import { PkiFormatError } from './pki-format-error';

/** Bits of KeyUsage, from the top of its first byte: keyEncipherment 2, keyAgreement 4, keyCertSign 5, cRLSign 6 (RFC 5280 §4.2.1.3). */
const KEY_ENCIPHERMENT_BIT = 0x20;
const KEY_AGREEMENT_BIT = 0x08;
const CERTIFICATE_SIGN_BIT = 0x04;
const CRL_SIGN_BIT = 0x02;

export function readKeyIdentifier(extension: Extension): Buffer {
  const reader = new DerReader(extension.value);
  return Buffer.from(reader.content(reader.expect(TAG.octetString, 'the subject key identifier')));
}

export function readIsCa(extension: Extension | undefined): boolean {
  if (extension === undefined) return false;
  const reader = new DerReader(extension.value);
  const fields = reader.inside(reader.expect(TAG.sequence, 'the basic constraints'));
  const flag = fields.optional(TAG.boolean, 'the CA flag');
  return flag !== undefined && fields.content(flag)[0] !== 0;
}

/** What a key may sign; all of it where the extension is absent. */
export interface KeyUsage {
  readonly hasKeyUsage: boolean;
  readonly maySignCrls: boolean;
  readonly maySignCertificates: boolean;
  /** Whether the extension is there and names keyEncipherment, or keyAgreement. */
  readonly enciphersKeys: boolean;
  readonly agreesKeys: boolean;
}

const NO_KEY_USAGE: KeyUsage = {
  hasKeyUsage: false,
  maySignCrls: true,
  maySignCertificates: true,
  enciphersKeys: false,
  agreesKeys: false,
};

export function readKeyUsage(extension: Extension | undefined): KeyUsage {
  if (extension === undefined) return NO_KEY_USAGE;
  const reader = new DerReader(extension.value);
  const bits = reader.content(reader.expect(TAG.bitString, 'the key usage'))[1] ?? 0;
  return {
    hasKeyUsage: true,
    maySignCrls: (bits & CRL_SIGN_BIT) !== 0,
    maySignCertificates: (bits & CERTIFICATE_SIGN_BIT) !== 0,
    enciphersKeys: (bits & KEY_ENCIPHERMENT_BIT) !== 0,
    agreesKeys: (bits & KEY_AGREEMENT_BIT) !== 0,
  };
}

export function readPurposes(extension: Extension | undefined): readonly string[] | undefined {
  if (extension === undefined) return undefined;
  const outer = new DerReader(extension.value);
  const items = outer.inside(outer.expect(TAG.sequence, 'the extended key usage'));
  const purposes: string[] = [];
  while (!items.done) {
    if (purposes.length >= MAX_EXTENSIONS) throw new PkiFormatError('there are too many key purposes');
    purposes.push(items.content(items.expect(TAG.oid, 'a key purpose')).toString('hex'));
  }
  return purposes;
}
