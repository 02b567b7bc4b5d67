import {
  compactJwe,
  ecJwk,
  type Envelope,
  fromBase64,
  isPlainObject,
  toBase64,
} from '@maker-registry/protocol';
import { ClientError } from '../errors/client-error';
import { readObject } from '../http/problem';
import { type GatewayConnection } from './gateway-connection';
import { type AttestationEvidence, type QuoteEvidence } from './trust';

/** A session of one key release at one operator's gateway. */
export interface ReleaseSession {
  /** The challenge's nonce, which the quote must cover. */
  readonly nonce: Uint8Array;
  readonly challengeId: string;
  /** MSP id that the gateway claims: believed only where it is the one that was expected. */
  readonly operator: string;
  /** As it is sent back. */
  readonly cookie: string;
}

/** What a machine shows in a session. */
export interface SessionAttestation {
  readonly token: string;
  /** The holder's signed key.release over the session's challenge and the release key. */
  readonly request: Envelope;
  /** P-256 point of the release key, 33 or 65 bytes. */
  readonly releaseKeyPoint: Uint8Array;
  readonly quote: QuoteEvidence;
  readonly certification: AttestationEvidence;
}

/** Which content key is asked for. */
export interface KeyResource {
  readonly rightId: string;
  readonly artifactId: string;
  readonly keyVersion: number;
}

const VERSION = '0.4.0';
const TEE = 'tpm';
const TEE_KEY_ALGORITHM = 'ECDH-ES+A256KW';
const COOKIE = /^(kbs-session-id=[A-Za-z0-9_-]{16,128})(?:;|$)/;

/** Key release by the exchange of the Confidential Containers key broker, with this registry's token and signed request. */
export class KeyBroker {
  readonly #gateway: GatewayConnection;

  constructor(gateway: GatewayConnection) {
    this.#gateway = gateway;
  }

  /** Request and challenge: opens a session. */
  async auth(): Promise<ReleaseSession> {
    const body = JSON.stringify({ version: VERSION, tee: TEE, 'extra-params': '' });
    const response = await this.#gateway.send({ method: 'POST', path: '/kbs/v0/auth', body });
    const { nonce, 'extra-params': extra } = readObject(response);
    const bytes = typeof nonce === 'string' ? fromBase64(nonce) : undefined;
    const cookie = response.headers['set-cookie']?.flatMap((one) => COOKIE.exec(one)?.[1] ?? [])[0];
    if (bytes === undefined || cookie === undefined || !isPlainObject(extra)) throw malformed('challenge');
    const { challenge_id: challengeId, operator } = extra;
    if (typeof challengeId !== 'string' || typeof operator !== 'string') throw malformed('challenge');
    return { nonce: bytes, challengeId, operator, cookie };
  }

  /** Attestation: gives the operator's signed result (JWT), for the record. */
  async attest(session: ReleaseSession, attestation: SessionAttestation): Promise<string> {
    const { token, request, quote, certification, releaseKeyPoint } = attestation;
    const body = JSON.stringify({
      'runtime-data': {
        nonce: toBase64(session.nonce),
        'tee-pubkey': { ...ecJwk(releaseKeyPoint), alg: TEE_KEY_ALGORITHM },
        registry: { token, request },
      },
      'tee-evidence': { primary_evidence: { quote, certification }, additional_evidence: '' },
    });
    const headers = { cookie: session.cookie };
    const response = await this.#gateway.send({ method: 'POST', path: '/kbs/v0/attest', body, headers });
    const { token: result } = readObject(response);
    if (typeof result !== 'string') throw malformed('attestation result');
    return result;
  }

  /** Response: the content key, or the operator's share of it, as a compact JWE to the release key. The session ends. */
  async resource(session: ReleaseSession, { rightId, artifactId, keyVersion }: KeyResource): Promise<string> {
    const path = `/kbs/v0/resource/${rightId}/${artifactId}/${keyVersion}`;
    // Not repeatable: a session hands over once.
    const response = await this.#gateway.send({ method: 'GET', path, headers: { cookie: session.cookie } });
    return compactJwe(readObject(response));
  }
}

function malformed(what: string): ClientError {
  return new ClientError('RESPONSE_MALFORMED', `The gateway's ${what} is not understood.`, { subject: what });
}
