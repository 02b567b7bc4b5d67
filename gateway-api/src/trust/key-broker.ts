import { createHash } from 'node:crypto';
import {
  canonicalize,
  type EcPublicJwk,
  type Envelope,
  flattenJwe,
  type FlattenedJwe,
  fromBase64,
  fromHex,
  publicKeyFromJwk,
  toBase64,
  toBase64Url,
  uncompressPoint,
  utf8,
} from '@maker-registry/protocol';
import { type Evidence } from './attest-device';
import { type Challenges } from './challenges';
import { unixNow } from './clock';
import { type TrustDeps } from './deps';
import { type Admission, type KeyRelease, type ResourceName } from './key-release';
import { SESSION_LIFETIME_S } from './limits';
import { type ReleaseSessions } from './release-sessions';
import { type TrustKeys } from './trust-keys';

/** Version of the key broker protocol that is spoken, and the one kind of trusted environment. */
export const KBS_VERSION = '0.4.0';
export const TEE = 'tpm';
/** Algorithm that a TEE key announces and the answer uses. */
export const TEE_KEY_ALGORITHM = 'ECDH-ES+A256KW';

/** The key of the trusted environment as JWK. */
export interface TeePublicKey {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly alg: typeof TEE_KEY_ALGORITHM;
  readonly x: string;
  readonly y: string;
}

/** Body of /kbs/v0/attest. `registry` and the shape of the primary evidence are this registry's own. */
export interface KbsAttestation {
  readonly 'runtime-data': {
    /** As the challenge gave it. */
    readonly nonce: string;
    readonly 'tee-pubkey': TeePublicKey;
    readonly registry: { readonly token: string; readonly request: Envelope };
  };
  readonly 'tee-evidence': { readonly primary_evidence: Evidence };
}

/** Body of the answer to /kbs/v0/auth. */
export interface KbsChallenge {
  /** Base64. */
  readonly nonce: string;
  readonly 'extra-params': {
    readonly challenge_id: string;
    readonly operator: string;
    /** Unix seconds. */
    readonly expires_at: number;
  };
}

export interface KeyBrokerParts {
  readonly deps: Pick<TrustDeps, 'hsm' | 'config'>;
  readonly keys: TrustKeys;
  readonly challenges: Challenges;
  readonly sessions: ReleaseSessions;
  readonly keyRelease: KeyRelease;
}

/**
 * The exchange of the Confidential Containers key broker (request, challenge, attestation, response) in front of the one
 * judgement of key release: it adds a session and formats, and no rule of its own.
 */
export class KeyBroker {
  readonly #parts: KeyBrokerParts;

  constructor(parts: KeyBrokerParts) {
    this.#parts = parts;
  }

  /** Opens a session with its challenge. */
  async auth(): Promise<{ readonly cookie: string; readonly challenge: KbsChallenge }> {
    const { challenges, sessions, deps } = this.#parts;
    const { challenge_id: id, nonce, expires_at: expiresAt } = await challenges.issue('release-session');
    return {
      cookie: await sessions.open(id),
      challenge: {
        nonce: toBase64(fromHex(nonce)),
        'extra-params': { challenge_id: id, operator: deps.config.mspId, expires_at: expiresAt },
      },
    };
  }

  /**
   * Judges the session's evidence; gives the attestation result as a signed token.
   *
   * @throws RegistryError SESSION_UNKNOWN, and as KeyRelease.admit
   */
  async attest(cookie: string | undefined, body: KbsAttestation): Promise<{ readonly token: string }> {
    const { sessions, keyRelease } = this.#parts;
    const challengeId = await sessions.challengeOf(cookie);
    const { nonce, registry, 'tee-pubkey': teeKey } = body['runtime-data'];
    const admission = await keyRelease.admit(
      { ...registry, ...body['tee-evidence'].primary_evidence },
      {
        purpose: 'release-session',
        session: { challengeId, nonce: fromBase64(nonce) ?? new Uint8Array(), teeKey: pointOf(teeKey) },
      },
    );
    await sessions.admit(cookie, admission);
    return { token: await this.#resultToken(admission, teeKey) };
  }

  /**
   * Hands over the resource that the session was admitted to, encrypted to its TEE key; the session ends.
   *
   * @throws RegistryError SESSION_UNKNOWN, SESSION_NOT_ATTESTED, and as KeyRelease.handOver
   */
  async resource(cookie: string | undefined, name: ResourceName): Promise<FlattenedJwe> {
    const { sessions, keyRelease } = this.#parts;
    const admission = await sessions.take(cookie);
    return flattenJwe((await keyRelease.handOver(admission, 'wrapped', name)).jwe);
  }

  /** A statement for the attester's own records. Its type keeps it from ever passing for a rights token. */
  async #resultToken(admission: Admission, teeKey: TeePublicKey): Promise<string> {
    const { keys, deps } = this.#parts;
    const now = unixNow();
    const header = { alg: 'ES256', typ: 'attestation-result+jwt', kid: keys.token.kid };
    const claims = {
      iss: deps.config.mspId,
      iat: now,
      exp: now + SESSION_LIFETIME_S,
      jti: admission.challenge_id,
      tee: TEE,
      'tee-pubkey': teeKey,
      'evaluation-report': {
        attestation_policy: deps.config.attestation.version,
        risk_class: admission.risk_class,
        verdict: admission.verdict,
        checks: admission.checks.map(({ name, result }) => ({ name, result })),
      },
    };
    const part = (value: unknown): string => toBase64Url(utf8(canonicalize(value)));
    const input = `${part(header)}.${part(claims)}`;
    const digest = createHash('sha256').update(input).digest();
    return `${input}.${toBase64Url(await deps.hsm.sign(keys.token.label, digest))}`;
  }
}

function pointOf({ kty, crv, x, y }: TeePublicKey): Uint8Array {
  const jwk: EcPublicJwk = { kty, crv, x, y };
  return uncompressPoint(fromHex(publicKeyFromJwk(jwk).publicKey));
}
