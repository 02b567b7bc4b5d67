import { readFile } from 'node:fs/promises';
import { MAX_WATCH_INTERVAL_MS, MIN_WATCH_INTERVAL_MS, WATCH_INTERVAL_MS } from './limits';

/** Where the mirror reads blocks, and as whom. Paths are files. */
export interface PeerSource {
  readonly channel: string;
  /** Namespace of the registry's keys. */
  readonly chaincode: string;
  /** Hex SHA-256 of the genesis block's header: which network this is. */
  readonly genesisHash: string;
  /** host:port */
  readonly endpoint: string;
  readonly tlsCaCert: string;
  readonly serverName: string;
  readonly mspId: string;
  readonly certificate: string;
  readonly key: string;
}

/** Another organization's peer, whose blocks are compared with what the mirror recomputed. */
export interface WitnessSource {
  /** MSP id of the organization that runs it; the identity that reads is the own organization's. */
  readonly organization: string;
  readonly source: PeerSource;
}

/** The mirror's configuration. */
export interface MirrorConfig {
  readonly source: PeerSource;
  /** The peers of all other organizations that the network's description names. */
  readonly witnesses: readonly WitnessSource[];
  /** Milliseconds between two comparisons with them. */
  readonly watchIntervalMs: number;
  readonly databaseUrl: string;
  readonly operationsHost: string;
  readonly operationsPort: number;
  readonly logLevel: string;
}

/** A configuration the mirror can't start with; the message names the variable and what to do. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

const DEFAULT_OPERATIONS_PORT = 10_801;
const MAX_PORT = 65_535;
const HASH = /^[0-9a-f]{64}$/;

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function required(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (value === undefined || value === '') throw new ConfigError(`${name} is not set`);
  return value;
}

interface IntegerSetting {
  readonly name: string;
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
  /** What it is, for the message. */
  readonly what: string;
}

function integer(environment: NodeJS.ProcessEnv, { name, fallback, min, max, what }: IntegerSetting): number {
  const text = environment[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new ConfigError(`${name} is '${text}', not ${what}`);
  }
  return value;
}

const PORT: IntegerSetting = {
  name: 'MIRROR_OPERATIONS_PORT',
  fallback: DEFAULT_OPERATIONS_PORT,
  min: 0,
  max: MAX_PORT,
  what: 'a port number',
};

const WATCH: IntegerSetting = {
  name: 'MIRROR_WATCH_INTERVAL_MS',
  fallback: WATCH_INTERVAL_MS,
  min: MIN_WATCH_INTERVAL_MS,
  max: MAX_WATCH_INTERVAL_MS,
  what: `a number of milliseconds from ${MIN_WATCH_INTERVAL_MS} to ${MAX_WATCH_INTERVAL_MS}`,
};

function textAt(from: Json, path: string): string {
  let value: unknown = from;
  for (const step of path.split('.')) value = isObject(value) ? value[step] : undefined;
  if (typeof value !== 'string' || value === '') {
    throw new ConfigError(`REGISTRY_NETWORK_FILE: '${path}' is missing; bring the network up again`);
  }
  return value;
}

function organizations(network: Json): Json[] {
  return Array.isArray(network['organizations']) ? network['organizations'].filter(isObject) : [];
}

function organization(network: Json, name: string): Json {
  const all = organizations(network);
  const found = all.find((one) => one['name'] === name);
  if (found === undefined) {
    const names = all.map((one) => String(one['name'])).join(', ');
    throw new ConfigError(`MIRROR_ORGANIZATION is '${name}', the network has: ${names}`);
  }
  return found;
}

/**
 * Reads the peer and identity of an organization from the network's description.
 * @throws ConfigError naming what is missing
 */
export function peerSource(network: unknown, organizationName: string): PeerSource {
  if (!isObject(network)) throw new ConfigError('REGISTRY_NETWORK_FILE does not hold a JSON object');
  const own = organization(network, organizationName);
  const genesisHash = textAt(network, 'genesis_hash');
  if (!HASH.test(genesisHash))
    throw new ConfigError("REGISTRY_NETWORK_FILE: 'genesis_hash' is not a SHA-256 in hex");
  return {
    channel: textAt(network, 'channel'),
    chaincode: textAt(network, 'chaincode'),
    genesisHash,
    endpoint: textAt(own, 'peer.endpoint'),
    tlsCaCert: textAt(own, 'peer.tls_ca_cert'),
    serverName: textAt(own, 'peer.server_name'),
    mspId: textAt(own, 'msp_id'),
    certificate: textAt(own, 'identities.auditor.cert'),
    key: textAt(own, 'identities.auditor.key'),
  };
}

/**
 * The peers of the other organizations, to be read with the own organization's identity: who keeps the same ledger has to
 * say the same. Organizations without a peer are left out.
 * @throws ConfigError as `peerSource`
 */
export function witnessSources(network: unknown, organizationName: string): WitnessSource[] {
  const own = peerSource(network, organizationName);
  if (!isObject(network)) return [];
  return organizations(network)
    .filter((one) => one['name'] !== organizationName && isObject(one['peer']))
    .map((one) => ({
      organization: textAt(one, 'msp_id'),
      source: {
        ...own,
        endpoint: textAt(one, 'peer.endpoint'),
        tlsCaCert: textAt(one, 'peer.tls_ca_cert'),
        serverName: textAt(one, 'peer.server_name'),
      },
    }));
}

async function readNetwork(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    throw new ConfigError(
      `REGISTRY_NETWORK_FILE: can't read '${path}': ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/**
 * Reads and checks the whole configuration before anything starts.
 * @throws ConfigError
 */
export async function loadConfig(environment: NodeJS.ProcessEnv): Promise<MirrorConfig> {
  const network = await readNetwork(required(environment, 'REGISTRY_NETWORK_FILE'));
  const own = required(environment, 'MIRROR_ORGANIZATION');
  return {
    source: peerSource(network, own),
    witnesses: witnessSources(network, own),
    watchIntervalMs: integer(environment, WATCH),
    databaseUrl: required(environment, 'DATABASE_URL'),
    operationsHost: environment['MIRROR_OPERATIONS_HOST'] ?? '127.0.0.1',
    operationsPort: integer(environment, PORT),
    logLevel: environment['LOG_LEVEL'] ?? 'info',
  };
}
