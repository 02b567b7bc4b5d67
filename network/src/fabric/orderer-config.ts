import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { identityPaths, nodeFolder, sampleConfig, tlsCaCertificate } from '../paths';
import type { Site } from '../site';
import type { Organization } from '../topology/model';
import { setAll } from './set-in';

export const ordererAddress = (site: Site, organization: Organization): string =>
  `${site.topology.host}:${organization.ports.orderer}`;

/** Writes orderer.yaml; returns its text for the fingerprint. */
export function writeOrdererConfig(site: Site, organization: Organization): string {
  const folder = nodeFolder(site.paths, organization, 'orderer');
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const config: unknown = parse(readFileSync(sampleConfig(site.paths, 'orderer.yaml'), 'utf8'));
  setAll(config, generalSettings(site, organization));
  setAll(config, endpointSettings(site, organization));
  setAll(config, {
    'FileLedger.Location': data,
    'Consensus.WALDir': join(data, 'consensus/wal'),
    'Consensus.SnapDir': join(data, 'consensus/snapshot'),
  });
  const text = stringify(config);
  writeFileSync(join(folder, 'orderer.yaml'), text);
  return text;
}

function generalSettings(site: Site, organization: Organization): Record<string, unknown> {
  const identity = identityPaths(site.paths, organization, 'orderer');
  return {
    'General.ListenAddress': site.topology.host,
    'General.ListenPort': organization.ports.orderer,
    'General.LocalMSPID': organization.mspId,
    'General.LocalMSPDir': identity.msp,
    'General.TLS.Enabled': true,
    'General.TLS.PrivateKey': identity.tlsKey,
    'General.TLS.Certificate': identity.tlsCertificate,
    'General.TLS.RootCAs': [tlsCaCertificate(site.paths, organization)],
    'General.Cluster.ClientCertificate': identity.tlsCertificate,
    'General.Cluster.ClientPrivateKey': identity.tlsKey,
    'General.Keepalive.ServerMinInterval': site.topology.peers.keepaliveMinInterval,
  };
}

function endpointSettings(site: Site, organization: Organization): Record<string, unknown> {
  const identity = identityPaths(site.paths, organization, 'orderer');
  const trust = [tlsCaCertificate(site.paths, organization)];
  const { host } = site.topology;
  return {
    'Admin.ListenAddress': `${host}:${organization.ports.orderer_admin}`,
    'Admin.TLS': {
      Enabled: true,
      Certificate: identity.tlsCertificate,
      PrivateKey: identity.tlsKey,
      ClientAuthRequired: true,
      ClientRootCAs: trust,
    },
    'Operations.ListenAddress': `${host}:${organization.ports.orderer_operations}`,
    'Operations.TLS': {
      Enabled: true,
      Certificate: identity.tlsCertificate,
      PrivateKey: identity.tlsKey,
      ClientAuthRequired: false,
      ClientRootCAs: trust,
    },
    'Metrics.Provider': 'prometheus',
    'ChannelParticipation.Enabled': true,
  };
}
