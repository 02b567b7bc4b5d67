import { join } from 'node:path';
import { probe } from '../process/probe';
import type { ProcessDefinition } from '../process/supervisor';
import type { Site } from '../site';

export const WATCHDOG = 'watchdog';

export const watchdogUrl = (site: Site): string =>
  `http://${site.topology.host}:${site.topology.watchdog.port}`;

/** The watchdog as a process of the network. */
export function watchdogProcess(site: Site): ProcessDefinition {
  return {
    name: WATCHDOG,
    command: process.execPath,
    args: [join(site.paths.root, 'network/dist/watchdog/main.js')],
    cwd: site.paths.root,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '/',
      PROFILE: site.topology.profile,
    },
    configuration: JSON.stringify(site.topology.watchdog),
    ready: async () => (await probe(`${watchdogUrl(site)}/healthz`))?.status === 200,
  };
}
