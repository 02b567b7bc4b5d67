import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hsmModule } from '../hsm/softhsm';
import { networkFile, pinFile, softHsmConf, tlsCaCertificate } from '../paths';
import { listens, probe } from '../process/probe';
import type { ProcessDefinition } from '../process/supervisor';
import type { Site } from '../site';
import type { NodeService } from '../topology/model';
import { firstOperator } from '../topology/queries';
import { databaseUrl } from './postgres';

/** Whether the room of a service has been built. */
export function isBuilt(site: Site, service: NodeService): boolean {
  return existsSync(join(site.paths.root, service.entry));
}

/** A service of ours, run by the same Node as this program. */
export function nodeProcess(site: Site, service: NodeService): ProcessDefinition {
  return {
    name: service.name,
    command: process.execPath,
    args: [join(site.paths.root, service.entry)],
    cwd: site.paths.root,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '/',
      NODE_ENV: 'production',
      ...Object.fromEntries(
        Object.entries(service.env).map(([key, value]) => [key, fill(value, templates(site))]),
      ),
    },
    ready: () => answers(site, service),
  };
}

async function answers(site: Site, service: NodeService): Promise<boolean> {
  if (!(await listens(site.topology.host, service.ready.port))) return false;
  const ca = tlsCaCertificate(site.paths, firstOperator(site.topology));
  return (await probe(service.ready.url, { ca }))?.status === 200;
}

function templates(site: Site): Readonly<Record<string, string>> {
  return {
    run: site.paths.run,
    database_url: databaseUrl(site),
    hsm_module: hsmModule(),
    hsm_conf: softHsmConf(site.paths),
    hsm_pin_file: pinFile(site.paths),
    network_file: networkFile(site.paths),
  };
}

/** Replaces `{name}` in a value; an unknown name is an error, not an empty text. */
export function fill(value: string, values: Readonly<Record<string, string>>): string {
  return value.replace(/\{([a-z_]+)\}/g, (_whole, name: string) => {
    const found = values[name];
    if (found === undefined) throw new Error(`Unknown template {${name}} in ${value}`);
    return found;
  });
}
