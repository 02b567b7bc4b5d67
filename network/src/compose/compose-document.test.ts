import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT, TOPOLOGY_FILE } from '../test-topology';
import { PORTS_OF_KIND } from '../topology/check';
import { loadTopology } from '../topology/load';
import { type ComposeDocument, composeDocument } from './compose-document';

describe('compose.yaml', () => {
  const topology = loadTopology(TOPOLOGY_FILE, 'consortium');
  const written = parse(readFileSync(join(ROOT, 'compose.yaml'), 'utf8')) as ComposeDocument;

  it('is what the topology gives (else: make compose)', () => {
    expect(written).toEqual(composeDocument(topology));
  });

  it('has a container for every node with the topology’s ports, and no other', () => {
    const nodes = topology.organizations.flatMap((organization) =>
      organization.nodes.map((kind) => {
        const ports = PORTS_OF_KIND[kind].map((use) => `${use}=${organization.ports[use]}`).join(' ');
        return [`${organization.name}-${kind}`, ports];
      }),
    );
    const containers = Object.entries(written.services)
      .filter(([, service]) => 'org.maker-registry.organization' in service.labels)
      .map(([name, service]) => [name, service.labels['org.maker-registry.ports']]);
    expect(containers).toEqual(nodes);
  });

  it('has the services beside the network', () => {
    for (const service of topology.services) expect(Object.keys(written.services)).toContain(service.name);
  });

  it('would not pass with another port, a missing node or another image', () => {
    const moved = structuredClone(written) as {
      services: Record<string, { labels: Record<string, string>; image: string }>;
    };
    moved.services['op1-peer']!.labels['org.maker-registry.ports'] = 'peer=1';
    expect(moved).not.toEqual(composeDocument(topology));
    expect(composeDocument(loadTopology(TOPOLOGY_FILE, 'solo'))).not.toEqual(written);
  });
});
