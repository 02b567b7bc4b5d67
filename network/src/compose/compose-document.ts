import { stringify } from 'yaml';
import type { NodeKind, NodeService, Organization, PortUse, Service, Topology } from '../topology/model';
import { PORTS_OF_KIND } from '../topology/check';
import { nodeName } from '../topology/queries';

/** One container. */
export interface ComposeService {
  readonly image: string;
  readonly network_mode: 'host';
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly depends_on?: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly restart: 'unless-stopped';
}

export interface ComposeDocument {
  readonly name: string;
  readonly services: Readonly<Record<string, ComposeService>>;
}

const IMAGES: Readonly<Record<NodeKind | 'postgres', string>> = {
  ca: 'hyperledger/fabric-ca:1.5.21',
  orderer: 'hyperledger/fabric-orderer:3.1.1',
  peer: 'hyperledger/fabric-peer:3.1.1',
  chaincode: 'node:22-bookworm-slim',
  postgres: 'postgres:17',
};

/** The state folder and the checkout are mounted where they are, since certificates and configurations name them by path. */
const MOUNTS = ['${PWD}:${PWD}'];

const LABEL = 'org.maker-registry';

const HEADER = `# The network of network/topology.yaml (profile PROFILE) in containers. Written by \`make compose\`; a unit test compares it
# with the topology. Certificates, configurations and the chaincode bundle are those that \`make up\` prepares under .run, so:
#
#   make up && make down && docker compose --env-file .run/compose.env up
#
# Containers use the host's network, hence the same ports on 127.0.0.1. Images: hyperledger/fabric-{ca:1.5.21, orderer:3.1.1,
# peer:3.1.1}, node:22-bookworm-slim, postgres:17. The CA image must be one built with PKCS#11 and hold SoftHSM2 at the
# same path as this machine (network/toolchain says which tags); the public one lacks both.
`;

/** compose.yaml of a topology. */
export function composeFile(topology: Topology): string {
  return (
    HEADER.replace('PROFILE', topology.profile) +
    stringify(composeDocument(topology), { lineWidth: 120, aliasDuplicateObjects: false })
  );
}

export function composeDocument(topology: Topology): ComposeDocument {
  const nodes = topology.organizations.flatMap((organization) =>
    organization.nodes.map(
      (kind) => [nodeName(organization, kind), nodeContainer(topology, organization, kind)] as const,
    ),
  );
  const services = topology.services.map(
    (service) => [service.name, serviceContainer(topology, service)] as const,
  );
  return { name: 'maker-registry', services: Object.fromEntries([...nodes, ...services]) };
}

const folderOf = (organization: Organization, kind: NodeKind): string =>
  `\${PWD}/.run/nodes/${organization.name}-${kind}`;

function nodeContainer(topology: Topology, organization: Organization, kind: NodeKind): ComposeService {
  const { command, environment, needs } = NODE_PARTS[kind](topology, organization);
  return {
    image: IMAGES[kind],
    network_mode: 'host',
    ...(command === undefined ? {} : { command }),
    environment,
    volumes: MOUNTS,
    ...(needs.length === 0 ? {} : { depends_on: needs }),
    labels: {
      [`${LABEL}.organization`]: organization.name,
      [`${LABEL}.kind`]: kind,
      [`${LABEL}.ports`]: portList(organization, PORTS_OF_KIND[kind]),
    },
    restart: 'unless-stopped',
  };
}

function portList(organization: Organization, uses: readonly PortUse[]): string {
  return uses.map((use) => `${use}=${organization.ports[use]}`).join(' ');
}

interface Parts {
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly needs: readonly string[];
}

