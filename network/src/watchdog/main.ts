import http from 'node:http';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { restartNode } from '../commands/restart';
import { FROZEN_STOP_TIMEOUT_MS } from '../limits';
import { DEFAULT_PROFILE, type Site, openSite } from '../site';
import { type Health, assess, countRestart, toRestart } from './decision';
import { sightings } from './heights';
import { metricsOf, reportOf } from './report';

/**
 * A SmartBFT orderer was seen to stop taking part without a word in its log: its height stayed while the others went
 * on, and it used up the one fault the network bears. This process compares heights and restarts such a node.
 */
async function watch(site: Site): Promise<void> {
  let health: Health = new Map();
  serve(site, () => health);
  for (;;) {
    health = assess(health, await sightings(site), Date.now(), site.topology.watchdog);
    health = await restartOne(site, health);
    await pause(site.topology.watchdog.pollMs);
  }
}

async function restartOne(site: Site, health: Health): Promise<Health> {
  const name = toRestart(health, Date.now(), site.topology.watchdog);
  if (name === undefined) return health;
  const node = health.get(name);
  say(
    `${name} is behind (height ${node?.height ?? 'unknown'}, lag ${node?.lag ?? 'unknown'}): restarting it`,
  );
  try {
    await restartNode(site, name, 'watchdog', { waitMs: 0, stopTimeoutMs: FROZEN_STOP_TIMEOUT_MS });
    say(`${name} restarted`);
    return countRestart(health, name);
  } catch (error) {
    say(`${name} could not be restarted: ${error instanceof Error ? error.message : String(error)}`);
    return health;
  }
}

function serve(site: Site, health: () => Health): void {
  const pages: Readonly<Record<string, () => [string, string]>> = {
    '/healthz': () => ['text/plain', 'ok\n'],
    '/metrics': () => ['text/plain; version=0.0.4; charset=utf-8', metricsOf(health())],
    '/status': () => ['application/json', `${JSON.stringify(reportOf(health(), Date.now()))}\n`],
  };
  const server = http.createServer((request, response) => {
    const page = request.method === 'GET' ? pages[request.url ?? ''] : undefined;
    if (page === undefined) {
      response.writeHead(404).end();
      return;
    }
    const [type, body] = page();
    response.writeHead(200, { 'content-type': type }).end(body);
  });
  server.listen(site.topology.watchdog.port, site.topology.host);
}

function say(sentence: string): void {
  process.stdout.write(`${new Date().toISOString()} ${sentence}\n`);
}

const root = resolve(join(__dirname, '../../..'));
process.once('SIGTERM', () => process.exit(0));
watch(openSite(root, process.env['PROFILE'] ?? DEFAULT_PROFILE)).catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(1);
});
