import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type FollowerState } from './follower';
import { type MirrorMetrics } from './metrics';

const OK = 200;
const NOT_FOUND = 404;
const UNAVAILABLE = 503;

/** What the server reports on. */
export interface Operations {
  readonly metrics: MirrorMetrics;
  state(): FollowerState;
}

/** Ready: following, or standing by for the mirror that does. */
function isReady(state: FollowerState): boolean {
  return state.state === 'following' || state.state === 'standby';
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  operations: Operations,
): Promise<void> {
  const path = (request.url ?? '').split('?', 1)[0];
  const state = operations.state();
  if (path === '/metrics') {
    response.writeHead(OK, { 'content-type': operations.metrics.registry.contentType });
    response.end(await operations.metrics.registry.metrics());
  } else if (path === '/healthz') json(response, OK, { status: 'alive' });
  else if (path === '/readyz') json(response, isReady(state) ? OK : UNAVAILABLE, state);
  else json(response, NOT_FOUND, { paths: ['/metrics', '/healthz', '/readyz'] });
}

/**
 * Serves /metrics, /healthz (the process lives) and /readyz (it follows, or stands by; else why not).
 * @returns once it listens
 * @throws when the port is taken
 */
export async function serveOperations(operations: Operations, host: string, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, response, operations).catch(() => {
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return server;
}
