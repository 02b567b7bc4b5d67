import {
  type Envelope,
  MAX_REVOCATION_LIST_BYTES,
  type Purpose,
  serializeEnvelope,
} from '@maker-registry/protocol';
import { ClientError } from '../errors/client-error';
import { type HttpResponse } from '../http/transport';
import { buildSignedIntent } from '../intents/build-signed-intent';
import { type ActorSigner } from '../keys/actor-signer';
import { MAX_CRL_BYTES, MAX_WAIT_PER_REQUEST_S, WAIT_SLACK_MS } from '../limits';
import { type GatewayConnection } from './gateway-connection';

/** Public keys of a TPM for enrolment, TPM structures in hex. */
export interface DeviceEnrollment {
  /** Certificate of the endorsement key by the TPM's maker, DER in hex, where there is one. */
  readonly ek_certificate?: string;
  /** TPM2B_PUBLIC. */
  readonly ek_public?: string;
  readonly ak_public: string;
}

/** What only the TPM with both keys can open. */
export interface EnrollmentChallenge {
  readonly enrollment_id: string;
  /** TPM2B_ID_OBJECT, hex. */
  readonly credential_blob: string;
  /** TPM2B_ENCRYPTED_SECRET, hex. */
  readonly encrypted_secret: string;
}

export interface Challenge {
  readonly challenge_id: string;
  /** Hex. */
  readonly nonce: string;
  /** Unix seconds. */
  readonly expires_at: number;
}

/** An attestation of a TPM: TPMS_ATTEST and TPMT_SIGNATURE in hex. */
export interface AttestationEvidence {
  readonly attest: string;
  readonly signature: string;
}

export interface QuoteEvidence extends AttestationEvidence {
  /** Bank → PCR index → value in hex. */
  readonly pcrs: { readonly sha256: Readonly<Record<string, string>> };
}

export interface KeyReleaseRequest {
  readonly token: string;
  /** The holder's signed `key.release`. */
  readonly request: Envelope;
  /** Present where the risk class asks for attestation. */
  readonly quote?: QuoteEvidence;
  readonly certification?: AttestationEvidence;
}

export interface ReleasedKey {
  /** Compact JWE, ECDH-ES with A256GCM. */
  readonly jwe: string;
  readonly key_version: number;
  readonly commitment: string;
}

/** A revocation list as received: to be verified before anything in it is believed. */
export interface FetchedList {
  /** The DSSE envelope's bytes. */
  readonly envelope: Uint8Array;
  readonly etag: string | undefined;
}

export interface CrlRequest {
  /** The CA of identities (default), or of TLS certificates. */
  readonly authority?: 'ca' | 'tlsca';
  /** One shard instead of the list of all certificates: its number from 0, and how many there are. */
  readonly shard?: { readonly number: number; readonly of: number };
  /** What changed since the full lists in use, instead of a full list. */
  readonly delta?: boolean;
}

export interface ListRequest {
  /** Wait until the list's number is above this one … */
  readonly after?: number;
  /** … for at most this many seconds. */
  readonly waitS?: number;
  readonly signal?: AbortSignal;
}

const MS_PER_SECOND = 1_000;
const NOT_MODIFIED = 304;
const NO_CONTENT = 204;

/** The trust services of a gateway: keys, lists, devices, tokens, key release. */
export class Trust {
  readonly #gateway: GatewayConnection;
  readonly #network: string;

  constructor(gateway: GatewayConnection, network: string) {
    this.#gateway = gateway;
    this.#network = network;
  }

