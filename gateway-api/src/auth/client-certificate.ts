import { type X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import { RegistryError } from '@maker-registry/protocol';
import { type Request } from 'express';
import { type Caller } from '../http/caller';
import { CERTIFICATE_RECHECK_MS } from '../limits';
import { type Authority, issuingAuthority } from './certificate-authorities';
import { certificateRole } from './certificate-roles';
import { type AssertNotRevoked } from './revoked-certificates';

interface Known {
  readonly caller: Caller;
  /** Milliseconds since the epoch; after it the certificate is looked at again. */
  readonly until: number;
}

/** Knows callers by the client certificates of their connections. */
export class CertificateAuthenticator {
  readonly #authorities: readonly Authority[];
  readonly #assertNotRevoked: AssertNotRevoked;
  readonly #known = new WeakMap<TLSSocket, Known>();

  constructor(authorities: readonly Authority[], assertNotRevoked: AssertNotRevoked) {
    this.#authorities = authorities;
    this.#assertNotRevoked = assertNotRevoked;
  }

  /**
   * undefined without a client certificate. A connection keeps its certificate, which can expire or be revoked
   * meanwhile, so what was found holds for a while only.
   *
   * @throws RegistryError UNAUTHENTICATED when no CA of the network issued it or it is not valid now,
   *   CERTIFICATE_REVOKED, MIRROR_UNAVAILABLE.
   */
  async authenticate(request: Request): Promise<Caller | undefined> {
    const { socket } = request;
    if (!(socket instanceof TLSSocket)) return undefined;
    const known = this.#known.get(socket);
    if (known !== undefined && Date.now() < known.until) return known.caller;
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) return undefined;
    const caller = await this.#identify(certificate, socket);
    this.#known.set(socket, { caller, until: Date.now() + CERTIFICATE_RECHECK_MS });
    return caller;
  }

  async #identify(certificate: X509Certificate, socket: TLSSocket): Promise<Caller> {
    const issuer = socket.authorized
      ? issuingAuthority(certificate, this.#authorities, new Date())
      : undefined;
    if (issuer === undefined) {
      throw new RegistryError(
        'UNAUTHENTICATED',
        'The client certificate is not valid now or not issued by a CA of the network.',
        { details: { reason: String(socket.authorizationError) } },
      );
    }
    await this.#assertNotRevoked(certificate, issuer);
    const role = certificateRole(certificate.raw);
    return {
      // The digest names the certificate without the names inside it.
      id: `certificate:${issuer.mspId}:${certificate.fingerprint256.replaceAll(':', '').toLowerCase()}`,
      kind: 'certificate',
      mspId: issuer.mspId,
      roles: role === undefined ? [] : [role],
    };
  }
}
