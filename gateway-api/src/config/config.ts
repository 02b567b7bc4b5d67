import { ConfigError } from './config-error';
import { type Environment, EnvironmentReader } from './environment';
import { DEFAULT_REPORT_INTERVAL_S } from '../audit/limits';
import {
  type IdentityEntry,
  type NetworkFile,
  type OrganizationEntry,
  readNetworkFile,
} from './network-file';
import { type OidcConfig, readOidcConfig } from './oidc-config';
import {
  DEFAULT_MAX_OPEN_OPERATIONS,
  DEFAULT_POOL_SIZE,
  DEFAULT_READS_PER_MINUTE,
  DEFAULT_RETENTION_DAYS,
  DEFAULT_WORKERS,
  DEFAULT_WRITES_PER_MINUTE,
} from '../limits';
import { readTrustConfig, type TrustConfig } from '../trust';

/** Where the key of the gateway's Fabric identity is. */
export type FabricKey = { readonly kind: 'software'; readonly keyFile: string } | { readonly kind: 'hsm' };

export interface FabricIdentity {
  readonly mspId: string;
  readonly certificateFile: string;
  readonly key: FabricKey;
}

export interface HsmConfig {
  readonly module: string;
  /** Label of the organization's token. */
  readonly token: string;
  readonly pinFile: string;
  /** Configuration file of SoftHSM, where the module is SoftHSM. */
  readonly softhsmConf: string | undefined;
}

export interface PeerConfig {
  /** host:port */
  readonly endpoint: string;
  readonly tlsCaFile: string;
  readonly serverName: string | undefined;
}

export interface TlsConfig {
  readonly certificateFile: string;
  readonly keyFile: string;
}

export interface RateLimits {
  /** Requests per minute and caller; 0 switches the limit off. */
  readonly readsPerMinute: number;
  readonly writesPerMinute: number;
}

