import { type CertificateReason, type CertificateState } from '@maker-registry/protocol';
import { mayLeaveCrl, type RevokedCertificate, RevocationTable } from '@maker-registry/pki';
import { LOOKBACK_S } from './limits';

/** One certificate as the ledger has it. Times in Unix seconds. */
export interface CertificateRow {
  readonly serial: string;
  readonly state: CertificateState;
  readonly reason: CertificateReason | undefined;
  readonly revokedAt: number;
  readonly invalidityDate: number | undefined;
  readonly expiresAt: number | undefined;
  /** Of its last change. */
  readonly block: number;
}

/** What a published CRL knew. */
export interface KnownCrl {
  /** Newest block of the ledger state it says. */
  readonly height: number;
  readonly thisUpdate: number;
}

/**
 * Whether a full CRL of this moment lists the certificate, after the full CRL `before`. What is revoked stays until some
 * time after its expiry, and in any case until a full CRL that is later than the expiry has shown it: a certificate
 * revoked just before it expires appears once, however long no CRL was issued.
 */
export function isListed(row: CertificateRow, at: number, before: KnownCrl | undefined): boolean {
  if (row.state === 'released') return false;
  if (row.expiresAt === undefined || before === undefined || row.block > before.height) return true;
  return at < row.expiresAt + LOOKBACK_S || !mayLeaveCrl(row.expiresAt, before.thisUpdate);
}

/** Entries of a full CRL. */
export function baseEntries(
  rows: Iterable<CertificateRow>,
  at: number,
  before: KnownCrl | undefined,
): RevocationTable {
  const table = new RevocationTable();
  for (const row of rows) if (isListed(row, at, before)) table.add(entryOf(row));
  return table;
}

/**
 * Entries of a delta to the full CRL `anchor`, where `newest` is the newest full CRL: what changed since the anchor, and as
 * removed what the anchor, or any list after it, may have shown and what is no longer listed: lifted holds and expired
 * certificates. Whoever adds it to any full CRL since the anchor knows what the newest one says.
 */
export function deltaEntries(
  rows: Iterable<CertificateRow>,
  at: number,
  anchor: KnownCrl,
  newest: KnownCrl,
): RevocationTable {
  const table = new RevocationTable();
  for (const row of rows) {
    const isNew = row.block > anchor.height;
    if (isListed(row, at, newest)) {
      if (isNew) table.add(entryOf(row));
    } else if (isNew || hasLeftSince(row, anchor)) {
      table.add({ ...entryOf(row), reason: 'removeFromCRL' });
    }
  }
  return table;
}

/** Whether an expired certificate that is not listed was on the anchor, which was made before it could leave. */
function hasLeftSince({ state, expiresAt }: CertificateRow, anchor: KnownCrl): boolean {
  return state !== 'released' && expiresAt !== undefined && expiresAt + LOOKBACK_S > anchor.thisUpdate;
}

function entryOf(row: CertificateRow): RevokedCertificate {
  return {
    serial: row.serial,
    revokedAt: row.revokedAt,
    ...(row.reason === undefined ? {} : { reason: row.reason }),
    ...(row.invalidityDate === undefined ? {} : { invalidityDate: row.invalidityDate }),
  };
}
