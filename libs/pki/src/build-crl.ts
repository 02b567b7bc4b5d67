import { CRL_REASONS, type CrlReason } from './crl-reasons';
import { TAG } from './der-tags';
import {
  ByteSink,
  element,
  extension,
  generalizedTime,
  header,
  integer,
  magnitude,
  oid,
  sequence,
  time,
} from './der-writer';
import { MAX_CRL_ENTRIES, MAX_NUMBER_BYTES } from './limits';
import { OID } from './oid';
import { PkiFormatError } from './pki-format-error';

/** One revoked certificate. */
export interface RevokedCertificate {
  /** Serial number in hex; leading zeros do not matter. */
  readonly serial: string;
  /** Unix seconds, not after thisUpdate. */
  readonly revokedAt: number;
  readonly reason?: CrlReason;
  /** Unix seconds from which the key is believed compromised; may precede `revokedAt`. */
  readonly invalidityDate?: number;
}

export interface CrlContent {
  /** DER of the issuer's subject name. */
  readonly issuer: Uint8Array;
  /** subjectKeyIdentifier of the issuer's certificate. */
  readonly authorityKeyIdentifier: Uint8Array;
  /** Unix seconds. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** Strictly growing for this issuer and scope. */
  readonly number: bigint;
  readonly revoked: readonly RevokedCertificate[];
  /** Distribution point that the certificates name; makes the CRL a shard (critical extension). */
  readonly distributionPoint?: string;
  /** Makes the CRL a delta to the full CRL of this number (critical extension). */
  readonly deltaBase?: bigint;
}

const VERSION_2 = integer(1n);
/** The one signature of our HSMs: ECDSA with SHA-256, no parameters. */
const SIGNATURE_ALGORITHM = sequence(oid(OID.ecdsaWithSha256));
const HEX = /^[0-9a-f]+$/i;
const URI_TAG = TAG.context + 6;

/** A serial in the form that lists compare: lower-case hex, whole bytes, no leading zero bytes. Throws PkiFormatError. */
export function normalizeSerial(serial: string): string {
  const digits = HEX.test(serial) ? serial.toLowerCase().replace(/^0+/, '') : '';
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  if (even.length === 0 || even.length > 2 * MAX_NUMBER_BYTES) {
    throw new PkiFormatError('a serial number is 1 to 20 octets in hex and not zero');
  }
  return even;
}

/**
 * TBSCertList (DER) of RFC 5280 §5.1, to be signed with ECDSA over its SHA-256. Entries come out in order of serial
 * number, so that equal states give equal bytes. Throws PkiFormatError for content that lints reject: an empty validity,
 * a revocation in the future, a serial twice.
 */
export function buildTbsCrl(content: CrlContent): Uint8Array {
  if (content.nextUpdate <= content.thisUpdate)
    throw new PkiFormatError('nextUpdate is not after thisUpdate');
  if (content.revoked.length > MAX_CRL_ENTRIES)
    throw new PkiFormatError('there are too many entries for one CRL');
  const entries = encodeEntries(content);
  const front = Buffer.concat([
    VERSION_2,
    SIGNATURE_ALGORITHM,
    content.issuer,
    time(content.thisUpdate),
    time(content.nextUpdate),
    // RFC 5280 §5.1.2.6: absent, not empty.
    entries.length === 0 ? Buffer.alloc(0) : header(TAG.sequence, entries.length),
  ]);
  return sequence(front, entries, listExtensions(content));
}

/** The signed CRL: TBSCertList, algorithm, signature (DER ECDSA-Sig-Value). */
export function assembleCrl(tbs: Uint8Array, signature: Uint8Array): Uint8Array {
  return sequence(tbs, SIGNATURE_ALGORITHM, element(TAG.bitString, Buffer.of(0), signature));
}

function listExtensions(content: CrlContent): Buffer {
  const { authorityKeyIdentifier, number, deltaBase, distributionPoint } = content;
  const extensions = [
    extension(OID.authorityKeyIdentifier, sequence(element(TAG.context, authorityKeyIdentifier))),
    extension(OID.crlNumber, integer(bounded(number))),
  ];
  if (deltaBase !== undefined) {
    if (deltaBase >= number) throw new PkiFormatError('a delta CRL has a higher number than its base');
    extensions.push(extension(OID.deltaCrlIndicator, integer(deltaBase), true));
  }
  if (distributionPoint !== undefined) extensions.push(scope(distributionPoint));
  return element(TAG.contextConstructed, sequence(...extensions));
}

function bounded(number: bigint): bigint {
  if (number < 0n || number >> BigInt(8 * MAX_NUMBER_BYTES - 1) !== 0n) {
    throw new PkiFormatError('a CRL number has at most 20 octets');
  }
  return number;
}

/** IssuingDistributionPoint with one URI, critical as RFC 5280 §5.2.5 has it. */
function scope(uri: string): Buffer {
  const name = element(TAG.contextConstructed, element(URI_TAG, Buffer.from(uri, 'latin1')));
  const point = element(TAG.contextConstructed, name);
  return extension(OID.issuingDistributionPoint, sequence(point), true);
}

function encodeEntries(content: CrlContent): Buffer {
  const sorted = content.revoked
    .map((entry) => ({ serial: normalizeSerial(entry.serial), entry }))
    .sort((a, b) => a.serial.length - b.serial.length || (a.serial < b.serial ? -1 : 1));
  const sink = new ByteSink();
  let previous = '';
  for (const { serial, entry } of sorted) {
    if (serial === previous) throw new PkiFormatError('a serial number occurs twice');
    if (entry.revokedAt > content.thisUpdate) throw new PkiFormatError('a revocation lies after thisUpdate');
    previous = serial;
    const encoded = encodeEntry(serial, entry);
    const { bytes, offset } = sink.reserve(encoded.length);
    encoded.copy(bytes, offset);
  }
  return sink.view();
}

/** Encoded reasons, made once: a million entries share nine of them. */
const REASON_EXTENSIONS = new Map(
  Object.entries(CRL_REASONS).map(([name, code]) => [
    name,
    extension(OID.reasonCode, element(TAG.enumerated, Buffer.of(code))),
  ]),
);

function encodeEntry(serial: string, entry: RevokedCertificate): Buffer {
  const extensions: Buffer[] = [];
  if (entry.reason !== undefined) extensions.push(reasonExtension(entry.reason));
  if (entry.invalidityDate !== undefined) {
    extensions.push(extension(OID.invalidityDate, generalizedTime(entry.invalidityDate)));
  }
  const tail = extensions.length === 0 ? [] : [sequence(...extensions)];
  return sequence(element(TAG.integer, magnitude(serial)), time(entry.revokedAt), ...tail);
}

function reasonExtension(reason: string): Buffer {
  const encoded = REASON_EXTENSIONS.get(reason);
  if (encoded === undefined) throw new PkiFormatError('a reason is not one that a full CRL may carry');
  return encoded;
}
