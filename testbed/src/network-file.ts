import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The part of `.run/network.json` that measurements need; written by `make up`. */
export interface NetworkFile {
  readonly channel: string;
  readonly chaincode: string;
  readonly genesis_hash: string;
  readonly organizations: readonly Organization[];
  readonly hsm: { readonly module: string; readonly conf: string; readonly pin_file: string };
  readonly postgres: { readonly url: string };
  readonly gateway: { readonly url: string; readonly tls_ca_cert: string };
}

export interface Organization {
  readonly name: string;
  readonly msp_id: string;
  readonly role: 'operator' | 'regulator';
  readonly ca: { readonly url: string; readonly caname: string; readonly tls_cert: string };
  readonly orderer?: { readonly endpoint: string };
  readonly peer?: { readonly endpoint: string; readonly tls_ca_cert: string; readonly server_name?: string };
  readonly identities: Readonly<Record<string, Identity>>;
}

export interface Identity {
  readonly cert: string;
  readonly key?: string;
  readonly tls_cert?: string;
  readonly tls_key?: string;
  readonly msp_id: string;
}

export interface RunningNetwork {
  readonly file: NetworkFile;
  /** Absolute folder of run-time state (`.run`). */
  readonly folder: string;
  readonly path: (relative: string) => string;
}

/** Reads the running network's description; says what to do when there is none. */
export function runningNetwork(root = resolve(__dirname, '..', '..')): RunningNetwork {
  const name = process.env['REGISTRY_NETWORK_FILE'] ?? join(root, '.run', 'network.json');
  let text: string;
  try {
    text = readFileSync(name, 'utf8');
  } catch (cause) {
    throw new Error(`No running network is described at ${name}. Start one with: make up`, { cause });
  }
  return {
    file: JSON.parse(text) as NetworkFile,
    folder: dirname(name),
    path: (relative) => resolve(root, relative),
  };
}

export function organization(network: RunningNetwork, name: string): Organization {
  const found = network.file.organizations.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`The network has no organization ${name}`);
  return found;
}

/** The database of the running mirror and gateway: DATABASE_URL when set, as for `make up`. */
export function databaseUrl(network: RunningNetwork): string {
  return process.env['DATABASE_URL'] ?? network.file.postgres.url;
}
