import { NetworkError } from '../network-error';
import type { NodeKind, Organization, PortUse, Topology } from './model';

/** Which ports a node of each kind listens on. */
export const PORTS_OF_KIND: Readonly<Record<NodeKind, readonly PortUse[]>> = {
  ca: ['ca', 'ca_operations'],
  orderer: ['orderer', 'orderer_admin', 'orderer_operations'],
  peer: ['peer', 'peer_operations', 'peer_chaincode_listen'],
  chaincode: ['chaincode'],
};

/** Rules that span more than one field. @throws NetworkError */
export function checkTopology(topology: Topology, at: string): void {
  const refuse = (sentence: string): never => {
    throw new NetworkError(sentence, `Correct ${at}.`);
  };
  unique(
    topology.organizations.map((organization) => organization.name),
    (name) => refuse(`Organization ${name} is named twice.`),
  );
  unique(
    topology.organizations.map((organization) => organization.mspId),
    (id) => refuse(`MSP id ${id} is used twice.`),
  );
  unique(usedPorts(topology), (port) => refuse(`Port ${port} is used twice.`));
  topology.organizations.forEach((organization) => {
    checkOrganization(organization, refuse);
  });
  if (!topology.organizations.some((organization) => organization.nodes.includes('orderer'))) {
    refuse('No organization has an orderer.');
  }
  checkServices(topology, refuse);
}

function checkOrganization(organization: Organization, refuse: (sentence: string) => never): void {
  const { name, nodes, role } = organization;
  if (!nodes.includes('ca')) refuse(`${name} has no certificate authority, so nobody could enroll there.`);
  if (nodes.includes('chaincode') && !nodes.includes('peer'))
    refuse(`${name} runs chaincode without a peer.`);
  if (role === 'regulator' && nodes.includes('chaincode'))
    refuse(`${name} is a regulator and must not endorse.`);
  if (role === 'regulator' && nodes.includes('orderer')) refuse(`${name} is a regulator and must not order.`);
}

function checkServices(topology: Topology, refuse: (sentence: string) => never): void {
  const seen = new Set<string>();
  for (const service of topology.services) {
    if (seen.has(service.name)) refuse(`Service ${service.name} is named twice.`);
    for (const need of service.needs) {
      if (!seen.has(need)) refuse(`Service ${service.name} needs ${need}, which must stand before it.`);
    }
    seen.add(service.name);
  }
}

/** Every port the profile listens on. */
export function usedPorts(topology: Topology): readonly number[] {
  const nodes = topology.organizations.flatMap((organization) =>
    organization.nodes.flatMap((kind) => PORTS_OF_KIND[kind].map((use) => organization.ports[use])),
  );
  const services = topology.services.map((service) =>
    service.kind === 'postgres' ? service.port : service.ready.port,
  );
  return [...nodes, ...services, topology.watchdog.port];
}

function unique<T>(items: readonly T[], twice: (item: T) => void): void {
  const seen = new Set<T>();
  for (const item of items) {
    if (seen.has(item)) twice(item);
    seen.add(item);
  }
}
