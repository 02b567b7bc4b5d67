import { readFileSync } from 'node:fs';
import { organization, type RunningNetwork } from '@maker-registry/testbed';
import { Gateway, Wallets } from 'fabric-network';

interface NodeEntry {
  readonly url: string;
  readonly tlsCACerts: { readonly pem: string };
  readonly grpcOptions: Readonly<Record<string, string>>;
}

/**
 * An enterprise platform's client on fabric-network, the library that fabric-gateway superseded: connection profile
 * with every endorsing peer and orderer, identity in a wallet, no discovery.
 */
export async function olderClient(network: RunningNetwork, operator: string): Promise<Gateway> {
  const own = organization(network, operator);
  const identity = own.identities['platform'];
  if (identity?.key === undefined)
    throw new Error(`${operator} has no platform identity with a key in a file`);
  const wallet = await Wallets.newInMemoryWallet();
  await wallet.put('platform', {
    type: 'X.509',
    mspId: own.msp_id,
    credentials: {
      certificate: readFileSync(network.path(identity.cert), 'utf8'),
      privateKey: readFileSync(network.path(identity.key), 'utf8'),
    },
  } as Parameters<typeof wallet.put>[1]);
  const gateway = new Gateway();
  await gateway.connect(connectionProfile(network, operator), {
    wallet,
    identity: 'platform',
    discovery: { enabled: false, asLocalhost: false },
  });
  return gateway;
}

function connectionProfile(network: RunningNetwork, client: string): Record<string, unknown> {
  const operators = network.file.organizations.filter((candidate) => candidate.role === 'operator');
  const peers: Record<string, NodeEntry> = {};
  const orderers: Record<string, NodeEntry> = {};
  const organizations: Record<string, unknown> = {};
  const channelPeers: Record<string, unknown> = {};
  for (const operator of operators) {
    const { peer, orderer } = operator;
    if (peer === undefined || orderer === undefined) continue;
    const name = `peer-${operator.name}`;
    const pem = readFileSync(network.path(peer.tls_ca_cert), 'utf8');
    peers[name] = nodeEntry(peer.endpoint, pem);
    orderers[`orderer-${operator.name}`] = nodeEntry(orderer.endpoint, pem);
    organizations[operator.name] = { mspid: operator.msp_id, peers: [name] };
    channelPeers[name] = {
      endorsingPeer: true,
      chaincodeQuery: true,
      ledgerQuery: true,
      eventSource: operator.name === client,
    };
  }
  return {
    name: 'older-client',
    version: '1.0',
    client: { organization: client },
    organizations,
    peers,
    orderers,
    channels: { [network.file.channel]: { orderers: Object.keys(orderers), peers: channelPeers } },
  };
}

function nodeEntry(endpoint: string, pem: string): NodeEntry {
  return {
    url: `grpcs://${endpoint}`,
    tlsCACerts: { pem },
    grpcOptions: { 'ssl-target-name-override': 'localhost' },
  };
}
