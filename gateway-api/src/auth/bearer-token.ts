import { createHash } from 'node:crypto';
import { RegistryError } from '@maker-registry/protocol';
import { type Request } from 'express';
import { type OidcConfig } from '../config/oidc-config';
import { type Caller } from '../http/caller';
import { JwksCache } from './jwks-cache';
import { type VerificationJwk } from './jwk';
import { type JwtClaims, parseJwt, verifyJwt } from './jwt';

const BEARER = /^Bearer +(\S+)$/i;

/** Knows callers by tokens of the configured OIDC issuer. */
export class TokenAuthenticator {
  readonly #config: OidcConfig | undefined;
  readonly #jwks: JwksCache | undefined;

  constructor(config: OidcConfig | undefined) {
    this.#config = config;
    this.#jwks = config === undefined ? undefined : new JwksCache(config);
  }

  /**
   * undefined without an Authorization header.
   *
   * @throws RegistryError UNAUTHENTICATED
   */
  async authenticate(request: Request): Promise<Caller | undefined> {
    const { authorization } = request.headers;
    if (authorization === undefined) return undefined;
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined || this.#config === undefined || this.#jwks === undefined) {
      throw new RegistryError('UNAUTHENTICATED', 'This gateway takes no such Authorization header.');
    }
    const jwt = parseJwt(token);
    const { issuer, audience, rolesClaim } = this.#config;
    const now = Math.floor(Date.now() / 1_000);
    return callerOfClaims(verifyJwt(jwt, await this.#keys(jwt.kid), { issuer, audience, now }), rolesClaim);
  }

  async #keys(kid: string | undefined): Promise<readonly VerificationJwk[]> {
    try {
      return (await this.#jwks?.keys(kid)) ?? [];
    } catch (cause) {
      throw new RegistryError('UNAUTHENTICATED', 'The keys of the token issuer can not be read now.', {
        cause,
      });
    }
  }
}

/** The digest keeps the subject, which may name a person, out of logs and tables. */
export function callerOfClaims(claims: JwtClaims, rolesClaim: string): Caller {
  const name = createHash('sha256')
    .update(`${String(claims['iss'])}\n${String(claims['sub'])}`)
    .digest('hex');
  const claimed = claims[rolesClaim];
  const roles = (Array.isArray(claimed) ? claimed : [claimed]).filter((role) => typeof role === 'string');
  return { id: `token:${name}`, kind: 'token', mspId: undefined, roles };
}
