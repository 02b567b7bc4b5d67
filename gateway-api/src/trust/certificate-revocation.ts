import { createHash, X509Certificate } from 'node:crypto';
import { canonicalize, RegistryError, sha256Hex } from '@maker-registry/protocol';
import {
  assembleCrl,
  buildTbsCrl,
  type CrlReason,
  normalizeSerial,
  parseCertificate,
  PkiFormatError,
  type RevokedCertificate,
  verifyCrl,
} from '@maker-registry/pki';
import { type Pool, type PoolClient } from 'pg';
import { forRequest } from '../database/database-error';
import { toDerSignature } from '../hsm';
import { unixNow } from './clock';
import { type TrustDeps } from './deps';
import { CRL_LIFETIME_S } from './limits';
import { query } from './trust-database';
import { AUTHORITY_NAMES, type AuthorityName } from './trust-config';

export interface CertificateRevocation {
  /** Hex, as in the certificate. */
  readonly serial: string;
  /** authorityKeyIdentifier of the certificate, hex. */
  readonly aki: string;
  readonly reason?: CrlReason;
  /** Unix seconds. */
  readonly invalidity_date?: number;
}

export interface IssuedCrl {
  readonly der: Buffer;
  readonly number: number;
  readonly nextUpdate: number;
}

/** A CA whose key is in the organization's token. */
interface Authority {
  readonly certificate: Buffer;
  readonly subject: Buffer;
  /** Hex. */
  readonly keyId: string;
  /** CKA_ID under which Fabric CA keeps its key: SHA-256 of the public point. */
  readonly hsmId: string;
}

interface CrlRow {
  readonly der: Buffer;
  readonly number: string;
  readonly next_update: string;
  readonly this_update: string;
  readonly content_digest: string;
}

interface RevokedRow {
  readonly serial: string;
  readonly revoked_at: string;
  readonly reason: CrlReason | null;
  readonly invalidity_date: string | null;
}

/** Advisory lock under which one gateway at a time issues CRLs. Any fixed number; ASCII of "crl". */
const ISSUE_LOCK = '6517356';

/**
 * RFC 5280 CRLs of the organization's CAs. The CA's own key signs, inside the HSM: relying parties take a CRL only from
 * the key that signed the certificates.
 */
export class CertificateRevocations {
  readonly #pool: Pool;
  readonly #hsm: TrustDeps['hsm'];
  readonly #authorities: ReadonlyMap<AuthorityName, Authority>;

