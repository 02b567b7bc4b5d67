import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 25;

/** Waits until `probe` gives something; after `limitMs` fails, saying what was awaited. */
export async function until<T>(what: string, limitMs: number, probe: () => T | undefined): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const found = probe();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`${what} did not happen within ${limitMs / 1000} s`);
    await sleep(POLL_MS);
  }
}