  /** The operator's public keys (JWKS text). They mean nothing until a person has compared their fingerprint. */
  async jwks(): Promise<Uint8Array> {
    return (await this.#gateway.send({ method: 'GET', path: '/v1/jwks.json', repeatable: true })).body;
  }

  /** A certificate revocation list of the operator, DER: to be verified before anything in it is believed. */
  async crl(request: CrlRequest = {}): Promise<Uint8Array> {
    const { authority, shard, delta } = request;
    const response = await this.#gateway.send({
      method: 'GET',
      path: '/v1/crl',
      query: {
        authority,
        shard: shard?.number,
        shards: shard?.of,
        delta: delta === true ? 'true' : undefined,
      },
      headers: { accept: 'application/pkix-crl' },
      maxBytes: MAX_CRL_BYTES,
      repeatable: true,
    });
    return response.body;
  }

  /** The revocation list, at once or as soon as it has a number above `after`; undefined when none came in time. */
  async revocationList(request: ListRequest = {}): Promise<FetchedList | undefined> {
    const wait = Math.min(request.waitS ?? 0, MAX_WAIT_PER_REQUEST_S);
    const response = await this.#gateway.send({
      method: 'GET',
      path: '/v1/revocation-list',
      query: { after: request.after, wait: wait > 0 ? wait : undefined },
      timeoutMs: wait * MS_PER_SECOND + WAIT_SLACK_MS,
      maxBytes: MAX_REVOCATION_LIST_BYTES,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    if (response.status === NOT_MODIFIED || response.status === NO_CONTENT) return undefined;
    return { envelope: response.body, etag: etagOf(response) };
  }

  async enrollDevice(keys: DeviceEnrollment): Promise<EnrollmentChallenge> {
    const answer = await this.#gateway.post('/v1/devices/enroll', keys);
    return {
      enrollment_id: member(answer, 'enrollment_id'),
      credential_blob: member(answer, 'credential_blob'),
      encrypted_secret: member(answer, 'encrypted_secret'),
    };
  }

  /** Proves with the opened secret (hex) that both keys live in one TPM; gives the device's id. */
  async activateDevice(enrollmentId: string, secret: string): Promise<string> {
    const answer = await this.#gateway.post('/v1/devices/activate', { enrollment_id: enrollmentId, secret });
    return member(answer, 'device_id');
  }

  /** A fresh nonce for one attestation. */
  async challenge(purpose: 'key-release'): Promise<Challenge> {
    const answer = await this.#gateway.post('/v1/challenges', { purpose });
    return {
      challenge_id: member(answer, 'challenge_id'),
      nonce: member(answer, 'nonce'),
      expires_at: Number(answer['expires_at']),
    };
  }

  /** A rights token for the holder, bound to a device where `deviceId` is given. */
  async requestToken(
    holder: ActorSigner,
    rightId: string,
    options: { deviceId?: string; purpose?: Purpose } = {},
  ): Promise<string> {
    const body = {
      right_id: rightId,
      ...(options.deviceId === undefined ? {} : { device_id: options.deviceId }),
      ...(options.purpose === undefined ? {} : { purpose: options.purpose }),
    };
    const envelope = await buildSignedIntent(this.#network, 'token.request', body, holder);
    return member(await this.#gateway.post('/v1/tokens', serializeEnvelope(envelope)), 'token');
  }

  /** Hands an operator the content key, or its share of one, encrypted to the key its HSM holds. */
  async depositKey(
    maker: ActorSigner,
    deposit: { artifact_id: string; version: number; operator: string; jwe: string },
  ): Promise<Record<string, unknown>> {
    const envelope = await buildSignedIntent(this.#network, 'key.deposit', deposit, maker);
    return await this.#gateway.post('/v1/keys/deposit', serializeEnvelope(envelope));
  }

  /** The holder's signed request for a content key, to be sent with the attestation. */
  async buildReleaseRequest(
    holder: ActorSigner,
    body: { right_id: string; challenge_id: string; release_key: string; operator?: string },
  ): Promise<Envelope> {
    return await buildSignedIntent(this.#network, 'key.release', body, holder);
  }

  async releaseKey(request: KeyReleaseRequest): Promise<ReleasedKey> {
    const answer = await this.#gateway.post('/v1/keys/release', request);
    const version = answer['key_version'];
    if (typeof version !== 'number')
      throw new ClientError('RESPONSE_MALFORMED', 'The released key has no version.');
    return { jwe: member(answer, 'jwe'), key_version: version, commitment: member(answer, 'commitment') };
  }
}

function member(answer: Record<string, unknown>, name: string): string {
  const value = answer[name];
  if (typeof value === 'string') return value;
  throw new ClientError('RESPONSE_MALFORMED', `The gateway's answer has no ${name}.`, { subject: name });
}

function etagOf(response: HttpResponse): string | undefined {
  const { etag } = response.headers;
  return typeof etag === 'string' ? etag : undefined;
}
