import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stop } from '../process/supervisor';
import type { Site } from '../site';
import type { Print } from '../steps/run-steps';
import { nodeName } from '../topology/queries';

/** The order in which things end: nobody loses what it depends on before it has ended itself. */
export function stopOrder(site: Site): readonly (readonly string[])[] {
  const { services, organizations } = site.topology;
  const all = (kind: 'ca' | 'orderer' | 'peer' | 'chaincode'): string[] =>
    organizations
      .filter((organization) => organization.nodes.includes(kind))
      .map((organization) => nodeName(organization, kind));
  return [
    ['watchdog'],
    ...[...services].reverse().map((service) => [service.name]),
    [...all('chaincode'), ...all('peer'), ...all('orderer'), ...all('ca')],
  ];
}

/** Ends every process of ours; data stays. Also ends what an earlier topology started and this one no longer names. */
export async function down(site: Site, print: Print): Promise<void> {
  const ordered = stopOrder(site);
  const known = new Set(ordered.flat());
  const others = pidNames(site).filter((name) => !known.has(name));
  let stopped = 0;
  for (const group of [others, ...ordered]) {
    const results = await Promise.all(
      group.map((name) => stop(site.paths, name, name === 'postgres' ? 'SIGINT' : 'SIGTERM')),
    );
    stopped += results.filter(Boolean).length;
  }
  print(
    stopped === 0
      ? 'Nothing was running.'
      : `Stopped ${stopped} processes. Data is kept in ${site.paths.run}.`,
  );
}

/** Ends everything and removes the network with its keys, ledgers and database. */
export async function reset(site: Site, print: Print): Promise<void> {
  await down(site, print);
  rmSync(site.paths.run, { recursive: true, force: true });
  print('The network and its data are gone.');
}

function pidNames(site: Site): readonly string[] {
  try {
    return readdirSync(join(site.paths.run, 'pids'))
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.slice(0, -'.json'.length));
  } catch {
    return [];
  }
}
