import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { caUrl, writeCaConfig } from '../ca/ca-config';
import { hsmEnvironment } from '../hsm/softhsm';
import { SHARED_START_ATTEMPTS } from '../limits';
import { caFolder, nodeFolder, tool } from '../paths';
import { listens, probe } from '../process/probe';
import type { ProcessDefinition } from '../process/supervisor';
import type { Site } from '../site';
import type { Organization } from '../topology/model';
import { nodeName } from '../topology/queries';
import { writeOrdererConfig } from './orderer-config';
import { connectionFile, peerData, writePeerConfig } from './peer-config';

const LOGGING = process.env['FABRIC_LOGGING_SPEC'] ?? 'WARN';
const inherited = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? '/',
});

/** An organization's Fabric CA (both of its CAs in one process), keys in its token. */
export function caProcess(site: Site, organization: Organization): ProcessDefinition {
  writeCaConfig(site.paths, site.topology, organization);
  const home = caFolder(site.paths, organization);
  return {
    name: nodeName(organization, 'ca'),
    command: tool(site.paths, 'fabric-ca-server'),
    args: [
      'start',
      '--home',
      home,
      '--address',
      site.topology.host,
      '--cafiles',
      'tlsca/fabric-ca-server-config.yaml',
      '--loglevel',
      'warning',
    ],
    cwd: home,
    env: { ...inherited(), ...hsmEnvironment(site.paths) },
    // All tokens are looked through for the right one, and one that is being written just then cannot be read.
    attempts: SHARED_START_ATTEMPTS,
    ready: () => caAnswers(site, organization),
  };
}

async function caAnswers(site: Site, organization: Organization): Promise<boolean> {
  if (!(await listens(site.topology.host, organization.ports.ca))) return false;
  const trust = join(caFolder(site.paths, organization), 'ca-cert.pem');
  return (await probe(`${caUrl(site.topology, organization)}/cainfo`, { ca: trust }))?.status === 200;
}

export function ordererProcess(site: Site, organization: Organization): ProcessDefinition {
  const configuration = writeOrdererConfig(site, organization);
  const folder = nodeFolder(site.paths, organization, 'orderer');
  const { orderer, orderer_admin: admin } = organization.ports;
  return {
    name: nodeName(organization, 'orderer'),
    command: tool(site.paths, 'orderer'),
    args: [],
    cwd: folder,
    env: { ...inherited(), FABRIC_CFG_PATH: folder, FABRIC_LOGGING_SPEC: LOGGING },
    configuration,
    ready: async () =>
      (await listens(site.topology.host, orderer)) && (await listens(site.topology.host, admin)),
  };
}

export function peerProcess(site: Site, organization: Organization): ProcessDefinition {
  const configuration = writePeerConfig(site, organization);
  const folder = nodeFolder(site.paths, organization, 'peer');
  return {
    name: nodeName(organization, 'peer'),
    command: tool(site.paths, 'peer'),
    args: ['node', 'start'],
    cwd: folder,
    env: {
      ...inherited(),
      FABRIC_CFG_PATH: folder,
      FABRIC_LOGGING_SPEC: LOGGING,
      REGISTRY_CHAINCODE_CONNECTION: connectionFile(site, organization),
    },
    configuration,
    ready: () => listens(site.topology.host, organization.ports.peer),
  };
}

/**
 * Removes what the builder made of installed packages: the peer keeps even a wrong or outdated result (old certificates,
 * old address) for ever, and makes it anew in milliseconds when it is missing.
 */
export function forgetBuilds(site: Site, organization: Organization): void {
  rmSync(join(peerData(site, organization), 'externalbuilder/builds'), { recursive: true, force: true });
}