/** Everything the gateway is told at start. Checked once; nothing else reads the environment. */
export interface GatewayConfig {
  readonly network: NetworkFile;
  readonly organization: OrganizationEntry;
  /** Separates the operations of gateway processes that share a database. */
  readonly instance: string;
  readonly host: string;
  readonly port: number;
  readonly tls: TlsConfig;
  readonly databaseUrl: string;
  readonly poolSize: number;
  readonly peer: PeerConfig;
  readonly identity: FabricIdentity;
  readonly hsm: HsmConfig | undefined;
  /** The trust services need an HSM; without one they are off. */
  readonly trust: TrustConfig | undefined;
  readonly oidc: OidcConfig | undefined;
  /** Whether reads need no authentication. */
  readonly publicReads: boolean;
  readonly rateLimits: RateLimits;
  readonly maxOpenOperations: number;
  readonly workers: number;
  readonly retentionDays: number;
  /** Seconds between two periodic reports to regulators. */
  readonly reportIntervalS: number;
  readonly logLevel: LogLevel;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const MAX_PORT = 65_535;
/** Seconds: a minute, so that reports stay few, to a year. */
const REPORT_INTERVAL = { min: 60, max: 31_536_000 } as const;

const MILLION = 1_000_000;

/**
 * Reads the configuration from environment variables and the network's description.
 *
 * @throws ConfigError naming the variable that is missing or wrong.
 */
export function readConfig(environment: Environment): GatewayConfig {
  const env = new EnvironmentReader(environment);
  const network = readNetworkFile('REGISTRY_NETWORK_FILE', env.text('REGISTRY_NETWORK_FILE'));
  const organization = findOrganization(network, env.text('GATEWAY_ORGANIZATION'));
  const entry = gatewayIdentity(organization);
  const port = env.integer('GATEWAY_PORT', { min: 1, max: MAX_PORT });
  const identity = readIdentity(env, network, entry);
  const hsm = readHsm(env, network, entry.hsm?.label ?? organization.name);
  if (identity.key.kind === 'hsm' && hsm === undefined) {
    throw new ConfigError(
      'GATEWAY_FABRIC_KEY',
      'is "hsm", but neither HSM_MODULE nor the network file names an HSM',
    );
  }
  return {
    network,
    organization,
    instance: env.text('GATEWAY_INSTANCE', `${organization.msp_id}:${port}`),
    host: env.text('GATEWAY_HOST', '127.0.0.1'),
    port,
    tls: readTls(env, network, entry),
    databaseUrl: env.url('DATABASE_URL', ['postgres:', 'postgresql:'], network.entry.postgres?.url).href,
    poolSize: env.integer('GATEWAY_POOL_SIZE', { min: 2, max: 100 }, DEFAULT_POOL_SIZE),
    peer: readPeer(network, organization),
    identity,
    hsm,
    trust: hsm === undefined ? undefined : readTrustConfig(environment, network, organization),
    oidc: readOidcConfig(env),
    publicReads: env.flag('GATEWAY_PUBLIC_READS', true),
    rateLimits: readRateLimits(env),
    maxOpenOperations: env.integer(
      'GATEWAY_MAX_OPEN_OPERATIONS',
      { min: 1, max: MILLION },
      DEFAULT_MAX_OPEN_OPERATIONS,
    ),
    workers: env.integer('GATEWAY_WORKERS', { min: 1, max: 500 }, DEFAULT_WORKERS),
    reportIntervalS: env.integer('AUDIT_REPORT_INTERVAL_S', REPORT_INTERVAL, DEFAULT_REPORT_INTERVAL_S),
    retentionDays: env.integer('GATEWAY_RETENTION_DAYS', { min: 1, max: 3_650 }, DEFAULT_RETENTION_DAYS),
    logLevel: env.choice('GATEWAY_LOG_LEVEL', LOG_LEVELS, 'info'),
  };
}

function findOrganization(network: NetworkFile, name: string): OrganizationEntry {
  const { organizations } = network.entry;
  const found = organizations.find((candidate) => candidate.name === name);
  if (found === undefined) {
    const names = organizations.map((candidate) => candidate.name).join(', ');
    throw new ConfigError('GATEWAY_ORGANIZATION', `must be one of ${names}, not "${name}"`);
  }
  return found;
}

function gatewayIdentity(organization: OrganizationEntry): IdentityEntry {
  const entry = organization.identities['gateway'];
  if (entry === undefined) {
    throw new ConfigError(
      'GATEWAY_ORGANIZATION',
      `${organization.name} has no identity "gateway" in the network file`,
    );
  }
  return entry;
}

function readIdentity(env: EnvironmentReader, network: NetworkFile, entry: IdentityEntry): FabricIdentity {
  const kind = env.choice('GATEWAY_FABRIC_KEY', ['hsm', 'software'], 'hsm');
  if (entry.cert === undefined) {
    throw new ConfigError('REGISTRY_NETWORK_FILE', 'names no certificate of the gateway identity');
  }
  const certificateFile = network.path(entry.cert);
  if (kind === 'hsm') return { mspId: entry.msp_id, certificateFile, key: { kind } };
  if (entry.key === undefined) {
    throw new ConfigError(
      'GATEWAY_FABRIC_KEY',
      'is "software", but the gateway identity has no key file; use "hsm"',
    );
  }
  return { mspId: entry.msp_id, certificateFile, key: { kind, keyFile: network.path(entry.key) } };
}

function readTls(env: EnvironmentReader, network: NetworkFile, entry: IdentityEntry): TlsConfig {
  return {
    certificateFile: fileSetting(env, network, 'GATEWAY_TLS_CERT_FILE', entry.tls_cert),
    keyFile: fileSetting(env, network, 'GATEWAY_TLS_KEY_FILE', entry.tls_key),
  };
}

function fileSetting(
  env: EnvironmentReader,
  network: NetworkFile,
  name: string,
  fallback: string | undefined,
): string {
  const given = env.optional(name);
  if (given !== undefined) return given;
  if (fallback === undefined)
    throw new ConfigError(name, 'is required, for the network file names no such file');
  return network.path(fallback);
}

function readPeer(network: NetworkFile, organization: OrganizationEntry): PeerConfig {
  const { peer } = organization;
  if (peer === undefined) {
    throw new ConfigError(
      'GATEWAY_ORGANIZATION',
      `${organization.name} runs no peer; choose an operator with one`,
    );
  }
  return { endpoint: peer.endpoint, tlsCaFile: network.path(peer.tls_ca_cert), serverName: peer.server_name };
}

function readHsm(env: EnvironmentReader, network: NetworkFile, token: string): HsmConfig | undefined {
  const { hsm } = network.entry;
  const module = env.optional('HSM_MODULE') ?? hsm?.module;
  if (module === undefined) return undefined;
  return {
    module,
    token: env.text('HSM_TOKEN', token),
    pinFile: fileSetting(env, network, 'HSM_PIN_FILE', hsm?.pin_file),
    softhsmConf: env.optional('SOFTHSM2_CONF') ?? (hsm === undefined ? undefined : network.path(hsm.conf)),
  };
}

function readRateLimits(env: EnvironmentReader): RateLimits {
  const range = { min: 0, max: MILLION };
  return {
    readsPerMinute: env.integer('GATEWAY_READS_PER_MINUTE', range, DEFAULT_READS_PER_MINUTE),
    writesPerMinute: env.integer('GATEWAY_WRITES_PER_MINUTE', range, DEFAULT_WRITES_PER_MINUTE),
  };
}
