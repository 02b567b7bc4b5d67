import { awaitReady, ensureStarted, stop } from '../process/supervisor';
import type { Site } from '../site';
import { withLock } from '../state/lock';
import { makeProcess } from './definitions';

/** Ends one process (if it runs) and starts it again. `by` is shown to others who want the network meanwhile. */
export function restartNode(site: Site, name: string, by: string): Promise<void> {
  return withLock(site.paths, `${by}: restart ${name}`, async () => {
    const definition = await makeProcess(site, name);
    await stop(site.paths, name, definition.stopSignal);
    await ensureStarted(site.paths, definition);
    await awaitReady(site.paths, definition);
  });
}
