import { ConfigError } from './config-error';
import { type EnvironmentReader } from './environment';

/** Where the issuer's keys come from. */
export type JwksSource =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'url'; readonly url: URL }
  /** `jwks_uri` of the issuer's /.well-known/openid-configuration */
  | { readonly kind: 'discovery'; readonly url: URL };

/** One trusted issuer of bearer tokens. */
export interface OidcConfig {
  readonly issuer: string;
  readonly audience: string;
  readonly jwks: JwksSource;
  /** Claim with the caller's roles: a string or an array of strings. */
  readonly rolesClaim: string;
  /**
   * Whether the issuer may live at a loopback or private address. Off by default: an issuer's document names the
   * address of its keys, and must not send the gateway to its own network.
   */
  readonly allowPrivateAddresses: boolean;
}

/** undefined when no issuer is configured: then bearer tokens are refused. */
export function readOidcConfig(env: EnvironmentReader): OidcConfig | undefined {
  const issuer = env.optional('OIDC_ISSUER');
  if (issuer === undefined) return undefined;
  return {
    issuer,
    audience: env.text('OIDC_AUDIENCE'),
    jwks: readSource(env, issuer),
    rolesClaim: env.text('OIDC_ROLES_CLAIM', 'roles'),
    allowPrivateAddresses: env.flag('OIDC_ALLOW_PRIVATE_ADDRESSES', false),
  };
}

function readSource(env: EnvironmentReader, issuer: string): JwksSource {
  const file = env.optional('OIDC_JWKS_FILE');
  const url = env.optional('OIDC_JWKS_URL');
  if (file !== undefined && url !== undefined) {
    throw new ConfigError('OIDC_JWKS_URL', 'must not be set together with OIDC_JWKS_FILE');
  }
  if (file !== undefined) return { kind: 'file', file };
  const schemes = env.flag('OIDC_ALLOW_PRIVATE_ADDRESSES', false) ? ['https:', 'http:'] : ['https:'];
  if (url !== undefined) return { kind: 'url', url: env.url('OIDC_JWKS_URL', schemes) };
  const base = env.url('OIDC_ISSUER', schemes);
  if (!issuer.endsWith('/')) base.pathname = `${base.pathname.replace(/\/$/, '')}/`;
  return { kind: 'discovery', url: new URL('.well-known/openid-configuration', base) };
}
