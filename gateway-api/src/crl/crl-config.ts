import { ConfigError } from '../config/config-error';
import { type EnvironmentReader } from '../config/environment';
import { MAX_CRL_SHARDS } from './limits';

/** How the CRLs of an operator are published. */
export interface CrlConfig {
  /** Absolute address under which the world reaches /v1/crl; without it CRLs name neither shards nor deltas. */
  readonly url: string | undefined;
  /** 1: only the list of all certificates. */
  readonly shards: number;
}

const URL_FORM = /^https?:\/\/[^\s?#]+\/v1\/crl$/;

/** Reads CRL_URL and CRL_SHARDS. Throws ConfigError. */
export function readCrlConfig(env: EnvironmentReader): CrlConfig {
  const url = env.optional('CRL_URL');
  const shards = env.integer('CRL_SHARDS', { min: 1, max: MAX_CRL_SHARDS }, 1);
  if (url !== undefined && (!URL_FORM.test(url) || !URL.canParse(url))) {
    throw new ConfigError('CRL_URL', 'it is the absolute address of /v1/crl, without query');
  }
  if (shards > 1 && url === undefined) {
    throw new ConfigError('CRL_URL', 'shards are told apart by their address, which begins with it');
  }
  return { url, shards };
}
