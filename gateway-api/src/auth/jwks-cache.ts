import { readFile } from 'node:fs/promises';
import { isPlainObject, parseStrictJson } from '@maker-registry/protocol';
import { type OidcConfig } from '../config/oidc-config';
import { JWKS_LIFETIME_S, JWKS_REFETCH_S, MAX_JWKS_BYTES } from '../limits';
import { fetchDocument } from './fetch-document';
import { readJwks, type VerificationJwk } from './jwk';

/** The keys of the configured issuer, read when needed and again when they are old or a key id is unknown. */
export class JwksCache {
  readonly #config: OidcConfig;
  #keys: readonly VerificationJwk[] = [];
  /** Milliseconds since the epoch */
  #readAt = 0;
  #reading: Promise<void> | undefined;

  constructor(config: OidcConfig) {
    this.#config = config;
  }

  /** Keys of the issuer; unknown key ids cause another read, at most one in JWKS_REFETCH_S. */
  async keys(kid: string | undefined): Promise<readonly VerificationJwk[]> {
    const age = (Date.now() - this.#readAt) / 1_000;
    const unknown = kid !== undefined && !this.#keys.some((key) => key.kid === kid);
    if (age > JWKS_LIFETIME_S || (unknown && age > JWKS_REFETCH_S)) await this.#refresh();
    return this.#keys;
  }

  /** Old keys stay in use when the issuer is away: its outage must not become the gateway's. */
  async #refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    try {
      await this.#reading;
    } catch (error) {
      if (this.#keys.length === 0) throw error;
    }
  }

  async #read(): Promise<void> {
    // Counted before the attempt, so that a failing issuer is not asked by every request.
    const previous = this.#readAt;
    this.#readAt = this.#keys.length === 0 ? previous : Date.now();
    this.#keys = readJwks(await this.#document());
    this.#readAt = Date.now();
  }

  async #document(): Promise<Buffer> {
    const { jwks, allowPrivateAddresses } = this.#config;
    if (jwks.kind === 'file') return readFile(jwks.file);
    if (jwks.kind === 'url') return fetchDocument(jwks.url, allowPrivateAddresses);
    const discovery = parseStrictJson(await fetchDocument(jwks.url, allowPrivateAddresses), {
      maxBytes: MAX_JWKS_BYTES,
    });
    if (!isPlainObject(discovery) || discovery['issuer'] !== this.#config.issuer) {
      throw new Error('the discovery document is of another issuer');
    }
    const uri = discovery['jwks_uri'];
    if (typeof uri !== 'string' || !URL.canParse(uri))
      throw new Error('the discovery document names no keys');
    return fetchDocument(new URL(uri), allowPrivateAddresses);
  }
}
