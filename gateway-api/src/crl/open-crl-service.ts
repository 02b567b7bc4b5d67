import { type Pool } from 'pg';
import { type Logger } from 'pino';
import { type HsmClient } from '../hsm';
import { unixNow } from '../trust/clock';
import { readCertificateAuthority } from './authority';
import { AUTHORITY_NAMES, type AuthorityName } from './authority-names';
import { CertificateRows } from './certificate-rows';
import { type CrlConfig } from './crl-config';
import { CrlService, type CrlServiceDeps } from './crl-service';
import { CrlStore } from './crl-store';
import { type NamedAuthority } from './issue';
import { IssuedCrls } from './issued-crls';
import { scopesOf } from './scope';

/** What the CRLs of an operator are made of. */
export interface CrlDeps extends Pick<CrlServiceDeps, 'head' | 'freshness' | 'stopping'> {
  readonly config: {
    readonly mspId: string;
    /** PEM. */
    readonly certificateAuthorities: Readonly<Record<AuthorityName, string>>;
    readonly crl: CrlConfig;
  };
  readonly pool: Pool;
  readonly hsm: HsmClient;
  readonly logger: Logger;
}

/** The organization's CAs. Throws ConfigError. */
export function namedAuthorities(pems: CrlDeps['config']['certificateAuthorities']): NamedAuthority[] {
  return AUTHORITY_NAMES.map((name) => ({ name, ...readCertificateAuthority(pems[name]) }));
}

/** Puts the service together; nothing runs before `start`. */
export function openCrlService(deps: CrlDeps): CrlService {
  const { config, pool, hsm, logger, head, freshness, stopping } = deps;
  return new CrlService({
    authorities: namedAuthorities(config.certificateAuthorities),
    scopes: scopesOf(config.crl.shards),
    url: config.crl.url,
    rows: new CertificateRows(pool, config.mspId),
    store: new CrlStore(pool),
    issued: new IssuedCrls(pool),
    hsm,
    logger,
    head,
    freshness,
    stopping,
    now: unixNow,
  });
}
