import { ConfigError } from '../config/config-error';
import { type EnvironmentReader } from '../config/environment';
import { MAX_CRL_SHARDS } from './limits';

/** How the CRLs of an operator are published. */
export interface CrlConfig {
  /** Absolute address under which the world reaches /v1/crl: what the CRLs name for shards and deltas. */
  readonly url: string | undefined;
  /** 1: only the list of all certificates. */
  readonly shards: number;
}

const URL_FORM = /^https?:\/\/[^\s?#]+\/v1\/crl$/;

/** Reads CRL_URL, by default below the gateway's own address, and CRL_SHARDS. Throws ConfigError. */
export function readCrlConfig(env: EnvironmentReader, publicUrl: string): CrlConfig {
  const given = env.optional('CRL_URL');
  const url = given ?? `${publicUrl}/v1/crl`;
  const shards = env.integer('CRL_SHARDS', { min: 1, max: MAX_CRL_SHARDS }, 1);
  if (!URL_FORM.test(url) || !URL.canParse(url)) {
    throw new ConfigError('CRL_URL', 'it is the absolute address of /v1/crl, without query');
  }
  if (shards > 1 && given === undefined) {
    throw new ConfigError(
      'CRL_URL',
      'shards are known by their address, which certificates name and which must not change',
    );
  }
  return { url, shards };
}
