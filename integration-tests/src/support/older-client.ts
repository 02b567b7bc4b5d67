import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { organization, type RunningNetwork } from '@maker-registry/testbed';
import FabricCAServices from 'fabric-ca-client';
import { Gateway, Wallets, type X509Identity } from 'fabric-network';

/** Of identities that live as long as a test network. */
const SECRET = 'only-for-tests';

interface NodeEntry {
  readonly url: string;
  readonly tlsCACerts: { readonly pem: string };
  readonly grpcOptions: Readonly<Record<string, string>>;
}

/** An identity as fabric-network's wallet keeps it. */
export interface WalletIdentity {
  readonly mspId: string;
  readonly certificate: string;
  readonly privateKey: string;
}

/** The operator's `platform` identity, enrolled when the network was set up. */
export function platformIdentity(network: RunningNetwork, operator: string): WalletIdentity {
  const identity = organization(network, operator).identities['platform'];
  if (identity?.key === undefined)
    throw new Error(`${operator} has no platform identity with a key in a file`);
  return {
    mspId: identity.msp_id,
    certificate: readFileSync(network.path(identity.cert), 'utf8'),
    privateKey: readFileSync(network.path(identity.key), 'utf8'),
  };
}

/**
 * An enterprise platform's client on fabric-network, the library that fabric-gateway superseded: connection profile
 * with every endorsing peer and orderer, identity in a wallet, no discovery.
 */
export async function olderClient(
  network: RunningNetwork,
  operator: string,
  identity = platformIdentity(network, operator),
): Promise<Gateway> {
  const { mspId, certificate, privateKey } = identity;
  const wallet = await Wallets.newInMemoryWallet();
  const entry: X509Identity = { type: 'X.509', mspId, credentials: { certificate, privateKey } };
  await wallet.put('platform', entry);
  const gateway = new Gateway();
  await gateway.connect(connectionProfile(network, operator), {
    wallet,
    identity: 'platform',
    discovery: { enabled: false, asLocalhost: false },
  });
  return gateway;
}

/** Registers a new client at the operator's CA with the role `platform` and enrolls it, by fabric-ca-client. */
export async function enrollPlatform(
  network: RunningNetwork,
  operator: string,
  name: string,
): Promise<WalletIdentity> {
  return await enrollAt(network, operator, { name, type: 'client', role: 'platform' });
}

/** A new identity at an operator's CA. */
export interface NewIdentity {
  readonly name: string;
  readonly type: 'client' | 'admin';
  readonly role: string;
}

/** Registers an identity at the operator's CA under its registrar and enrolls it; the same name again, enrolls again. */
export async function enrollAt(
  network: RunningNetwork,
  operator: string,
  { name, type, role }: NewIdentity,
): Promise<WalletIdentity> {
  const { ca, registrar } = await registrarAt(network, operator);
  await ca.register(
    {
      enrollmentID: name,
      affiliation: '',
      role: type,
      enrollmentSecret: SECRET,
      maxEnrollments: -1,
      attrs: [{ name: 'registry.role', value: role, ecert: true }],
    },
    registrar,
  );
  const enrolled = await ca.enroll({ enrollmentID: name, enrollmentSecret: SECRET });
  return {
    mspId: organization(network, operator).msp_id,
    certificate: enrolled.certificate,
    privateKey: enrolled.key.toBytes(),
  };
}

type Registrar = Parameters<FabricCAServices['register']>[1];

/** The operator's CA as fabric-ca-client reaches it, with its registrar. */
async function registrarAt(
  network: RunningNetwork,
  operator: string,
): Promise<{ ca: FabricCAServices; registrar: Registrar }> {
  const own = organization(network, operator);
  const trustedRoots = readFileSync(network.path(own.ca.tls_cert));
  const ca = new FabricCAServices(own.ca.url, { trustedRoots, verify: true }, own.ca.caname);
  const secret = readFileSync(
    join(network.folder, 'organizations', operator, 'ca/registrar-secret'),
    'utf8',
  ).trim();
  const enrolled = await ca.enroll({ enrollmentID: 'registrar', enrollmentSecret: secret });
  const wallet = await Wallets.newInMemoryWallet();
  const provider = wallet.getProviderRegistry().getProvider('X.509');
  const registrar = await provider.getUserContext(
    {
      type: 'X.509',
      mspId: own.msp_id,
      credentials: { certificate: enrolled.certificate, privateKey: enrolled.key.toBytes() },
    } as X509Identity,
    'registrar',
  );
  return { ca, registrar };
}

/** What the Fabric CA's own `gencrl` makes, PEM. */
export async function fabricCaCrl(network: RunningNetwork, operator: string): Promise<Buffer> {
  const { ca, registrar } = await registrarAt(network, operator);
  const answer: unknown = await ca.generateCRL({}, registrar);
  return Buffer.from(String(answer), 'base64');
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
