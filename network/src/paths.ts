import { join, resolve } from 'node:path';
import type { NodeKind, Organization } from './topology/model';

/** Where everything lies: the repository's sources and the state folder `.run`. */
export interface Paths {
  readonly root: string;
  readonly run: string;
  readonly toolchain: string;
}

export function pathsOf(root: string, run = join(root, '.run')): Paths {
  return {
    root: resolve(root),
    run: resolve(run),
    toolchain: join(resolve(root), '.cache/toolchain/current'),
  };
}

export const tool = (paths: Paths, name: string): string => join(paths.toolchain, 'bin', name);
export const sampleConfig = (paths: Paths, name: string): string =>
  join(paths.toolchain, 'sampleconfig', name);
export const logFile = (paths: Paths, name: string): string => join(paths.run, 'logs', `${name}.log`);
export const pidFile = (paths: Paths, name: string): string => join(paths.run, 'pids', `${name}.json`);
export const networkFile = (paths: Paths): string => join(paths.run, 'network.json');
export const genesisFile = (paths: Paths): string => join(paths.run, 'channel/genesis.block');

export const hsmFolder = (paths: Paths): string => join(paths.run, 'hsm');
export const softHsmConf = (paths: Paths): string => join(hsmFolder(paths), 'softhsm2.conf');
export const pinFile = (paths: Paths): string => join(hsmFolder(paths), 'pin');

export const organizationFolder = (paths: Paths, organization: Organization): string =>
  join(paths.run, 'organizations', organization.name);
export const caFolder = (paths: Paths, organization: Organization): string =>
  join(organizationFolder(paths, organization), 'ca');
export const mspFolder = (paths: Paths, organization: Organization): string =>
  join(organizationFolder(paths, organization), 'msp');
export const caCertificate = (paths: Paths, organization: Organization): string =>
  join(mspFolder(paths, organization), 'cacerts/ca.pem');
export const tlsCaCertificate = (paths: Paths, organization: Organization): string =>
  join(mspFolder(paths, organization), 'tlscacerts/tlsca.pem');

/** Everything one enrolled identity has. */
export interface IdentityPaths {
  readonly folder: string;
  readonly msp: string;
  readonly certificate: string;
  readonly key: string;
  readonly tlsCertificate: string;
  readonly tlsKey: string;
}

export function identityPaths(paths: Paths, organization: Organization, name: string): IdentityPaths {
  const folder = join(organizationFolder(paths, organization), 'identities', name);
  return {
    folder,
    msp: join(folder, 'msp'),
    certificate: join(folder, 'msp/signcerts/cert.pem'),
    key: join(folder, 'msp/keystore/key.pem'),
    tlsCertificate: join(folder, 'tls/cert.pem'),
    tlsKey: join(folder, 'tls/key.pem'),
  };
}

export const nodeFolder = (paths: Paths, organization: Organization, kind: NodeKind): string =>
  join(paths.run, 'nodes', `${organization.name}-${kind}`);
export const chaincodeFolder = (paths: Paths): string => join(paths.run, 'chaincode');
