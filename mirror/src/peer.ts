import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { connect, type Gateway, hash, type Signer, signers } from '@hyperledger/fabric-gateway';
import { type PeerSource } from './config';
import {
  KEEPALIVE_TIME_MS,
  KEEPALIVE_TIMEOUT_MS,
  MAX_DELIVER_MESSAGE_BYTES,
  PEER_CALL_TIMEOUT_MS,
} from './limits';
import { parseChainHeight, parseDeliverResponse } from './deliver-response';

const DELIVER = '/protos.Deliver/Deliver';

/** The peer ended the stream of blocks, with its reason. */
export class StreamEndedError extends Error {
  constructor(reason: string) {
    super(`the peer ended the stream of blocks: ${reason}`);
    this.name = 'StreamEndedError';
  }
}

/** What happens on an open stream. */
export interface BlockListener {
  /** One block's bytes exactly as the peer sent them. */
  onBlock(bytes: Uint8Array): void;
  /** The stream is over; nothing follows. */
  onEnd(error: Error): void;
}

/** An open stream of blocks. */
export interface BlockStream {
  pause(): void;
  resume(): void;
  close(): void;
}

/** Where blocks come from. */
export interface BlockSource {
  /** Streams blocks from a number on, and every later one as it is committed. */
  blocks(from: number, listener: BlockListener): Promise<BlockStream>;
}

/** A connection to a peer. */
export interface LedgerPeer extends BlockSource {
  /** Number of blocks the peer has committed. */
  height(): Promise<number>;
  close(): void;
}

/** Opens a connection; the errors it throws are those of reading the identity's files. */
export type ConnectPeer = (source: PeerSource) => Promise<LedgerPeer>;

/**
 * A connection to the organization's own peer.
 *
 * Blocks come over Fabric's Deliver service as raw bytes: fabric-gateway builds and signs the request, but decoding
 * the answers is left to the caller, since verification needs the bytes as received.
 */
export class Peer implements LedgerPeer {
  readonly #client: Client;
  readonly #gateway: Gateway;
  readonly #signer: Signer;
  readonly #channel: string;

  private constructor(client: Client, gateway: Gateway, signer: Signer, channel: string) {
    this.#client = client;
    this.#gateway = gateway;
    this.#signer = signer;
    this.#channel = channel;
  }

  /** Reads the identity's files and prepares a connection (made lazily). */
  static async connect(source: PeerSource): Promise<Peer> {
    const [tlsCa, certificate, keyPem] = await Promise.all(
      [source.tlsCaCert, source.certificate, source.key].map((path) => readFile(path)),
    );
    const client = new Client(source.endpoint, credentials.createSsl(tlsCa), {
      ...serverName(source),
      'grpc.max_receive_message_length': MAX_DELIVER_MESSAGE_BYTES,
      'grpc.keepalive_time_ms': KEEPALIVE_TIME_MS,
      'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    });
    const signer = signers.newPrivateKeySigner(createPrivateKey(keyPem ?? ''));
    const identity = { mspId: source.mspId, credentials: certificate ?? Buffer.alloc(0) };
    const gateway = connect({ client, identity, signer, hash: hash.sha256 });
    return new Peer(client, gateway, signer, source.channel);
  }

  async height(): Promise<number> {
    const contract = this.#gateway.getNetwork(this.#channel).getContract('qscc');
    const proposal = contract.newProposal('GetChainInfo', { arguments: [this.#channel] });
    return parseChainHeight(await proposal.evaluate({ deadline: Date.now() + PEER_CALL_TIMEOUT_MS }));
  }

  async blocks(from: number, listener: BlockListener): Promise<BlockStream> {
    const network = this.#gateway.getNetwork(this.#channel);
    const request = network.newBlockEventsRequest({ startBlock: BigInt(from) });
    const signature = await this.#signer(request.getDigest());
    const envelope = this.#gateway.newSignedBlockEventsRequest(request.getBytes(), signature).getBytes();
    const call = this.#client.makeBidiStreamRequest<Uint8Array, Buffer>(
      DELIVER,
      (bytes) => Buffer.from(bytes),
      (bytes) => bytes,
    );
    attach(call, listener);
    call.write(envelope);
    return {
      pause: () => call.pause(),
      resume: () => call.resume(),
      close: () => {
        call.cancel();
      },
    };
  }

  close(): void {
    this.#gateway.close();
    this.#client.close();
  }
}

/** The name to expect in the peer's certificate, where it is not the one dialled. */
function serverName({ endpoint, serverName: name }: PeerSource): Record<string, string> {
  const dialled = endpoint.slice(0, endpoint.lastIndexOf(':'));
  return name === dialled ? {} : { 'grpc.ssl_target_name_override': name, 'grpc.default_authority': name };
}

/** Connects to the peer of a running network. */
export const connectPeer: ConnectPeer = (source) => Peer.connect(source);

function attach(call: ClientDuplexStream<Uint8Array, Buffer>, listener: BlockListener): void {
  let ended = false;
  const end = (error: Error): void => {
    if (ended) return;
    ended = true;
    call.cancel();
    listener.onEnd(error);
  };
  call.on('data', (bytes: Buffer) => {
    if (ended) return;
    try {
      const response = parseDeliverResponse(bytes);
      if (response.block === null) end(new StreamEndedError(`status ${response.status}`));
      else listener.onBlock(response.block);
    } catch (error) {
      end(error instanceof Error ? error : new Error(String(error)));
    }
  });
  call.on('error', (error: Error) => {
    end(new StreamEndedError(error.message));
  });
  call.on('end', () => {
    end(new StreamEndedError('no reason given'));
  });
}
