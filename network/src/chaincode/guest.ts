import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { connectionFile } from '../fabric/peer-config';
import { NetworkError } from '../network-error';
import { nodeFolder } from '../paths';
import { listens } from '../process/probe';
import { awaitReady, ensureStarted, type ProcessDefinition } from '../process/supervisor';
import type { Site } from '../site';
import type { Organization } from '../topology/model';
import { endorsing } from '../topology/queries';
import { storeBundle, type StoredBundle } from './bundle-store';
import { committedDefinition } from './committed';
import { approve, commit, install } from './lifecycle';
import { chaincodeProcess } from './service';

/** A guest's port lies this far above the registry's chaincode service of the same operator. */
const GUEST_PORT_DISTANCE = 1;

const GUEST_NAME = /^[a-z]{2,20}$/;

/**
 * Deploys a second chaincode beside the registry's on the same channel and peers, as measurements need it to compare
 * with: same package form, lifecycle and endorsement policy, its own service for each operator. Repeating changes nothing.
 *
 * @returns the digest in force
 */
export async function deployGuest(site: Site, name: string, bundleFile: string): Promise<string> {
  if (!GUEST_NAME.test(name) || name === site.topology.chaincode.name)
    throw new NetworkError(`"${name}" cannot name a guest chaincode.`, 'Use 2 to 20 lower-case letters.');
  const guest = guestSite(site, name, relative(site.paths.root, resolve(bundleFile)));
  const operators = endorsing(guest.topology);
  const bundle = storeBundle(guest);
  for (const operator of operators) writeGuestConnection(guest, operator);
  await Promise.all(operators.map((operator) => startGuest(guest, operator, bundle)));
  const [committed] = await Promise.all([
    committedDefinition(guest),
    ...operators.map((operator) => install(guest, operator, bundle)),
  ]);
  if (committed?.version !== bundle.bundleDigest) {
    const sequence = (committed?.sequence ?? 0) + 1;
    await Promise.all(operators.map((operator) => approve(guest, operator, bundle, sequence)));
    await commit(guest, bundle, sequence);
  }
  return bundle.bundleDigest;
}

function guestSite(site: Site, name: string, bundle: string): Site {
  const organizations = site.topology.organizations.map((organization) => ({
    ...organization,
    ports: { ...organization.ports, chaincode: organization.ports.chaincode + GUEST_PORT_DISTANCE },
  }));
  return { ...site, topology: { ...site.topology, organizations, chaincode: { name, bundle } } };
}

/** The builder looks for a connection with the chaincode's name before it takes the registry's. */
function writeGuestConnection(guest: Site, operator: Organization): void {
  const own = connectionFile(guest, operator);
  const connection = JSON.parse(readFileSync(own, 'utf8')) as Record<string, unknown>;
  const address = `${guest.topology.host}:${operator.ports.chaincode}`;
  const file = own.replace(/\.json$/, `-${guest.topology.chaincode.name}.json`);
  writeFileSync(file, JSON.stringify({ ...connection, address }), { mode: 0o600 });
}

async function startGuest(guest: Site, operator: Organization, bundle: StoredBundle): Promise<void> {
  const name = `${operator.name}-${guest.topology.chaincode.name}`;
  const status = join(nodeFolder(guest.paths, operator, 'chaincode'), `${name}.json`);
  const definition = chaincodeProcess(guest, operator, bundle);
  const [launcher = '', bundleFile = ''] = definition.args;
  const process: ProcessDefinition = {
    ...definition,
    name,
    args: [launcher, bundleFile, status],
    ready: () => listens(guest.topology.host, operator.ports.chaincode),
  };
  await ensureStarted(guest.paths, process);
  await awaitReady(guest.paths, process);
}
