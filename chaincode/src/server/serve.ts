import { setTimeout as sleep } from 'node:timers/promises';
import ChaincodeServer from 'fabric-shim/lib/server';
import { noteOffer, type PeerStream } from '../ledger/peer-batching';
import { MAX_PEER_MESSAGE_BYTES, SHUTDOWN_GRACE_MS, SHUTDOWN_POLL_MS } from '../limits';
import type { ServerConfiguration } from './configuration';
import { RegistryChaincode } from './registry-chaincode';

/** The shim's server, which also hears what the peer offers. */
class RegistryServer extends ChaincodeServer {
  override connect(stream: PeerStream): void {
    noteOffer(stream);
    super.connect(stream);
  }
}

/** A chaincode service that listens for its peer. */
export interface RunningServer {
  /** Lets calls in flight finish, at most `SHUTDOWN_GRACE_MS`. The peer's stream never ends by itself. */
  drain(): Promise<void>;
}

/**
 * Serves the contracts to the organization's peer over mutual TLS.
 *
 * @param now Unix seconds of this machine
 * @throws {Error} when the address cannot be bound.
 */
export async function serve(configuration: ServerConfiguration, now: () => number): Promise<RunningServer> {
  const chaincode = new RegistryChaincode(now, configuration.timeWindowS);
  const server = new RegistryServer(chaincode, {
    ccid: configuration.chaincodeId,
    address: configuration.address,
    tlsProps: configuration.tls,
    'grpc.max_receive_message_length': MAX_PEER_MESSAGE_BYTES,
  });
  await server.start();
  return {
    async drain() {
      for (
        let waited = 0;
        chaincode.callsInFlight > 0 && waited < SHUTDOWN_GRACE_MS;
        waited += SHUTDOWN_POLL_MS
      ) {
        await sleep(SHUTDOWN_POLL_MS);
      }
    },
  };
}
