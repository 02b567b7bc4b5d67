import {
  assertTokenBoundTo,
  ERROR_CODES,
  type ErrorCode,
  isRegistryError,
  type JwkSet,
  type Purpose,
  RegistryError,
  type TokenClaims,
  verifyToken,
} from '@maker-registry/protocol';
import { type ActorSigner, type Trust } from '@maker-registry/sdk';
import { errorFields, type Tell } from '../events';
import { TOKEN_REFRESH_SHARE, TOKEN_RETRY_MS } from '../limits';
import { type Clock } from './clock';
import { isAborted, pause } from './pause';

export interface TokenTrust {
  /** The operators' pinned token keys. */
  readonly jwks: JwkSet;
  /** Genesis hash, hex. */
  readonly network: string;
}

export interface TokenWish {
  readonly rightId: string;
  readonly deviceId: string | undefined;
  readonly purpose: Purpose | undefined;
}

/** Where tokens come from: a gateway. */
export type TokenSource = Pick<Trust, 'requestToken'>;

const MS_PER_SECOND = 1_000;
const RETRY_LATER: ReadonlySet<ErrorCode> = new Set(['RATE_LIMITED', 'MIRROR_BEHIND']);
const SERVER_ERROR = 500;

/** Holds a verified rights token and renews it before it expires. */
export class TokenKeeper {
  readonly #gateway: TokenSource;
  readonly #trust: TokenTrust;
  readonly #holder: ActorSigner;
  readonly #clock: Clock;
  readonly #tell: Tell;
  #token = '';
  #claims: TokenClaims | undefined;
  #refusal: RegistryError | undefined;

  constructor(gateway: TokenSource, trust: TokenTrust, holder: ActorSigner, clock: Clock, tell: Tell) {
    this.#gateway = gateway;
    this.#trust = trust;
    this.#holder = holder;
    this.#clock = clock;
    this.#tell = tell;
  }

  get token(): string {
    return this.#token;
  }

  /** Claims of the token at hand. */
  get claims(): TokenClaims {
    if (this.#claims === undefined) throw new RegistryError('TOKEN_MALFORMED', 'No token is at hand.');
    return this.#claims;
  }

  /** Why the registry refuses to renew the token, where it does. */
  get refusal(): RegistryError | undefined {
    return this.#refusal;
  }

  /**
   * Takes a token after checking that a pinned key signed it, for this network and this holder's key.
   *
   * @throws RegistryError TOKEN_*
   */
  take(token: string): void {
    const claims = this.verify(token);
    if (this.#claims !== undefined && claims.right_id !== this.#claims.right_id) {
      throw new RegistryError('TOKEN_NOT_BOUND', 'The token is for another right.', {
        subject: claims.right_id,
      });
    }
    this.#token = token;
    this.#claims = claims;
    this.#refusal = undefined;
    this.#tell('token', { jti: claims.jti, right_id: claims.right_id, expires_at: claims.exp });
  }

  /**
   * Claims of a token that a pinned key signed, for this network and this holder's key.
   *
   * @throws RegistryError TOKEN_*
   */
  verify(token: string): TokenClaims {
    const { claims } = verifyToken(token, { ...this.#trust, now: this.#clock.now() });
    assertTokenBoundTo(claims, this.#holder.signer.alg, this.#holder.signer.publicKey);
    if (claims.sub === this.#holder.actorId) return claims;
    throw new RegistryError('TOKEN_NOT_BOUND', 'The token is another holder’s.', { subject: claims.sub });
  }

  /** Asks the gateway for a token and takes it. */
  async request(wish: TokenWish): Promise<void> {
    this.take(
      await this.#gateway.requestToken(this.#holder, wish.rightId, {
        ...(wish.deviceId === undefined ? {} : { deviceId: wish.deviceId }),
        ...(wish.purpose === undefined ? {} : { purpose: wish.purpose }),
      }),
    );
  }

  /** Renews the token in time until `signal`. A refusal by the registry is kept in `refusal` and told by `onRefusal`. */
  async renew(wish: TokenWish, signal: AbortSignal, onRefusal: () => void): Promise<void> {
    while (!isAborted(signal)) {
      await pause(this.#untilRenewalMs(), signal);
      if (isAborted(signal)) return;
      try {
        await this.request(wish);
      } catch (error) {
        this.#tell('warning', errorFields(error));
        if (isRegistryError(error) && isFinal(error)) {
          this.#refusal = error;
          onRefusal();
        }
      }
      // Also after success: where this clock is ahead of the operator's, a new token is due at once and for ever.
      await pause(TOKEN_RETRY_MS, signal);
    }
  }

  #untilRenewalMs(): number {
    const { iat, exp } = this.claims;
    const due = iat + (exp - iat) * TOKEN_REFRESH_SHARE;
    return Math.max(0, due - this.#clock.now()) * MS_PER_SECOND;
  }
}

/** Whether the registry says no, rather than not being able to answer. */
function isFinal(error: RegistryError): boolean {
  return ERROR_CODES[error.code].http_status < SERVER_ERROR && !RETRY_LATER.has(error.code);
}
