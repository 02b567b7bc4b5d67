import { CRL_REASONS, type CrlReason } from './crl-reasons';
import { TAG } from './der-tags';
import {
  ByteSink,
  element,
  extension,
  generalizedTime,
  header,
  integer,
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

/** Entries in order of their serial numbers, written into one buffer: a million of them must not become as many objects. */
function encodeEntries(content: CrlContent): Buffer {
  const sorted = content.revoked
    .map((entry) => ({ serial: normalizeSerial(entry.serial), entry }))
    .sort((a, b) => a.serial.length - b.serial.length || (a.serial < b.serial ? -1 : 1));
  const sink = new ByteSink();
  const times = new TimeEncoder();
  let previous = '';
  for (const { serial, entry } of sorted) {
    if (serial === previous) throw new PkiFormatError('a serial number occurs twice');
    if (entry.revokedAt > content.thisUpdate) throw new PkiFormatError('a revocation lies after thisUpdate');
    previous = serial;
    writeEntry(sink, serial, times.encode(entry.revokedAt), entryExtensions(entry));
  }
  return sink.view();
}

/** Revocations come in groups of one second: the last encoding serves most of them. */
class TimeEncoder {
  private last = -1;
  private encoded: Buffer = NOTHING;

  encode(unixSeconds: number): Buffer {
    if (unixSeconds !== this.last) {
      this.encoded = time(unixSeconds);
      this.last = unixSeconds;
    }
    return this.encoded;
  }
}

function writeEntry(sink: ByteSink, serial: string, date: Buffer, extensions: Buffer): void {
  const octets = serial.length / 2;
  // A set top bit would make the number negative.
  const sign = serial.charCodeAt(0) >= CODE_OF_8 ? 1 : 0;
  const integerSize = 2 + sign + octets;
  const size = integerSize + date.length + extensions.length;
  const head = header(TAG.sequence, size);
  const { bytes, offset } = sink.reserve(head.length + size);
  let at = offset + head.copy(bytes, offset);
  bytes[at] = TAG.integer;
  bytes[at + 1] = sign + octets;
  bytes[at + 2] = 0;
  at += 2 + sign;
  at += bytes.write(serial, at, 'hex');
  at += date.copy(bytes, at);
  extensions.copy(bytes, at);
}

const NOTHING = Buffer.alloc(0);
/** Hex digits from 8 on, lower case, have at least this code and the top bit set. */
const CODE_OF_8 = 0x38;

function reasonExtension(reason: CrlReason): Buffer {
  return extension(OID.reasonCode, element(TAG.enumerated, Buffer.of(CRL_REASONS[reason])));
}

/** Entry extensions with a reason alone, made once: a million entries share eight of them. */
const REASON_ALONE: ReadonlyMap<string, Buffer> = new Map(
  (Object.keys(CRL_REASONS) as CrlReason[]).map((reason) => [reason, sequence(reasonExtension(reason))]),
);

function entryExtensions({ reason, invalidityDate }: RevokedCertificate): Buffer {
  const alone = reason === undefined ? NOTHING : REASON_ALONE.get(reason);
  if (alone === undefined) throw new PkiFormatError('a reason is not one that a full CRL may carry');
  if (invalidityDate === undefined) return alone;
  const known = reason === undefined ? [] : [reasonExtension(reason)];
  return sequence(...known, extension(OID.invalidityDate, generalizedTime(invalidityDate)));
}
