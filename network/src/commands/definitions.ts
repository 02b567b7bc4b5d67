import { deployedBundle } from '../chaincode/bundle-store';
import { chaincodeProcess } from '../chaincode/service';
import { caProcess, ordererProcess, peerProcess } from '../fabric/node-processes';
import { NetworkError } from '../network-error';
import type { ProcessDefinition } from '../process/supervisor';
import { nodeProcess } from '../services/node-service';
import { postgresProcess } from '../services/postgres';
import type { Site } from '../site';
import type { NodeKind, Organization, Service } from '../topology/model';
import { nodeName } from '../topology/queries';
import { WATCHDOG, watchdogProcess } from '../watchdog/process';

/** How each process of the network is made, by its name. */
export function processMakers(site: Site): ReadonlyMap<string, () => Promise<ProcessDefinition>> {
  const { organizations, services } = site.topology;
  const nodes = organizations.flatMap((organization) =>
    organization.nodes.map(
      (kind) => [nodeName(organization, kind), () => makeNode(site, organization, kind)] as const,
    ),
  );
  const others = services.map((service) => [service.name, () => makeService(site, service)] as const);
  return new Map([...nodes, ...others, [WATCHDOG, () => Promise.resolve(watchdogProcess(site))]]);
}

/** @throws NetworkError when there is no process of that name. */
export function makeProcess(site: Site, name: string): Promise<ProcessDefinition> {
  const makers = processMakers(site);
  const make = makers.get(name);
  if (make === undefined)
    throw new NetworkError(`There is no node "${name}".`, `Name one of ${[...makers.keys()].join(', ')}.`);
  return make();
}

async function makeNode(site: Site, organization: Organization, kind: NodeKind): Promise<ProcessDefinition> {
  if (kind === 'chaincode') return chaincodeProcess(site, organization, deployedBundle(site));
  const make = { ca: caProcess, orderer: ordererProcess, peer: peerProcess }[kind];
  return Promise.resolve(make(site, organization));
}

function makeService(site: Site, service: Service): Promise<ProcessDefinition> {
  return service.kind === 'postgres'
    ? postgresProcess(site, service)
    : Promise.resolve(nodeProcess(site, service));
}
