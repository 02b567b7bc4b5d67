import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The part of `.run/network.json`, written by `make up`, that the demonstration needs. */
export interface NetworkFile {
  readonly profile: string;
  readonly channel: string;
  readonly genesis_hash: string;
  readonly organizations: readonly OrganizationEntry[];
  readonly gateway: { readonly url: string; readonly tls_ca_cert: string };
  readonly hsm: { readonly module: string; readonly conf: string; readonly pin_file: string };
  readonly postgres: { readonly url: string };
}

export interface OrganizationEntry {
  readonly name: string;
  readonly msp_id: string;
  readonly role: 'operator' | 'regulator';
  readonly peer?: { readonly endpoint: string };
  /** PEM of the CA that its servers' certificates chain to. */
  readonly tls_ca_cert: string;
  readonly identities: Readonly<Record<string, IdentityEntry>>;
}

export interface IdentityEntry {
  readonly cert: string;
  readonly key?: string;
  readonly msp_id: string;
}

/**
 * Reads the running network's description under `root`; says what to do when there is none. REGISTRY_GATEWAY in the
 * environment names another gateway of the first operator, at another port say.
 */
export function readNetwork(root: string, environment: NodeJS.ProcessEnv): NetworkFile {
  const file = join(root, '.run', 'network.json');
  let network: NetworkFile;
  try {
    network = JSON.parse(readFileSync(file, 'utf8')) as NetworkFile;
  } catch (cause) {
    throw new Error('No running network is described in .run/network.json. Start one with: make up', {
      cause,
    });
  }
  const url = environment['REGISTRY_GATEWAY'] ?? '';
  return url === '' ? network : { ...network, gateway: { ...network.gateway, url } };
}

/** The certificate and key of one of an organization's people, as PEM. */
export function readIdentity(
  root: string,
  network: NetworkFile,
  organization: string,
  name: string,
): { readonly mspId: string; readonly certificate: string; readonly privateKey: string } {
  const entry = network.organizations.find((candidate) => candidate.name === organization)?.identities[name];
  if (entry?.key === undefined)
    throw new Error(`${organization} has no identity "${name}" with a key in a file`);
  return {
    mspId: entry.msp_id,
    certificate: readFileSync(resolve(root, entry.cert), 'utf8'),
    privateKey: readFileSync(resolve(root, entry.key), 'utf8'),
  };
}