  constructor({ pool, hsm, config }: Pick<TrustDeps, 'pool' | 'hsm' | 'config'>) {
    this.#pool = pool;
    this.#hsm = hsm;
    this.#authorities = new Map(
      AUTHORITY_NAMES.map((name) => [name, readAuthority(config.certificateAuthorities[name])]),
    );
  }

  /**
   * Records revocations and issues the CRLs they belong to. All or none; a certificate that is revoked already keeps its
   * first date and reason, except that a hold may become final.
   *
   * @throws RegistryError CERTIFICATE_INVALID for a certificate of another CA, SCHEMA_VIOLATION for a serial
   */
  async revoke(
    revocations: readonly CertificateRevocation[],
    by: string,
    note: string | undefined,
  ): Promise<{ crls: { authority: AuthorityName; number: number }[] }> {
    const now = unixNow();
    const rows = revocations.map((revocation) => ({ ...revocation, ...this.#locate(revocation) }));
    await this.#exclusively(async (client) => {
      for (const { authority, serial, reason, invalidity_date } of rows) {
        await client.query(
          `INSERT INTO gateway.certificates_revoked (authority_key_id, serial, revoked_at, reason, invalidity_date,
             revoked_by, note) VALUES ($1, $2, $3, $4, $5, $6, $7)
           ON CONFLICT (authority_key_id, serial) DO UPDATE SET reason = excluded.reason,
             invalidity_date = excluded.invalidity_date, revoked_by = excluded.revoked_by, note = excluded.note
             WHERE certificates_revoked.reason = 'certificateHold' AND excluded.reason IS DISTINCT FROM 'certificateHold'`,
          [authority.keyId, serial, now, reason ?? null, invalidity_date ?? null, by, note ?? null],
        );
      }
    });
    const names = AUTHORITY_NAMES.filter((name) => rows.some((row) => row.name === name));
    const crls: { authority: AuthorityName; number: number }[] = [];
    for (const authority of names) crls.push({ authority, number: (await this.current(authority)).number });
    return { crls };
  }

  /** The CRL of a CA: the newest one while it says what is known and half of its life is left, otherwise a new one. */
  async current(name: AuthorityName): Promise<IssuedCrl> {
    const authority = this.#authority(name);
    const now = unixNow();
    const stored = await this.#newest(this.#pool, authority);
    const revoked = await this.#revoked(this.#pool, authority);
    if (stored !== undefined && isCurrent(stored, revoked, now)) return issued(stored);
    return this.#exclusively((client) => this.#issue(client, authority));
  }

  async #issue(client: PoolClient, authority: Authority): Promise<IssuedCrl> {
    // Another gateway may have issued it while this one waited for the lock.
    const stored = await this.#newest(client, authority);
    const revoked = await this.#revoked(client, authority);
    const now = unixNow();
    if (stored !== undefined && isCurrent(stored, revoked, now)) return issued(stored);
    // Another gateway's clock may run ahead of ours: no CRL is older than the one before or than what it lists.
    const thisUpdate = revoked.reduce(
      (latest, { revokedAt }) => Math.max(latest, revokedAt),
      Math.max(now, Number(stored?.this_update ?? 0)),
    );
    const nextUpdate = thisUpdate + CRL_LIFETIME_S;
    // From the clock, so that numbers go on growing even if this table is lost; never from the clock alone.
    const number = Math.max(thisUpdate, Number(stored?.number ?? 0) + 1);
    const tbs = buildTbsCrl({
      issuer: authority.subject,
      authorityKeyIdentifier: Buffer.from(authority.keyId, 'hex'),
      thisUpdate,
      nextUpdate,
      number: BigInt(number),
      revoked,
    });
    const signature = await this.#hsm.signById(authority.hsmId, createHash('sha256').update(tbs).digest());
    const der = Buffer.from(assembleCrl(tbs, toDerSignature(signature)));
    assertSound(der, authority, thisUpdate, stored);
    await client.query(
      `INSERT INTO gateway.crls (authority_key_id, number, this_update, next_update, entry_count, content_digest, der)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [authority.keyId, number, thisUpdate, nextUpdate, revoked.length, contentDigest(revoked), der],
    );
    return { der, number, nextUpdate };
  }

  #authority(name: AuthorityName): Authority {
    const authority = this.#authorities.get(name);
    if (authority === undefined)
      throw new RegistryError('NOT_FOUND', 'There is no such CA.', { subject: name });
    return authority;
  }

  #locate({ serial, aki }: CertificateRevocation): {
    name: AuthorityName;
    authority: Authority;
    serial: string;
  } {
    const found = [...this.#authorities].find(([, { keyId }]) => keyId === aki.toLowerCase());
    if (found === undefined) {
      throw new RegistryError(
        'CERTIFICATE_INVALID',
        "The certificate was not issued by this organization's CAs.",
        {
          subject: aki,
        },
      );
    }
    return { name: found[0], authority: found[1], serial: assertSerial(serial) };
  }

  async #newest(client: Pick<Pool, 'query'>, { keyId }: Authority): Promise<CrlRow | undefined> {
    const [row] = await query<CrlRow>(
      client,
      'SELECT * FROM gateway.crls WHERE authority_key_id = $1 ORDER BY number DESC LIMIT 1',
      [keyId],
    );
    return row;
  }

  async #revoked(client: Pick<Pool, 'query'>, { keyId }: Authority): Promise<RevokedCertificate[]> {
    const rows = await query<RevokedRow>(
      client,
      'SELECT serial, revoked_at, reason, invalidity_date FROM gateway.certificates_revoked WHERE authority_key_id = $1 ORDER BY serial',
      [keyId],
    );
    return rows.map((row) => ({
      serial: row.serial,
      revokedAt: Number(row.revoked_at),
      ...(row.reason === null ? {} : { reason: row.reason }),
      ...(row.invalidity_date === null ? {} : { invalidityDate: Number(row.invalidity_date) }),
    }));
  }

  async #exclusively<T>(run: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await forRequest(() => this.#pool.connect());
    try {
      await client.query('BEGIN');
      await client.query('SELECT pg_advisory_xact_lock($1)', [ISSUE_LOCK]);
      const result = await run(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }
}

function readAuthority(pem: string): Authority {
  const { raw: certificate, publicKey } = new X509Certificate(pem);
  const { subject, subjectKeyIdentifier } = parseCertificate(certificate);
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return {
    certificate,
    subject,
    keyId: (subjectKeyIdentifier ?? Buffer.alloc(0)).toString('hex'),
    hsmId: createHash('sha256').update(point).digest('hex'),
  };
}

function assertSerial(serial: string): string {
  try {
    return normalizeSerial(serial);
  } catch (error) {
    if (!(error instanceof PkiFormatError)) throw error;
    throw new RegistryError('SCHEMA_VIOLATION', `${serial} is not a serial number: ${error.message}.`, {
      subject: '/certificates',
    });
  }
}

function contentDigest(revoked: readonly RevokedCertificate[]): string {
  return sha256Hex(canonicalize(revoked));
}

function isCurrent(stored: CrlRow, revoked: readonly RevokedCertificate[], now: number): boolean {
  const hasLife = Number(stored.next_update) - now > CRL_LIFETIME_S / 2;
  return hasLife && stored.content_digest === contentDigest(revoked);
}

function issued(row: CrlRow): IssuedCrl {
  return { der: row.der, number: Number(row.number), nextUpdate: Number(row.next_update) };
}

/** A CRL that relying parties would refuse locks everyone out: it is verified as they do before it is published. */
function assertSound(der: Buffer, { certificate }: Authority, at: number, before: CrlRow | undefined): void {
  const verdict = verifyCrl({
    crl: der,
    issuerCertificate: certificate,
    at,
    ...(before === undefined ? {} : { minimumNumber: BigInt(before.number) + 1n }),
  });
  if (!verdict.valid) {
    throw new RegistryError(
      'INTERNAL',
      `The new CRL is not sound (${verdict.code}: ${verdict.detail}); the old one stays.`,
    );
  }
}
