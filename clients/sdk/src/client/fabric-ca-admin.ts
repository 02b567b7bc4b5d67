import { createHash } from 'node:crypto';
import {
  fabricCaCertificates,
  fabricCaMessage,
  type FabricCaRequest,
  fabricCaRevocation,
  fabricCaToken,
} from '@maker-registry/fabric-proofs';
import { type CertificateRevocation, isPlainObject } from '@maker-registry/protocol';
import { type FabricIdentity, fabricSigner } from '../acts/fabric-identity';
import { ClientError } from '../errors/client-error';
import { readObject } from '../http/problem';
import { type GatewayConnection } from './gateway-connection';

/** The two CAs of an organization: of identities, and of TLS certificates. */
export type CaKind = 'ca' | 'tlsca';

/**
 * A CA admin's requests to the Fabric CA of the organization. Each is signed here, with a certificate of the CA that it is
 * for; the gateway passes it on and can't make another one of it.
 */
export class FabricCaAdmin {
  readonly #gateway: GatewayConnection;
  #names: Readonly<Record<CaKind, string>> | undefined;

  constructor(gateway: GatewayConnection) {
    this.#gateway = gateway;
  }

  /** Certificates (PEM) issued to an enrolment id, or to all. */
  async certificates(
    authority: CaKind,
    identity: FabricIdentity,
    enrollmentId?: string,
  ): Promise<readonly string[]> {
    const request = fabricCaCertificates((await this.#caNames())[authority], enrollmentId);
    const answer = await this.#gateway.post('/v1/fabric-ca/certificates', {
      authority,
      ...(enrollmentId === undefined ? {} : { enrollment_id: enrollmentId }),
      token: await tokenFor(request, identity),
    });
    const { certificates } = answer;
    if (Array.isArray(certificates) && certificates.every((pem) => typeof pem === 'string'))
      return certificates;
    throw new ClientError('RESPONSE_MALFORMED', 'The gateway lists no certificates.');
  }

  /**
   * Revokes at the Fabric CA what the ledger revokes for good.
   *
   * @returns whether it was revoked there already
   */
  async revoke(
    authority: CaKind,
    identity: FabricIdentity,
    { aki, serial, reason }: Pick<CertificateRevocation, 'aki' | 'serial' | 'reason'>,
  ): Promise<boolean> {
    const caName = (await this.#caNames())[authority];
    const request = fabricCaRevocation({ caName, aki, serial, reason });
    if (request === undefined) {
      throw new ClientError('USAGE', 'A hold does not go to the Fabric CA, which can not lift one.');
    }
    const token = await tokenFor(request, identity);
    const answer = await this.#gateway.post('/v1/fabric-ca/revocations', { aki, serial, token });
    return answer['already'] === true;
  }

  async #caNames(): Promise<Readonly<Record<CaKind, string>>> {
    if (this.#names !== undefined) return this.#names;
    const answer = readObject(
      await this.#gateway.send({ method: 'GET', path: '/v1/fabric-ca', repeatable: true }),
    );
    const { ca, tlsca } = isPlainObject(answer['names']) ? answer['names'] : {};
    if (typeof ca !== 'string' || typeof tlsca !== 'string') {
      throw new ClientError('RESPONSE_MALFORMED', 'The gateway does not name the CAs of its organization.');
    }
    this.#names = { ca, tlsca };
    return this.#names;
  }
}

async function tokenFor(request: FabricCaRequest, identity: FabricIdentity): Promise<string> {
  const message = Buffer.from(fabricCaMessage(request, identity.certificate));
  const digest = createHash('sha256').update(message).digest();
  return fabricCaToken(identity.certificate, await fabricSigner(identity).sign(message, digest));
}
