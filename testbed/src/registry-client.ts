import { readFileSync } from 'node:fs';
import { RegistryClient, type FabricIdentity } from '@maker-registry/sdk';
import { organization, type RunningNetwork } from './network-file';

/** A client of the running gateway, with an organisation's TLS certificate when `as` names an identity. */
export function registryClient(
  network: RunningNetwork,
  as?: { operator: string; identity: string },
): RegistryClient {
  const { gateway, genesis_hash: genesisHash, channel, chaincode } = network.file;
  const certificate = as === undefined ? {} : clientCertificate(network, as.operator, as.identity);
  return new RegistryClient({
    baseUrl: gateway.url,
    ca: readFileSync(network.path(gateway.tls_ca_cert)),
    network: genesisHash,
    channel,
    chaincode,
    ...certificate,
  });
}

function clientCertificate(network: RunningNetwork, operator: string, name: string) {
  const identity = organization(network, operator).identities[name];
  if (identity?.tls_cert === undefined || identity.tls_key === undefined) {
    throw new Error(`${operator} has no TLS certificate for ${name}`);
  }
  return {
    clientCert: readFileSync(network.path(identity.tls_cert)),
    clientKey: readFileSync(network.path(identity.tls_key)),
  };
}

/** A Fabric identity whose key stays with the caller, as a reviewer's does. */
export function fabricIdentity(network: RunningNetwork, operator: string, name: string): FabricIdentity {
  const identity = organization(network, operator).identities[name];
  if (identity?.key === undefined) throw new Error(`${operator} has no key in a file for ${name}`);
  return {
    mspId: identity.msp_id,
    certificate: readFileSync(network.path(identity.cert), 'utf8'),
    privateKey: readFileSync(network.path(identity.key), 'utf8'),
  };
}
