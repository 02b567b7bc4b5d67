import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { identityPaths, nodeFolder, sampleConfig, tlsCaCertificate } from '../paths';
import type { Site } from '../site';
import type { Organization } from '../topology/model';
import { setAll } from './set-in';

export const peerAddress = (site: Site, organization: Organization): string =>
  `${site.topology.host}:${organization.ports.peer}`;

/** The peer's private word to the builder: where its chaincode service is and how both sides authenticate. */
export const connectionFile = (site: Site, organization: Organization): string =>
  join(nodeFolder(site.paths, organization, 'peer'), 'chaincode-connection.json');

export const peerData = (site: Site, organization: Organization): string =>
  join(nodeFolder(site.paths, organization, 'peer'), 'data');

/** Writes core.yaml (and the chaincode connection of an endorsing peer); returns the text for the fingerprint. */
export function writePeerConfig(site: Site, organization: Organization): string {
  const folder = nodeFolder(site.paths, organization, 'peer');
  mkdirSync(peerData(site, organization), { recursive: true });
  const config: unknown = parse(readFileSync(sampleConfig(site.paths, 'core.yaml'), 'utf8'));
  setAll(config, identitySettings(site, organization));
  setAll(config, networkSettings(site, organization));
  setAll(config, storageSettings(site, organization));
  const text = stringify(config);
  writeFileSync(join(folder, 'core.yaml'), text);
  if (organization.nodes.includes('chaincode')) writeConnection(site, organization);
  return text;
}

function identitySettings(site: Site, organization: Organization): Record<string, unknown> {
  const identity = identityPaths(site.paths, organization, 'peer');
  const trust = tlsCaCertificate(site.paths, organization);
  return {
    'peer.id': `peer.${organization.name}`,
    'peer.networkId': site.topology.channel,
    'peer.localMspId': organization.mspId,
    'peer.mspConfigPath': identity.msp,
    'peer.tls.enabled': true,
    'peer.tls.cert.file': identity.tlsCertificate,
    'peer.tls.key.file': identity.tlsKey,
    'peer.tls.rootcert.file': trust,
    'operations.listenAddress': `${site.topology.host}:${organization.ports.peer_operations}`,
    'operations.tls.enabled': true,
    'operations.tls.cert.file': identity.tlsCertificate,
    'operations.tls.key.file': identity.tlsKey,
    // Health is open to anyone on the address; metrics ask for a certificate of the organization's TLS CA.
    'operations.tls.clientAuthRequired': false,
    'operations.tls.clientRootCAs.files': [trust],
    'metrics.provider': 'prometheus',
  };
}

function networkSettings(site: Site, organization: Organization): Record<string, unknown> {
  const address = peerAddress(site, organization);
  const { gossip, gatewayConcurrency, keepaliveMinInterval, timeWindow } = site.topology.peers;
  return {
    'peer.listenAddress': address,
    'peer.address': address,
    'peer.chaincodeListenAddress': `${site.topology.host}:${organization.ports.peer_chaincode_listen}`,
    'peer.gossip.bootstrap': address,
    'peer.gossip.externalEndpoint': address,
    'peer.gossip.reconnectInterval': gossip.reconnectInterval,
    'peer.gossip.publishStateInfoInterval': gossip.publishStateInfoInterval,
    'peer.gossip.requestStateInfoInterval': gossip.requestStateInfoInterval,
    'peer.gossip.aliveTimeInterval': gossip.aliveTimeInterval,
    'peer.gossip.aliveExpirationTimeout': gossip.aliveExpirationTimeout,
    'peer.gossip.pullInterval': gossip.pullInterval,
    // The client default pings every 60 s, the server default refuses more than one in 60 s: connections died of it.
    'peer.keepalive.minInterval': keepaliveMinInterval,
    'peer.limits.concurrency.gatewayService': gatewayConcurrency,
    'peer.authentication.timewindow': timeWindow,
  };
}

function storageSettings(site: Site, organization: Organization): Record<string, unknown> {
  return {
    'peer.fileSystemPath': peerData(site, organization),
    'ledger.state.stateDatabase': 'goleveldb',
    'ledger.snapshots.rootDir': join(peerData(site, organization), 'snapshots'),
    // Nobody asks a peer for the history of a key: the mirror has it, by subject and with times.
    'ledger.history.enableHistoryDatabase': false,
    // Without Docker: chaincode runs as a service only.
    'vm.endpoint': '',
    // The default of 300 s lets a call hang that long on a service that answers with another package id.
    'chaincode.startuptimeout': '20s',
    'chaincode.externalBuilders': [
      {
        name: 'registry-ccaas',
        path: join(site.paths.root, 'network/builder'),
        propagateEnvironment: ['REGISTRY_CHAINCODE_CONNECTION'],
      },
    ],
  };
}

function writeConnection(site: Site, organization: Organization): void {
  const identity = identityPaths(site.paths, organization, 'peer');
  const read = (file: string): string => readFileSync(file, 'utf8');
  const connection = {
    address: `${site.topology.host}:${organization.ports.chaincode}`,
    // A killed service costs a call to this peer this long before the gateway asks another.
    dial_timeout: '3s',
    tls_required: true,
    client_auth_required: true,
    client_key: read(identity.tlsKey),
    client_cert: read(identity.tlsCertificate),
    root_cert: read(tlsCaCertificate(site.paths, organization)),
  };
  writeFileSync(connectionFile(site, organization), JSON.stringify(connection), { mode: 0o600 });
}
