import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  fromHex,
  type JwkSet,
  publicKeyFromJwk,
  RegistryError,
  sealJwe,
  uncompressPoint,
} from '@maker-registry/protocol';
import { type Pool } from 'pg';
import { pino } from 'pino';
import { createApp } from '../../app';
import { type GatewayContext } from '../../context';
import { type HsmClient } from '../../hsm';
import { ANONYMOUS } from '../../http/caller';
import { Metrics } from '../../metrics';
import { readAttestationPolicy } from '../attestation-policy';
import { keyBrokerRoutes } from '../key-broker-routes';
import { type TrustConfig } from '../trust-config';
import { trustRoutes } from '../trust-routes';
import { openTrustServices, type TrustServices } from '../trust-services';
import { NETWORK, request, type TestLedger } from './ledger';

const POLICY_FILE = join(__dirname, '../../../../policies/attestation.json');

export interface OperatorParts {
  readonly mspId: string;
  readonly pool: Pool;
  readonly hsm: HsmClient;
  readonly ledger: TestLedger;
  readonly authorities: TrustConfig['certificateAuthorities'];
  readonly stopping: AbortSignal;
}

/** An answer over HTTP. */
export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

/** The trust services of one operator behind HTTP, over a ledger in memory that several operators may share. */
export class Operator {
  readonly mspId: string;
  readonly services: TrustServices;
  readonly #ledger: TestLedger;
  readonly #port: number;
  readonly stop: () => void;

  private constructor(parts: OperatorParts, services: TrustServices, port: number, stop: () => void) {
    this.mspId = parts.mspId;
    this.#ledger = parts.ledger;
    this.services = services;
    this.#port = port;
    this.stop = stop;
  }

  static async open(parts: OperatorParts): Promise<Operator> {
    const { mspId, pool, hsm, ledger, authorities, stopping } = parts;
    const logger = pino({ level: 'silent' });
    const services = await openTrustServices({
      config: {
        mspId,
        network: NETWORK,
        certificateAuthorities: authorities,
        crl: { url: undefined, shards: 1 },
        deviceTrust: { mode: 'development' },
        attestation: readAttestationPolicy('ATTESTATION_POLICY_FILE', POLICY_FILE),
      },
      pool,
      hsm,
      logger,
      reads: ledger,
      snapshots: ledger,
      head: { height: ledger.height, waitFor: () => Promise.resolve() },
      freshness: { currentAt: () => Math.floor(Date.now() / 1_000), assertFresh: () => undefined },
      stopping,
    });
    const context = {
      config: {
        publicReads: true,
        organization: { msp_id: mspId },
        network: { entry: { organizations: [] } },
        rateLimits: { readsPerMinute: 0, writesPerMinute: 0 },
      },
      logger,
      metrics: new Metrics(),
      certificates: { authenticate: () => ANONYMOUS },
      tokens: { authenticate: () => Promise.resolve(undefined) },
    } as unknown as GatewayContext;
    const source = (): TrustServices => services;
    const server = createServer(createApp(context, [...trustRoutes(source), ...keyBrokerRoutes(source)]));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Operator(parts, services, (server.address() as AddressInfo).port, () => {
      server.closeAllConnections();
      server.close();
    });
  }

  async ask(path: string, body?: unknown, cookie?: string): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${this.#port}${path}`, {
      headers: { 'content-type': 'application/json', ...(cookie === undefined ? {} : { cookie }) },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      body: (await response.json()) as Record<string, unknown>,
      headers: response.headers,
    };
  }

  /** The answer's code; OK where it is no problem. */
  async code(path: string, body?: unknown, cookie?: string): Promise<string> {
    const answer = await this.ask(path, body, cookie);
    return answer.status === 200 ? 'OK' : String(answer.body['code']);
  }

  /** Deposits a secret (a key or a share) as the maker does. */
  async deposit(secret: Uint8Array, change: object = {}): Promise<unknown> {
    const body = {
      artifact_id: this.#ledger.artifactDocument.artifact_id,
      version: this.#ledger.contentKeyDocument?.current ?? 1,
      operator: this.mspId,
      jwe: sealFor(this.services.jwks, secret),
      ...change,
    };
    return this.services.contentKeys.deposit(await request(this.#ledger.maker, 'key.deposit', body));
  }

  async token(deviceId?: string): Promise<string> {
    const body = {
      right_id: this.#ledger.rightDocument.right_id,
      ...(deviceId === undefined ? {} : { device_id: deviceId }),
    };
    return (await this.services.tokens.issue(await request(this.#ledger.holder, 'token.request', body)))
      .token;
  }
}

/** A secret as a JWE to an operator's wrapping key. */
export function sealFor(jwks: JwkSet, secret: Uint8Array): string {
  const jwk = jwks.keys.find(({ use }) => use === 'wrap');
  if (jwk?.kid === undefined) throw new RegistryError('KEY_INVALID', 'There is no wrapping key.');
  const ephemeralPrivate = randomBytes(32);
  ephemeralPrivate[0] = (ephemeralPrivate[0] ?? 0) & 0x7f;
  return sealJwe({
    recipientPublic: uncompressPoint(fromHex(publicKeyFromJwk(jwk).publicKey)),
    ephemeralPrivate,
    iv: randomBytes(12),
    plaintext: secret,
    kid: jwk.kid,
  });
}
