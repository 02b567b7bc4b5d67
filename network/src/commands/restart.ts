import { STOP_TIMEOUT_MS } from '../limits';
import { bringUp, stop } from '../process/supervisor';
import type { Site } from '../site';
import { type LockOptions, withLock } from '../state/lock';
import { makeProcess } from './definitions';

export interface RestartOptions extends LockOptions {
  /** Milliseconds until a process that does not end is killed. */
  readonly stopTimeoutMs?: number;
}

/** Ends one process (if it runs) and starts it again. `by` is shown to others who want the network meanwhile. */
export function restartNode(
  site: Site,
  name: string,
  by: string,
  options: RestartOptions = {},
): Promise<void> {
  const restart = async (): Promise<void> => {
    const definition = await makeProcess(site, name);
    await stop(site.paths, name, definition.stopSignal, options.stopTimeoutMs ?? STOP_TIMEOUT_MS);
    await bringUp(site.paths, definition);
  };
  return withLock(site.paths, `${by}: restart ${name}`, restart, options);
}
