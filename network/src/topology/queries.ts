import { NetworkError } from '../network-error';
import type { NodeKind, Organization, Topology } from './model';

export function operators(topology: Topology): readonly Organization[] {
  return topology.organizations.filter((organization) => organization.role === 'operator');
}

export function regulators(topology: Topology): readonly Organization[] {
  return topology.organizations.filter((organization) => organization.role === 'regulator');
}

export function withNode(topology: Topology, kind: NodeKind): readonly Organization[] {
  return topology.organizations.filter((organization) => organization.nodes.includes(kind));
}

/** Organizations whose peer runs the chaincode and so endorses. */
export function endorsing(topology: Topology): readonly Organization[] {
  return withNode(topology, 'peer').filter((organization) => organization.nodes.includes('chaincode'));
}

export function firstOperator(topology: Topology): Organization {
  const [first] = operators(topology);
  if (first === undefined)
    throw new NetworkError('The profile has no operator.', 'Add one in network/topology.yaml.');
  return first;
}

/** The process name of a node: `op1-peer`. */
export function nodeName(organization: Organization, kind: NodeKind): string {
  return `${organization.name}-${kind}`;
}
