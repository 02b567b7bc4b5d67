import { parseCertificate } from '@maker-registry/pki';
import { type Pool } from 'pg';
import { type NamedAuthority } from '../crl';
import { forRequest } from '../database/database-error';
import { type HsmClient } from '../hsm';
import { type IssuedCertificates } from './issued-certificates';
import { MAX_CERTIFICATES_READ, RESPONDER_LIFETIME_S } from './limits';
import { issueResponderCertificate, type ResponderCertificate } from './responder-certificate';

export interface ResponderDeps {
  readonly pool: Pool;
  readonly hsm: Pick<HsmClient, 'signById'>;
  readonly issued: IssuedCertificates;
  /** Uncompressed point of the OCSP key. */
  readonly point: Uint8Array;
  /** Unix seconds. */
  readonly now: () => number;
}

/** The certificates of the OCSP key, one for each CA; made when needed and kept, for they are part of the record. */
export class ResponderCertificates {
  readonly #deps: ResponderDeps;
  readonly #current = new Map<string, ResponderCertificate>();
  readonly #making = new Map<string, Promise<ResponderCertificate>>();

  constructor(deps: ResponderDeps) {
    this.#deps = deps;
  }

  /** A certificate with at least half of its life left. Throws HsmError, RegistryError MIRROR_UNAVAILABLE. */
  async current(authority: NamedAuthority): Promise<ResponderCertificate> {
    const current = this.#current.get(authority.keyId);
    if (current !== undefined && this.#isYoung(current)) return current;
    // Many callers at once, one certificate.
    const begun = this.#making.get(authority.keyId);
    if (begun !== undefined) return begun;
    const making = this.#find(authority).finally(() => {
      this.#making.delete(authority.keyId);
    });
    this.#making.set(authority.keyId, making);
    return making;
  }

  #isYoung({ fields }: ResponderCertificate): boolean {
    return fields.notAfter - this.#deps.now() > RESPONDER_LIFETIME_S / 2;
  }

  async #find(authority: NamedAuthority): Promise<ResponderCertificate> {
    const found = (await this.#stored(authority)) ?? (await this.#issue(authority));
    this.#current.set(authority.keyId, found);
    return found;
  }

  async #stored({ keyId }: NamedAuthority): Promise<ResponderCertificate | undefined> {
    const { rows } = await forRequest(() =>
      this.#deps.pool.query<{ der: Buffer }>(
        `SELECT der FROM gateway.ocsp_responders WHERE authority_key_id = $1 ORDER BY not_after DESC LIMIT $2`,
        [keyId, MAX_CERTIFICATES_READ],
      ),
    );
    // Those of other keys are of no use: of an earlier one, of one that a gateway took over before this, of a lost token.
    return rows
      .map(({ der }) => ({ der, fields: parseCertificate(der) }))
      .find((stored) => stored.fields.publicKeyBits.equals(this.#deps.point) && this.#isYoung(stored));
  }

  async #issue(authority: NamedAuthority): Promise<ResponderCertificate> {
    const { hsm, point, now, pool, issued } = this.#deps;
    const made = await issueResponderCertificate(hsm, authority, point, now());
    const { serial, notAfter } = made.fields;
    await forRequest(() =>
      pool.query(
        `INSERT INTO gateway.ocsp_responders (authority_key_id, serial, not_after, der) VALUES ($1, $2, $3, $4)`,
        [authority.keyId, serial, notAfter, made.der],
      ),
    );
    await issued.add(authority.keyId, serial, notAfter);
    return made;
  }
}
