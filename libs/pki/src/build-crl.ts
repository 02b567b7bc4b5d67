import { TAG } from './der-tags';
import { element, extension, header, integer, oid, sequence, time } from './der-writer';
import { EntryEncoder } from './encode-entries';
import { freshestCrl, issuingDistributionPoint, type OnlyContains } from './distribution-point';
import { MAX_NUMBER_BYTES } from './limits';
import { OID } from './oid';
import { PkiFormatError } from './pki-format-error';
import { RevocationTable, type RevokedCertificate } from './revocation-table';

export interface CrlContent {
  /** DER of the issuer's subject name. */
  readonly issuer: Uint8Array;
  /** subjectKeyIdentifier of the issuer's certificate. */
  readonly authorityKeyIdentifier: Uint8Array;
  /** Unix seconds. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** Strictly growing for this issuer and scope; full CRLs and deltas share one sequence. */
  readonly number: bigint;
  /** In any order. A RevocationTable for many: it needs a tenth of the memory of as many objects. */
  readonly revoked: Iterable<RevokedCertificate>;
  /** URI that the certificates name; makes the CRL a shard (critical extension). */
  readonly distributionPoint?: string;
  /** Says that the CRL speaks of certificates of one kind only (same critical extension). */
  readonly onlyContains?: Exclude<OnlyContains, 'attributeCertificates'>;
  /** Makes the CRL a delta to the full CRL of this number (critical extension). */
  readonly deltaBase?: bigint;
  /** URI of this full CRL's deltas. */
  readonly freshestCrl?: string;
}

const VERSION_2 = integer(1n);
/** The one signature of our HSMs: ECDSA with SHA-256, no parameters. */
const SIGNATURE_ALGORITHM = sequence(oid(OID.ecdsaWithSha256));
const NOTHING = Buffer.alloc(0);

/**
 * TBSCertList (DER) of RFC 5280 §5.1, to be signed with ECDSA over its SHA-256. Entries come out in order of serial
 * number, so that equal states give equal bytes. Throws PkiFormatError for content that lints reject: an empty validity,
 * a revocation in the future, a serial twice, removeFromCRL outside of a delta.
 */
export function buildTbsCrl(content: CrlContent): Uint8Array {
  if (content.nextUpdate <= content.thisUpdate)
    throw new PkiFormatError('nextUpdate is not after thisUpdate');
  const table = RevocationTable.of(content.revoked);
  const encoder = new EntryEncoder(table, content.thisUpdate, content.deltaBase !== undefined);
  const front = Buffer.concat([
    VERSION_2,
    SIGNATURE_ALGORITHM,
    content.issuer,
    time(content.thisUpdate),
    time(content.nextUpdate),
    // RFC 5280 §5.1.2.6: absent, not empty.
    table.length === 0 ? NOTHING : header(TAG.sequence, encoder.length),
  ]);
  const end = listExtensions(content);
  const head = header(TAG.sequence, front.length + encoder.length + end.length);
  // One buffer of the final size: a list of 50 MB is not copied together from parts.
  const tbs = Buffer.allocUnsafe(head.length + front.length + encoder.length + end.length);
  head.copy(tbs);
  front.copy(tbs, head.length);
  const after = encoder.write(tbs, head.length + front.length);
  end.copy(tbs, after);
  return tbs;
}

/** The signed CRL: TBSCertList, algorithm, signature (DER ECDSA-Sig-Value). */
export function assembleCrl(tbs: Uint8Array, signature: Uint8Array): Uint8Array {
  return sequence(tbs, SIGNATURE_ALGORITHM, element(TAG.bitString, Buffer.of(0), signature));
}

function listExtensions(content: CrlContent): Buffer {
  const { authorityKeyIdentifier, number, deltaBase, distributionPoint, onlyContains } = content;
  const extensions = [
    extension(OID.authorityKeyIdentifier, sequence(element(TAG.context, authorityKeyIdentifier))),
    extension(OID.crlNumber, integer(bounded(number))),
  ];
  if (deltaBase !== undefined) {
    if (deltaBase >= number) throw new PkiFormatError('a delta CRL has a higher number than its base');
    extensions.push(extension(OID.deltaCrlIndicator, integer(deltaBase), true));
  }
  if (distributionPoint !== undefined || onlyContains !== undefined) {
    extensions.push(issuingDistributionPoint(distributionPoint, onlyContains));
  }
  if (content.freshestCrl !== undefined) {
    if (deltaBase !== undefined) throw new PkiFormatError('a delta CRL does not name its own deltas');
    extensions.push(freshestCrl(content.freshestCrl));
  }
  return element(TAG.contextConstructed, sequence(...extensions));
}

function bounded(number: bigint): bigint {
  if (number < 0n || number >> BigInt(8 * MAX_NUMBER_BYTES - 1) !== 0n) {
    throw new PkiFormatError('a CRL number has at most 20 octets');
  }
  return number;
}
