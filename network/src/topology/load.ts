import * as decode from '../decode';
import { NetworkError } from '../network-error';
import { PORT_MAX, PORT_MIN } from '../limits';
import type {
  Gossip,
  NodeKind,
  Ordering,
  Organization,
  PeerSettings,
  PortUse,
  Service,
  SmartBftTimers,
  Topology,
  WatchdogSettings,
} from './model';
import { checkTopology } from './check';

const NODE_KINDS: readonly NodeKind[] = ['ca', 'orderer', 'peer', 'chaincode'];
const PORT_USES: readonly PortUse[] = [
  'ca',
  'ca_operations',
  'orderer',
  'orderer_admin',
  'orderer_operations',
  'peer',
  'peer_operations',
  'peer_chaincode_listen',
  'chaincode',
];
const TOP_LEVEL = [
  'version',
  'channel',
  'host',
  'profiles',
  'organizations',
  'ports',
  'chaincode',
  'policies_file',
  'parameters_file',
  'ordering',
  'peers',
  'watchdog',
  'services',
];

/**
 * Reads and validates the topology file for one profile.
 * @throws NetworkError naming the place in the file that is wrong.
 */
export function loadTopology(file: string, profile: string): Topology {
  return parseTopology(decode.readYaml(file), profile, file);
}

export function parseTopology(document: decode.Fields, profile: string, at: string): Topology {
  decode.onlyKeys(document, at, TOP_LEVEL);
  decode.integer(document['version'], `${at}:version`, 1, 1);
  const chaincode = decode.fields(document['chaincode'], `${at}:chaincode`);
  const topology: Topology = {
    profile,
    channel: decode.slug(document['channel'], `${at}:channel`),
    host: decode.text(document['host'], `${at}:host`),
    organizations: organizationsOf(document, profile, at),
    chaincode: {
      name: decode.slug(chaincode['name'], `${at}:chaincode/name`),
      bundle: decode.text(chaincode['bundle'], `${at}:chaincode/bundle`),
    },
    policiesFile: decode.text(document['policies_file'], `${at}:policies_file`),
    parametersFile: decode.text(document['parameters_file'], `${at}:parameters_file`),
    ordering: orderingOf(decode.fields(document['ordering'], `${at}:ordering`), `${at}:ordering`),
    peers: peersOf(decode.fields(document['peers'], `${at}:peers`), `${at}:peers`),
    watchdog: watchdogOf(decode.fields(document['watchdog'], `${at}:watchdog`), `${at}:watchdog`),
    services: decode
      .list(document['services'], `${at}:services`)
      .map((item, index) => serviceOf(item, `${at}:services/${index}`)),
  };
  checkTopology(topology, at);
  return topology;
}

function organizationsOf(document: decode.Fields, profile: string, at: string): readonly Organization[] {
  const profiles = decode.fields(document['profiles'], `${at}:profiles`);
  if (!(profile in profiles)) {
    throw new NetworkError(
      `There is no profile "${profile}".`,
      `Set PROFILE to one of ${Object.keys(profiles).join(', ')}.`,
    );
  }
  const wanted = decode.texts(profiles[profile], `${at}:profiles/${profile}`);
  const portOf = portRule(decode.fields(document['ports'], `${at}:ports`), `${at}:ports`);
  const all = decode
    .list(document['organizations'], `${at}:organizations`)
    .map((item, index) =>
      organizationOf(item, `${at}:organizations/${index}`, (use) => portOf(index + 1, use)),
    );
  return wanted.map((name) => {
    const found = all.find((organization) => organization.name === name);
    if (found === undefined)
      throw new NetworkError(`Profile ${profile} names ${name}, which is no organization.`, `Correct ${at}.`);
    return found;
  });
}

function portRule(ports: decode.Fields, at: string): (position: number, use: PortUse) => number {
  const base = decode.integer(ports['base'], `${at}/base`, PORT_MIN, PORT_MAX);
  const stride = decode.integer(ports['stride'], `${at}/stride`, 1, 1000);
  const offsets = decode.fields(ports['offsets'], `${at}/offsets`);
  decode.onlyKeys(offsets, `${at}/offsets`, PORT_USES);
  return (position, use) =>
    base + stride * position + decode.integer(offsets[use], `${at}/offsets/${use}`, 0, stride - 1);
}

function organizationOf(item: unknown, at: string, portOf: (use: PortUse) => number): Organization {
  const value = decode.fields(item, at);
  decode.onlyKeys(value, at, ['name', 'msp_id', 'role', 'country', 'nodes']);
  const mspId = decode.text(value['msp_id'], `${at}/msp_id`);
  if (!/^[A-Za-z0-9]{1,40}$/.test(mspId))
    throw new NetworkError(`${at}/msp_id: letters and digits only.`, 'Correct it.');
  return {
    name: decode.slug(value['name'], `${at}/name`),
    mspId,
    role: decode.oneOf(value['role'], `${at}/role`, ['operator', 'regulator']),
    country: decode.text(value['country'], `${at}/country`),
    nodes: decode
      .list(value['nodes'], `${at}/nodes`)
      .map((node, index) => decode.oneOf(node, `${at}/nodes/${index}`, NODE_KINDS)),
    ports: Object.fromEntries(PORT_USES.map((use) => [use, portOf(use)])) as Record<PortUse, number>,
  };
}

