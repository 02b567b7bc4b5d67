import { renameSync, writeFileSync } from 'node:fs';
import { caName, caUrl } from '../ca/ca-config';
import { type IdentityPlan, identitiesOf } from '../ca/identities';
import { ordererAddress } from '../fabric/orderer-config';
import { peerAddress } from '../fabric/peer-config';
import { hsmModule } from '../hsm/softhsm';
import {
  caCertificate,
  identityPaths,
  mspFolder,
  networkFile,
  pinFile,
  softHsmConf,
  tlsCaCertificate,
} from '../paths';
import { databaseUrl } from '../services/postgres';
import type { Site } from '../site';
import type { NodeService, Organization } from '../topology/model';
import { firstOperator } from '../topology/queries';

/**
 * Writes `.run/network.json`: everything a service, a test or the demo must know about the running network. Paths are
 * absolute; keys and PINs are named by file, never written out (the database URL is the exception).
 */
export function writeNetworkDocument(
  site: Site,
  facts: { genesisHash: string; chaincodeDigest: string },
): void {
  const { topology, paths } = site;
  const document = {
    profile: topology.profile,
    channel: topology.channel,
    chaincode: topology.chaincode.name,
    genesis_hash: facts.genesisHash,
    chaincode_digest: facts.chaincodeDigest,
    organizations: topology.organizations.map((organization) => organizationEntry(site, organization)),
    hsm: { module: hsmModule(), conf: softHsmConf(paths), pin_file: pinFile(paths) },
    postgres: { url: databaseUrl(site) },
    gateway: {
      url: `https://${topology.host}:${servicePort(site, 'gateway')}`,
      tls_ca_cert: tlsCaCertificate(paths, firstOperator(topology)),
    },
    mirror: { operations: `http://${topology.host}:${servicePort(site, 'mirror')}` },
    watchdog: { operations: `http://${topology.host}:${topology.watchdog.port}` },
  };
  const file = networkFile(paths);
  writeFileSync(`${file}.new`, `${JSON.stringify(document, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function servicePort(site: Site, name: string): number {
  const service = site.topology.services.find(
    (item): item is NodeService => item.kind === 'node' && item.name === name,
  );
  return service?.ready.port ?? 0;
}

function organizationEntry(site: Site, organization: Organization): object {
  const { host } = site.topology;
  const { name, mspId, role, nodes, ports } = organization;
  const tlsCa = tlsCaCertificate(site.paths, organization);
  return {
    name,
    msp_id: mspId,
    role,
    msp_dir: mspFolder(site.paths, organization),
    ca: {
      url: caUrl(site.topology, organization),
      caname: caName(organization, 'ca'),
      tls_caname: caName(organization, 'tlsca'),
      tls_cert: caCertificate(site.paths, organization),
    },
    tls_ca_cert: tlsCa,
    ...(nodes.includes('orderer')
      ? {
          orderer: {
            endpoint: ordererAddress(site, organization),
            operations: `https://${host}:${ports.orderer_operations}`,
            tls_ca_cert: tlsCa,
            server_name: host,
          },
        }
      : {}),
    ...(nodes.includes('peer')
      ? {
          peer: {
            endpoint: peerAddress(site, organization),
            operations: `https://${host}:${ports.peer_operations}`,
            tls_ca_cert: tlsCa,
            server_name: host,
          },
        }
      : {}),
    ...(nodes.includes('chaincode') ? { chaincode: { endpoint: `${host}:${ports.chaincode}` } } : {}),
    identities: Object.fromEntries(
      identitiesOf(site.paths, organization).map((plan) => [
        plan.name,
        identityEntry(site, organization, plan),
      ]),
    ),
  };
}

function identityEntry(site: Site, organization: Organization, plan: IdentityPlan): object {
  const at = identityPaths(site.paths, organization, plan.name);
  return {
    msp_id: organization.mspId,
    roles: plan.role === undefined ? [] : [plan.role],
    ...(plan.signing ? { cert: at.certificate, msp_dir: at.msp } : {}),
    ...(plan.signing && plan.key === 'file' ? { key: at.key } : {}),
    ...(plan.key === 'hsm' ? { hsm: { label: organization.name } } : {}),
    tls_cert: at.tlsCertificate,
    tls_key: at.tlsKey,
  };
}
