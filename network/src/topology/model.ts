/** The validated shape of network/topology.yaml for one profile. */
export type OrganizationRole = 'operator' | 'regulator';
export type NodeKind = 'ca' | 'orderer' | 'peer' | 'chaincode';
export type PortUse =
  | 'ca'
  | 'ca_operations'
  | 'orderer'
  | 'orderer_admin'
  | 'orderer_operations'
  | 'peer'
  | 'peer_operations'
  | 'peer_chaincode_listen'
  | 'chaincode';

export interface Organization {
  readonly name: string;
  readonly mspId: string;
  readonly role: OrganizationRole;
  readonly country: string;
  readonly nodes: readonly NodeKind[];
  readonly ports: Readonly<Record<PortUse, number>>;
}

export interface SmartBftTimers {
  readonly requestForwardTimeout: string;
  readonly requestComplainTimeout: string;
  readonly requestAutoRemoveTimeout: string;
  readonly leaderHeartbeatTimeout: string;
  readonly leaderHeartbeatCount: number;
  readonly viewChangeResendInterval: string;
  readonly viewChangeTimeout: string;
  readonly collectTimeout: string;
  readonly incomingMessageBufferSize: number;
  readonly requestPoolSize: number;
}

export interface Ordering {
  readonly blockInterval: string;
  readonly maxMessages: number;
  readonly absoluteMaxBytes: string;
  readonly preferredMaxBytes: string;
  readonly smartBft: SmartBftTimers;
}

export interface Gossip {
  readonly reconnectInterval: string;
  readonly publishStateInfoInterval: string;
  readonly requestStateInfoInterval: string;
  readonly aliveTimeInterval: string;
  readonly aliveExpirationTimeout: string;
  readonly pullInterval: string;
}

export interface PeerSettings {
  readonly timeWindow: string;
  readonly gatewayConcurrency: number;
  readonly keepaliveMinInterval: string;
  readonly gossip: Gossip;
}

export interface WatchdogSettings {
  readonly port: number;
  readonly pollMs: number;
  readonly maxLagBlocks: number;
  readonly maxLagMs: number;
  readonly graceMs: number;
}

export interface PostgresService {
  readonly kind: 'postgres';
  readonly name: string;
  readonly port: number;
  readonly database: string;
  readonly needs: readonly string[];
}

export interface NodeService {
  readonly kind: 'node';
  readonly name: string;
  readonly entry: string;
  readonly needs: readonly string[];
  readonly ready: { readonly url: string; readonly port: number };
  readonly env: Readonly<Record<string, string>>;
}

export type Service = PostgresService | NodeService;

export interface Topology {
  readonly profile: string;
  readonly channel: string;
  readonly host: string;
  readonly organizations: readonly Organization[];
  readonly chaincode: { readonly name: string; readonly bundle: string };
  readonly policiesFile: string;
  readonly parametersFile: string;
  readonly ordering: Ordering;
  readonly peers: PeerSettings;
  readonly watchdog: WatchdogSettings;
  readonly services: readonly Service[];
}