function orderingOf(value: decode.Fields, at: string): Ordering {
  return {
    blockInterval: decode.duration(value['block_interval'], `${at}/block_interval`),
    maxMessages: decode.integer(value['max_messages'], `${at}/max_messages`, 1, 100_000),
    absoluteMaxBytes: decode.text(value['absolute_max_bytes'], `${at}/absolute_max_bytes`),
    preferredMaxBytes: decode.text(value['preferred_max_bytes'], `${at}/preferred_max_bytes`),
    smartBft: smartBftOf(decode.fields(value['smart_bft'], `${at}/smart_bft`), `${at}/smart_bft`),
  };
}

function smartBftOf(value: decode.Fields, at: string): SmartBftTimers {
  const time = (key: string): string => decode.duration(value[key], `${at}/${key}`);
  const count = (key: string): number => decode.integer(value[key], `${at}/${key}`, 1, 10_000_000);
  return {
    requestForwardTimeout: time('request_forward_timeout'),
    requestComplainTimeout: time('request_complain_timeout'),
    requestAutoRemoveTimeout: time('request_auto_remove_timeout'),
    leaderHeartbeatTimeout: time('leader_heartbeat_timeout'),
    leaderHeartbeatCount: count('leader_heartbeat_count'),
    viewChangeResendInterval: time('view_change_resend_interval'),
    viewChangeTimeout: time('view_change_timeout'),
    collectTimeout: time('collect_timeout'),
    incomingMessageBufferSize: count('incoming_message_buffer_size'),
    requestPoolSize: count('request_pool_size'),
  };
}

function peersOf(value: decode.Fields, at: string): PeerSettings {
  return {
    timeWindow: decode.duration(value['time_window'], `${at}/time_window`),
    gatewayConcurrency: decode.integer(value['gateway_concurrency'], `${at}/gateway_concurrency`, 1, 100_000),
    keepaliveMinInterval: decode.duration(value['keepalive_min_interval'], `${at}/keepalive_min_interval`),
    gossip: gossipOf(decode.fields(value['gossip'], `${at}/gossip`), `${at}/gossip`),
  };
}

function gossipOf(value: decode.Fields, at: string): Gossip {
  const time = (key: string): string => decode.duration(value[key], `${at}/${key}`);
  return {
    reconnectInterval: time('reconnect_interval'),
    publishStateInfoInterval: time('publish_state_info_interval'),
    requestStateInfoInterval: time('request_state_info_interval'),
    aliveTimeInterval: time('alive_time_interval'),
    aliveExpirationTimeout: time('alive_expiration_timeout'),
    pullInterval: time('pull_interval'),
  };
}

function watchdogOf(value: decode.Fields, at: string): WatchdogSettings {
  const ms = (key: string): number =>
    decode.durationMs(decode.text(value[key], `${at}/${key}`), `${at}/${key}`);
  return {
    port: decode.integer(value['port'], `${at}/port`, PORT_MIN, PORT_MAX),
    pollMs: ms('poll_interval'),
    maxLagBlocks: decode.integer(value['max_lag_blocks'], `${at}/max_lag_blocks`, 1, 1_000_000),
    maxLagMs: ms('max_lag_time'),
    graceMs: ms('grace_time'),
  };
}

function serviceOf(item: unknown, at: string): Service {
  const value = decode.fields(item, at);
  const kind = decode.oneOf(value['kind'], `${at}/kind`, ['postgres', 'node']);
  const name = decode.slug(value['name'], `${at}/name`);
  const needs = value['needs'] === undefined ? [] : decode.texts(value['needs'], `${at}/needs`);
  if (kind === 'postgres') {
    decode.onlyKeys(value, at, ['name', 'kind', 'port', 'database', 'needs']);
    const port = decode.integer(value['port'], `${at}/port`, PORT_MIN, PORT_MAX);
    return { kind, name, needs, port, database: decode.slug(value['database'], `${at}/database`) };
  }
  decode.onlyKeys(value, at, ['name', 'kind', 'entry', 'needs', 'ready', 'env']);
  const ready = decode.fields(value['ready'], `${at}/ready`);
  const env = decode.fields(value['env'] ?? {}, `${at}/env`);
  return {
    kind,
    name,
    needs,
    entry: decode.text(value['entry'], `${at}/entry`),
    ready: {
      url: decode.text(ready['url'], `${at}/ready/url`),
      port: decode.integer(ready['port'], `${at}/ready/port`, PORT_MIN, PORT_MAX),
    },
    env: Object.fromEntries(
      Object.entries(env).map(([key, item]) => [key, decode.text(item, `${at}/env/${key}`)]),
    ),
  };
}
