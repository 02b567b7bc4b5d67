import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chaincodeFolder, identityPaths, nodeFolder, tlsCaCertificate } from '../paths';
import { listens } from '../process/probe';
import type { ProcessDefinition } from '../process/supervisor';
import type { Site } from '../site';
import type { Organization } from '../topology/model';
import { nodeName } from '../topology/queries';
import type { StoredBundle } from './bundle-store';

/** What an operator's launcher wrote when it started. */
export interface LauncherStatus {
  readonly package_id: string;
  readonly bundle_sha256: string;
  readonly refused: boolean;
  readonly pid: number;
}

export const statusFile = (site: Site, organization: Organization): string =>
  join(chaincodeFolder(site.paths), `${nodeName(organization, 'chaincode')}.json`);

export function launcherStatus(site: Site, organization: Organization): LauncherStatus | undefined {
  const file = statusFile(site, organization);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as LauncherStatus) : undefined;
}

/** An operator's chaincode service, with TLS both ways: only the operator's own peer is let in. */
export function chaincodeProcess(
  site: Site,
  organization: Organization,
  bundle: StoredBundle,
): ProcessDefinition {
  const identity = identityPaths(site.paths, organization, 'chaincode');
  const address = `${site.topology.host}:${organization.ports.chaincode}`;
  return {
    name: nodeName(organization, 'chaincode'),
    command: process.execPath,
    args: [
      join(site.paths.root, 'network/dist/chaincode/launcher-main.js'),
      bundle.bundleFile,
      statusFile(site, organization),
    ],
    cwd: nodeFolder(site.paths, organization, 'chaincode'),
    env: {
      NODE_ENV: 'production',
      CORE_CHAINCODE_LOGGING_LEVEL: 'error',
      CHAINCODE_SERVER_ADDRESS: address,
      CHAINCODE_ID: bundle.packageId,
      CHAINCODE_TLS_KEY_FILE: identity.tlsKey,
      CHAINCODE_TLS_CERT_FILE: identity.tlsCertificate,
      CHAINCODE_TLS_CLIENT_CACERT_FILE: tlsCaCertificate(site.paths, organization),
    },
    ready: () => listens(site.topology.host, organization.ports.chaincode),
  };
}
