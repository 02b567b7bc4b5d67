import { join } from 'node:path';
import { NetworkError } from './network-error';
import { type Paths, pathsOf } from './paths';
import { loadTopology } from './topology/load';
import type { Topology } from './topology/model';
import { type ChannelPolicies, loadPolicies } from './topology/policies';

/** One network on this machine: its files, its shape and its rules. */
export interface Site {
  readonly paths: Paths;
  readonly topology: Topology;
  readonly policies: ChannelPolicies;
}

export const DEFAULT_PROFILE = 'consortium';

export function openSite(root: string, profile: string): Site {
  const paths = pathsOf(root);
  const topology = loadTopology(join(root, 'network/topology.yaml'), profile);
  if (topology.organizations.length === 0)
    throw new NetworkError(`Profile ${profile} is empty.`, 'Name organizations in network/topology.yaml.');
  return { paths, topology, policies: loadPolicies(join(root, topology.policiesFile), topology) };
}
