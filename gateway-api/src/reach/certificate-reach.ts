import { type CertificateReason, type CertificateRevocation } from '@maker-registry/protocol';
import { type PeerConfiguration } from './peer-configurations';

/** A CRL as a station has it. */
export interface ListedSerials {
  /** CRLNumber, decimal. */
  readonly number: string;
  /** Number of the delta that is applied to it, where there is one. */
  readonly delta?: string;
  /** Serial number → whether it is on hold there. */
  readonly held: ReadonlyMap<string, boolean>;
}

/** What the stations of a revocation's way say now. CRLs by the key identifier of their CA. */
export interface ReachFacts {
  readonly channel: string;
  readonly configBlock: number;
  /** The CRLs that this gateway serves. */
  readonly issued: ReadonlyMap<string, ListedSerials>;
  /** The CRLs in the channel's configuration. */
  readonly configured: ReadonlyMap<string, ListedSerials>;
  readonly peers: readonly PeerConfiguration[];
  /** CAs whose certificates no channel knows: those of TLS. */
  readonly tlsKeyIds: ReadonlySet<string>;
  /** `aki/serial` of what the Fabric CA has revoked through this operator's gateways. */
  readonly atFabricCa: ReadonlySet<string>;
}

export interface ChannelReach {
  readonly channel: string;
  /** Block that brought the configuration in force. */
  readonly config_block: number;
  /** Number of the CRL in it; null when there is none of this CA. */
  readonly crl_number: string | null;
  /** Whether that CRL says what the ledger says. */
  readonly reached: boolean;
  /** MSP ids of peers that work under it. */
  readonly peers_reached: readonly string[];
  readonly peers_behind: readonly string[];
  /** Peers that did not answer. */
  readonly peers_silent: readonly string[];
}

/** `not_applicable`: a hold or release, which Fabric CA does not know. */
export type FabricCaReach = 'reached' | 'pending' | 'not_applicable';

/** How far a certificate's revocation, hold or release has come. */
export interface CertificateReach {
  readonly aki: string;
  readonly serial: string;
  readonly state: CertificateRevocation['state'];
  readonly reason?: CertificateReason;
  readonly ledger: { readonly at: number; readonly tx_id: string };
  readonly crl: { readonly number: string | null; readonly delta: string | null; readonly reached: boolean };
  readonly fabric_ca: FabricCaReach;
  /** Empty for certificates of TLS, which no channel's revocation list concerns. */
  readonly channels: readonly ChannelReach[];
  /** Whether nothing is left to do. */
  readonly complete: boolean;
}

/** Whether a CRL says of a certificate what the ledger says; without a CRL nobody is refused. */
function agrees({ serial, state }: CertificateRevocation, list: ListedSerials | undefined): boolean {
  const held = list?.held.get(serial);
  if (state === 'released') return held === undefined;
  return held === (state === 'held');
}

function channelReach(revocation: CertificateRevocation, facts: ReachFacts): ChannelReach {
  const list = facts.configured.get(revocation.aki);
  const reached = agrees(revocation, list);
  const has = ({ config_block: block }: PeerConfiguration): boolean =>
    reached && block !== null && block >= facts.configBlock;
  const names = (peers: readonly PeerConfiguration[]): string[] => peers.map(({ msp_id: name }) => name);
  return {
    channel: facts.channel,
    config_block: facts.configBlock,
    crl_number: list?.number ?? null,
    reached,
    peers_reached: names(facts.peers.filter(has)),
    peers_behind: names(facts.peers.filter((peer) => peer.config_block !== null && !has(peer))),
    peers_silent: names(facts.peers.filter(({ config_block: block }) => block === null)),
  };
}

function isEverywhere({ reached, peers_behind: behind, peers_silent: silent }: ChannelReach): boolean {
  return reached && behind.length === 0 && silent.length === 0;
}

function crlReach(
  revocation: CertificateRevocation,
  list: ListedSerials | undefined,
): CertificateReach['crl'] {
  return { number: list?.number ?? null, delta: list?.delta ?? null, reached: agrees(revocation, list) };
}

function fabricCaReach({ aki, serial, state }: CertificateRevocation, facts: ReachFacts): FabricCaReach {
  if (state !== 'revoked') return 'not_applicable';
  return facts.atFabricCa.has(`${aki}/${serial}`) ? 'reached' : 'pending';
}

/** Derives from what each station says now how far a revocation has come; nothing of it is stored. */
export function certificateReach(revocation: CertificateRevocation, facts: ReachFacts): CertificateReach {
  const { aki, serial, state, reason, updated } = revocation;
  const crl = crlReach(revocation, facts.issued.get(aki));
  const fabricCa = fabricCaReach(revocation, facts);
  const channels = facts.tlsKeyIds.has(aki) ? [] : [channelReach(revocation, facts)];
  return {
    aki,
    serial,
    state,
    ...(reason === undefined ? {} : { reason }),
    ledger: { at: updated.at, tx_id: updated.tx_id },
    crl,
    fabric_ca: fabricCa,
    channels,
    complete: crl.reached && fabricCa !== 'pending' && channels.every(isEverywhere),
  };
}