const NODE_PARTS: Readonly<Record<NodeKind, (topology: Topology, organization: Organization) => Parts>> = {
  ca: (topology, organization) => ({
    command: [
      'fabric-ca-server',
      'start',
      '--home',
      `\${PWD}/.run/organizations/${organization.name}/ca`,
    ].concat(['--address', topology.host, '--cafiles', 'tlsca/fabric-ca-server-config.yaml']),
    environment: { SOFTHSM2_CONF: '${PWD}/.run/hsm/softhsm2.conf' },
    needs: [],
  }),
  orderer: (_topology, organization) => ({
    environment: { FABRIC_CFG_PATH: folderOf(organization, 'orderer') },
    needs: [],
  }),
  peer: (_topology, organization) => ({
    command: ['peer', 'node', 'start'],
    environment: {
      FABRIC_CFG_PATH: folderOf(organization, 'peer'),
      REGISTRY_CHAINCODE_CONNECTION: `${folderOf(organization, 'peer')}/chaincode-connection.json`,
    },
    needs: [],
  }),
  chaincode: (topology, organization) => ({
    command: ['sh', '-c', 'exec node ${PWD}/network/dist/chaincode/launcher-main.js "$$BUNDLE" "$$STATUS"'],
    environment: {
      CHAINCODE_SERVER_ADDRESS: `${topology.host}:${organization.ports.chaincode}`,
      CHAINCODE_ID: '${CHAINCODE_ID}',
      BUNDLE: '${PWD}/.run/chaincode/${CHAINCODE_DIGEST}/bundle.cjs',
      STATUS: `\${PWD}/.run/chaincode/${nodeName(organization, 'chaincode')}.json`,
      CHAINCODE_TLS_KEY_FILE: `\${PWD}/.run/organizations/${organization.name}/identities/chaincode/tls/key.pem`,
      CHAINCODE_TLS_CERT_FILE: `\${PWD}/.run/organizations/${organization.name}/identities/chaincode/tls/cert.pem`,
      CHAINCODE_TLS_CLIENT_CACERT_FILE: `\${PWD}/.run/organizations/${organization.name}/msp/tlscacerts/tlsca.pem`,
    },
    needs: [nodeName(organization, 'peer')],
  }),
};

function serviceContainer(topology: Topology, service: Service): ComposeService {
  const common = { network_mode: 'host' as const, volumes: MOUNTS, restart: 'unless-stopped' as const };
  const needs = service.needs.length === 0 ? {} : { depends_on: service.needs };
  if (service.kind === 'node') return { ...common, ...needs, ...nodeServiceParts(service) };
  return {
    ...common,
    image: IMAGES.postgres,
    command: ['postgres', '-c', `port=${service.port}`, '-c', `listen_addresses=${topology.host}`],
    environment: {
      POSTGRES_USER: 'registry',
      POSTGRES_DB: service.database,
      POSTGRES_PASSWORD_FILE: '${PWD}/.run/postgres/password',
    },
    labels: { [`${LABEL}.kind`]: 'postgres', [`${LABEL}.ports`]: `postgres=${service.port}` },
  };
}

function nodeServiceParts(
  service: NodeService,
): Pick<ComposeService, 'image' | 'command' | 'environment' | 'labels'> {
  const values: Readonly<Record<string, string>> = {
    run: '${PWD}/.run',
    database_url: '${DATABASE_URL}',
    hsm_conf: '${PWD}/.run/hsm/softhsm2.conf',
    hsm_pin_file: '${PWD}/.run/hsm/pin',
    hsm_module: '/usr/lib/softhsm/libsofthsm2.so',
  };
  const filled = Object.entries(service.env).map(([key, value]) => [
    key,
    value.replace(/\{([a-z_]+)\}/g, (_all, name: string) => values[name] ?? ''),
  ]);
  return {
    image: IMAGES.chaincode,
    command: ['node', `\${PWD}/${service.entry}`],
    environment: Object.fromEntries(filled) as Record<string, string>,
    labels: { [`${LABEL}.kind`]: 'node', [`${LABEL}.ports`]: `${service.name}=${service.ready.port}` },
  };
}
