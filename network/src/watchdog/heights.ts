import { identityPaths, tlsCaCertificate } from '../paths';
import { probe } from '../process/probe';
import { runningRecord } from '../process/supervisor';
import type { Site } from '../site';
import type { Organization } from '../topology/model';
import { nodeName, withNode } from '../topology/queries';
import type { Sightings } from './decision';

/** A node whose block height the operations endpoint tells. */
export interface WatchedNode {
  readonly name: string;
  readonly organization: Organization;
  readonly operations: string;
}

export function watchedNodes(site: Site): readonly WatchedNode[] {
  const { topology } = site;
  const at = (port: number): string => `https://${topology.host}:${port}`;
  return [
    ...withNode(topology, 'orderer').map((organization) => ({
      name: nodeName(organization, 'orderer'),
      organization,
      operations: at(organization.ports.orderer_operations),
    })),
    ...withNode(topology, 'peer').map((organization) => ({
      name: nodeName(organization, 'peer'),
      organization,
      operations: at(organization.ports.peer_operations),
    })),
  ];
}

/** The node's height on the channel by its metrics; undefined when it does not answer or has not joined. */
export async function heightOf(site: Site, node: WatchedNode): Promise<number | undefined> {
  const auditor = identityPaths(site.paths, node.organization, 'auditor');
  const tls = {
    ca: tlsCaCertificate(site.paths, node.organization),
    cert: auditor.tlsCertificate,
    key: auditor.tlsKey,
  };
  const answer = await probe(`${node.operations}/metrics`, tls);
  return answer?.status === 200 ? heightIn(answer.body, site.topology.channel) : undefined;
}

/** `ledger_blockchain_height` of a channel in Prometheus text. */
export function heightIn(metrics: string, channel: string): number | undefined {
  const line = metrics
    .split('\n')
    .find((text) => text.startsWith('ledger_blockchain_height{') && text.includes(`channel="${channel}"`));
  const value = Number(line?.split(' ').at(-1));
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Heights of all nodes, asked at the same time. */
export async function pollHeights(site: Site): Promise<ReadonlyMap<string, number | undefined>> {
  const nodes = watchedNodes(site);
  return new Map(
    await Promise.all(nodes.map(async (node) => [node.name, await heightOf(site, node)] as const)),
  );
}

/** Heights together with the processes they came from. */
export async function sightings(site: Site): Promise<Sightings> {
  const heights = await pollHeights(site);
  return new Map([...heights].map(([name, height]) => [name, { height, process: processOf(site, name) }]));
}

function processOf(site: Site, name: string): string | undefined {
  const record = runningRecord(site.paths, name);
  return record === undefined ? undefined : `${record.bootId}/${record.pid}/${record.startTicks}`;
}
