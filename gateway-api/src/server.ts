import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { createApp } from './app';
import { type GatewayConfig } from './config/config';
import { type GatewayContext } from './context';
import { HEADERS_MS, IDLE_SWEEP_MS, KEEP_ALIVE_MS, REQUEST_MS, SHUTDOWN_MS } from './limits';
import { gatewayRoutes } from './routes/gateway-routes';

/** The TLS server of the gateway's routes. */
export function openServer(context: GatewayContext): Server {
  const { config, authorities } = context;
  const server = createServer(
    {
      cert: readFileSync(config.tls.certificateFile),
      key: readFileSync(config.tls.keyFile),
      ca: authorities.map((authority) => authority.pem),
      minVersion: 'TLSv1.2',
      // Callers without a certificate may read and relay; routes decide.
      requestCert: true,
      rejectUnauthorized: false,
    },
    createApp(context, gatewayRoutes(context)),
  );
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = REQUEST_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

export function listen(server: Server, { host, port }: GatewayConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Waiting callers are answered at once, for their waits end with the stop. */
export async function stopServer(server: Server, { operations }: GatewayContext): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  // A connection is idle only after its answer; those that are kept alive would hold the server open.
  const idle = setInterval(() => {
    server.closeIdleConnections();
  }, IDLE_SWEEP_MS);
  const timer = setTimeout(() => {
    server.closeAllConnections();
  }, SHUTDOWN_MS);
  await Promise.all([closed, operations.drain(SHUTDOWN_MS)]);
  clearInterval(idle);
  clearTimeout(timer);
}
