import { type X509Certificate } from 'node:crypto';
import {
  certificateKey,
  type FabricCaRequest,
  fabricCaCertificates,
  fabricCaMessage,
  fabricCaRevocation,
  parseCertificate,
  parseFabricCaToken,
  ProofError,
  verifySignature,
} from '@maker-registry/fabric-proofs';
import {
  type CertificateKey,
  type CertificateRevocation,
  isPlainObject,
  RegistryError,
} from '@maker-registry/protocol';
import { type Pool } from 'pg';
import { type Authority, issuingAuthority } from '../auth/certificate-authorities';
import { certificateRole } from '../auth/certificate-roles';
import { type AssertNotRevoked } from '../auth/revoked-certificates';
import { forRequest } from '../database/database-error';
import { type AuthorityName } from '../crl';
import { type FabricCa } from './fabric-ca';

const ROLE = 'ca-admin';
const PURPOSE: Readonly<Record<AuthorityName, Authority['purpose']>> = { ca: 'identity', tlsca: 'tls' };

export interface FabricCaRequestsOptions {
  readonly pool: Pool;
  readonly fabricCa: FabricCa | undefined;
  readonly mspId: string;
  readonly authorities: readonly Authority[];
  readonly assertNotRevoked: AssertNotRevoked;
  /** What the ledger says of a certificate of this organization. */
  readonly revocation: (key: CertificateKey) => Promise<CertificateRevocation | undefined>;
}

/**
 * What a CA admin may ask of the Fabric CA through the gateway, with his own signature on each request. The gateway
 * rebuilds the request itself and checks the signature first: it can't be used to send anything else there, nor to guess
 * at the CA without being one of its admins.
 */
export class FabricCaRequests {
  readonly #options: FabricCaRequestsOptions;

  constructor(options: FabricCaRequestsOptions) {
    this.#options = options;
  }

  /** Names of the organization's CAs at its Fabric CA, for those who sign requests. */
  get names(): Readonly<Record<AuthorityName, string>> {
    return this.#ca().names;
  }

  /**
   * Revokes at the Fabric CA what the ledger says is revoked for good: the ledger leads, its reason counts.
   *
   * @throws RegistryError REVOCATION_UNKNOWN, ILLEGAL_TRANSITION for a hold, CERTIFICATE_INVALID, CERTIFICATE_REVOKED,
   *   ROLE_MISSING, SIGNATURE_INVALID, FABRIC_CA_REFUSED, FABRIC_CA_UNAVAILABLE
   */
  async revoke(key: CertificateKey, token: string): Promise<{ readonly already: boolean }> {
    const authority = this.#authorityOf(key.aki);
    const revocation = await this.#options.revocation(key);
    if (revocation === undefined) {
      throw new RegistryError(
        'REVOCATION_UNKNOWN',
        'The ledger does not revoke this certificate: begin there.',
        {
          subject: key.serial,
        },
      );
    }
    const caName = this.names[authority];
    const request =
      revocation.state === 'revoked'
        ? fabricCaRevocation({ ...key, caName, reason: revocation.reason })
        : undefined;
    if (request === undefined) {
      throw new RegistryError(
        'ILLEGAL_TRANSITION',
        'Only what is revoked for good goes to the Fabric CA, which can’t lift a hold.',
        { subject: key.serial },
      );
    }
    const answer = await this.#send(authority, request, token);
    await this.#record(key);
    return { already: answer === undefined };
  }

  /**
   * Certificates (PEM) that the CA has issued to an enrolment id, or to all.
   *
   * @throws as `revoke`
   */
  async certificates(
    authority: AuthorityName,
    enrollmentId: string | undefined,
    token: string,
  ): Promise<readonly string[]> {
    const request = fabricCaCertificates(this.names[authority], enrollmentId);
    const { certs } = (await this.#send(authority, request, token)) ?? {};
    const list = Array.isArray(certs) ? (certs as unknown[]) : [];
    return list.flatMap((entry) => {
      const pem = isPlainObject(entry) ? entry['PEM'] : undefined;
      return typeof pem === 'string' ? [pem] : [];
    });
  }

  async #send(
    authority: AuthorityName,
    request: FabricCaRequest,
    token: string,
  ): Promise<Readonly<Record<string, unknown>> | undefined> {
    await this.#assertAdmin(authority, request, token);
    return this.#ca().send({ ...request, token });
  }

  async #assertAdmin(authority: AuthorityName, request: FabricCaRequest, token: string): Promise<void> {
    const parts = parseFabricCaToken(token);
    const certificate = parts === undefined ? undefined : readCertificate(parts.certificate);
    const { authorities, mspId, assertNotRevoked } = this.#options;
    const own = authorities.filter(
      (candidate) => candidate.mspId === mspId && candidate.purpose === PURPOSE[authority],
    );
    const issuer = certificate === undefined ? undefined : issuingAuthority(certificate, own, new Date());
    if (parts === undefined || certificate === undefined || issuer === undefined) {
      throw new RegistryError('CERTIFICATE_INVALID', `The token is not of a certificate of ${authority}.`, {
        subject: '/token',
      });
    }
    if (certificateRole(certificate.raw) !== ROLE) {
      throw new RegistryError('ROLE_MISSING', `This needs a certificate with the role ${ROLE}.`);
    }
    await assertNotRevoked(certificate, issuer);
    const message = Buffer.from(fabricCaMessage(request, parts.certificate));
    if (verifySignature(certificateKey(parts.certificate), message, parts.signature)) return;
    throw new RegistryError('SIGNATURE_INVALID', 'The token was not made for this request.', {
      subject: '/token',
    });
  }

  #authorityOf(aki: string): AuthorityName {
    const { authorities, mspId } = this.#options;
    const found = authorities.find(({ keyId, mspId: owner }) => keyId === aki && owner === mspId);
    if (found !== undefined) return found.purpose === 'identity' ? 'ca' : 'tlsca';
    throw new RegistryError('CERTIFICATE_INVALID', `No CA of ${mspId} has this key identifier.`, {
      subject: aki,
    });
  }

  #ca(): FabricCa {
    const { fabricCa } = this.#options;
    if (fabricCa !== undefined) return fabricCa;
    throw new RegistryError('NOT_FOUND', 'This gateway does not know the Fabric CA of its organization.');
  }

  async #record({ aki, serial }: CertificateKey): Promise<void> {
    await forRequest(() =>
      this.#options.pool.query(
        'INSERT INTO gateway.fabric_ca_revocations (authority_key_id, serial) VALUES ($1, $2) ON CONFLICT DO NOTHING',
        [aki, serial],
      ),
    );
  }
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return parseCertificate(pem);
  } catch (error) {
    if (error instanceof ProofError) return undefined;
    throw error;
  }
}
