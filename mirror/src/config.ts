import { readFile } from 'node:fs/promises';

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

/** The mirror's configuration. */
export interface MirrorConfig {
  readonly source: PeerSource;
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

function port(environment: NodeJS.ProcessEnv): number {
  const text = environment['MIRROR_OPERATIONS_PORT'];
  if (text === undefined || text === '') return DEFAULT_OPERATIONS_PORT;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > MAX_PORT) {
    throw new ConfigError(`MIRROR_OPERATIONS_PORT is '${text}', not a port number`);
  }
  return value;
}

function textAt(from: Json, path: string): string {
  let value: unknown = from;
  for (const step of path.split('.')) value = isObject(value) ? value[step] : undefined;
  if (typeof value !== 'string' || value === '') {
    throw new ConfigError(`REGISTRY_NETWORK_FILE: '${path}' is missing; bring the network up again`);
  }
  return value;
}

function organization(network: Json, name: string): Json {
  const all = Array.isArray(network['organizations']) ? network['organizations'].filter(isObject) : [];
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
  return {
    source: peerSource(network, required(environment, 'MIRROR_ORGANIZATION')),
    databaseUrl: required(environment, 'DATABASE_URL'),
    operationsHost: environment['MIRROR_OPERATIONS_HOST'] ?? '127.0.0.1',
    operationsPort: port(environment),
    logLevel: environment['LOG_LEVEL'] ?? 'info',
  };
}
