import { bringUp } from '../process/supervisor';
import type { Site } from '../site';
import { endorsing } from '../topology/queries';
import { type StoredBundle, noteDeployed } from './bundle-store';
import { committedDefinition } from './committed';
import { approve, commit, install } from './lifecycle';
import { chaincodeProcess } from './service';

/**
 * Makes the channel agree on this bundle and lets every endorsing operator serve it. A bundle other than the committed
 * one is an upgrade: new package, next sequence.
 */
export async function deployChaincode(site: Site, bundle: StoredBundle): Promise<string> {
  const operators = endorsing(site.topology);
  const [committed] = await Promise.all([
    committedDefinition(site),
    ...operators.map((organization) => install(site, organization, bundle)),
  ]);
  const short = bundle.bundleDigest.slice(0, 12);
  if (committed?.version === bundle.bundleDigest) {
    noteDeployed(site, bundle);
    await serve(site, bundle);
    return `${short} in force, sequence ${committed.sequence}`;
  }
  const sequence = (committed?.sequence ?? 0) + 1;
  // Services first: a peer may ask its service as soon as the definition is committed.
  await Promise.all([
    serve(site, bundle),
    ...operators.map((organization) => approve(site, organization, bundle, sequence)),
  ]);
  await commit(site, bundle, sequence);
  noteDeployed(site, bundle);
  return `${short} committed, sequence ${sequence}`;
}

async function serve(site: Site, bundle: StoredBundle): Promise<void> {
  await Promise.all(
    endorsing(site.topology).map((organization) =>
      bringUp(site.paths, chaincodeProcess(site, organization, bundle)),
    ),
  );
}
