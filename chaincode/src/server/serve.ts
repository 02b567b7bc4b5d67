import { setTimeout as sleep } from 'node:timers/promises';
import { Shim } from 'fabric-shim';
import { SHUTDOWN_GRACE_MS, SHUTDOWN_POLL_MS } from '../limits';
import type { ServerConfiguration } from './configuration';
import { RegistryChaincode } from './registry-chaincode';

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
  const server = Shim.server(chaincode, {
    ccid: configuration.chaincodeId,
    address: configuration.address,
    tlsProps: configuration.tls,
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
