import { type Client } from '@grpc/grpc-js';
import { parseBlock } from '@maker-registry/fabric-proofs';
import { type NetworkFile } from '../config/network-file';
import { openFabricGateway } from '../fabric/ledger';
import { connectPeer } from '../fabric/peer-connection';
import { type SigningIdentity } from '../fabric/signing-identity';
import { PEER_DEADLINE_MS } from './limits';

/** Which configuration an organization's peer works under. */
export interface PeerConfiguration {
  readonly msp_id: string;
  /** Number of its newest configuration block; null when the peer does not answer. */
  readonly config_block: number | null;
}

interface Peer {
  readonly mspId: string;
  readonly client: Client;
}

/** Asks every organization's peer itself: the own one can't know what another validates by. */
export class PeerConfigurations {
  readonly #network: NetworkFile;
  readonly #identity: SigningIdentity;
  #peers: readonly Peer[] | undefined;

  constructor(network: NetworkFile, identity: SigningIdentity) {
    this.#network = network;
    this.#identity = identity;
  }

  async all(): Promise<PeerConfiguration[]> {
    this.#peers ??= this.#connect();
    return Promise.all(
      this.#peers.map(async (peer) => ({ msp_id: peer.mspId, config_block: await this.#ask(peer) })),
    );
  }

  close(): void {
    for (const { client } of this.#peers ?? []) client.close();
    this.#peers = undefined;
  }

  /** Connections are made at the first question and kept. */
  #connect(): Peer[] {
    return this.#network.entry.organizations.flatMap(({ msp_id: mspId, peer }) => {
      if (peer === undefined) return [];
      const { endpoint, tls_ca_cert: tlsCa, server_name: serverName } = peer;
      const client = connectPeer({ endpoint, tlsCaFile: this.#network.path(tlsCa), serverName });
      return [{ mspId, client }];
    });
  }

  async #ask({ client, mspId }: Peer): Promise<number | null> {
    const { channel } = this.#network.entry;
    const contract = openFabricGateway(client, this.#identity).getNetwork(channel).getContract('cscc');
    try {
      const proposal = contract.newProposal('GetConfigBlock', {
        arguments: [channel],
        endorsingOrganizations: [mspId],
      });
      const block = await proposal.evaluate({ deadline: Date.now() + PEER_DEADLINE_MS });
      return parseBlock(block).header.number;
    } catch {
      return null;
    }
  }
}
