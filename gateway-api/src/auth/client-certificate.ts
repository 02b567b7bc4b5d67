import { type X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import { RegistryError } from '@maker-registry/protocol';
import { type Request } from 'express';
import { type Caller } from '../http/caller';
import { type Authority, issuingOrganization } from './certificate-authorities';
import { certificateRole } from './certificate-roles';

/** Knows callers by the client certificates of their connections. */
export class CertificateAuthenticator {
  readonly #authorities: readonly Authority[];
  /** A connection keeps its certificate, so it is looked at once. */
  readonly #callers = new WeakMap<TLSSocket, Caller | undefined>();

  constructor(authorities: readonly Authority[]) {
    this.#authorities = authorities;
  }

  /**
   * undefined without a client certificate.
   *
   * @throws RegistryError UNAUTHENTICATED when there is one that no CA of the network issued.
   */
  authenticate(request: Request): Caller | undefined {
    const { socket } = request;
    if (!(socket instanceof TLSSocket)) return undefined;
    if (this.#callers.has(socket)) return this.#callers.get(socket);
    const certificate = socket.getPeerX509Certificate();
    const caller = certificate === undefined ? undefined : this.#identify(certificate, socket);
    this.#callers.set(socket, caller);
    return caller;
  }

  #identify(certificate: X509Certificate, socket: TLSSocket): Caller {
    const mspId = socket.authorized
      ? issuingOrganization(certificate, this.#authorities, new Date())
      : undefined;
    if (mspId === undefined) {
      throw new RegistryError(
        'UNAUTHENTICATED',
        'The client certificate is not valid now or not issued by a CA of the network.',
        { details: { reason: String(socket.authorizationError) } },
      );
    }
    const role = certificateRole(certificate.raw);
    return {
      // The digest names the certificate without the names inside it.
      id: `certificate:${mspId}:${certificate.fingerprint256.replaceAll(':', '').toLowerCase()}`,
      kind: 'certificate',
      mspId,
      roles: role === undefined ? [] : [role],
    };
  }
}
