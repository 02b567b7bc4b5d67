import { readFileSync } from 'node:fs';
import { type ClientOptions, Client, connectivityState, credentials } from '@grpc/grpc-js';
import { type PeerConfig } from '../config/config';
import { RECONNECT_MS } from '../limits';

/** Milliseconds: above the peer's least interval between pings, below the idle limit of firewalls. */
const KEEPALIVE_MS = 30_000;
const KEEPALIVE_TIMEOUT_MS = 10_000;
const MAX_RECONNECT_MS = 5_000;
/** Bytes: Fabric's own limit of a message. */
const MAX_MESSAGE_BYTES = 100 * 1024 * 1024;

/** One connection to the organization's own peer, shared by all calls; it reconnects by itself. */
export function connectPeer(config: PeerConfig): Client {
  const options: ClientOptions = {
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    'grpc.initial_reconnect_backoff_ms': RECONNECT_MS,
    'grpc.max_reconnect_backoff_ms': MAX_RECONNECT_MS,
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    ...nameOverride(config),
  };
  return new Client(config.endpoint, credentials.createSsl(readFileSync(config.tlsCaFile)), options);
}

/** Only where the certificate names another host than the endpoint: an address can't be a TLS server name. */
function nameOverride({ endpoint, serverName }: PeerConfig): ClientOptions {
  if (serverName === undefined || endpoint.startsWith(`${serverName}:`)) return {};
  return { 'grpc.ssl_target_name_override': serverName };
}

/** Whether the peer answers within the time; asks for a connection where there is none. */
export function peerReachable(client: Client, timeoutMs: number): Promise<boolean> {
  if (client.getChannel().getConnectivityState(true) === connectivityState.READY)
    return Promise.resolve(true);
  return new Promise((resolve) => {
    client.waitForReady(Date.now() + timeoutMs, (error) => {
      resolve(error === undefined);
    });
  });
}
