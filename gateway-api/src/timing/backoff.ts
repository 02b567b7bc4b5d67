import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { RETRY_BASE_MS, RETRY_CAP_MS } from '../limits';

/** Longest pause before the given repetition (from 0), in milliseconds. */
export function backoffCeiling(repetition: number): number {
  const doublings = Math.min(repetition, Math.ceil(Math.log2(RETRY_CAP_MS / RETRY_BASE_MS)));
  return Math.min(RETRY_BASE_MS * 2 ** doublings, RETRY_CAP_MS);
}

/**
 * Pauses for a random part of a doubling, capped time: full jitter spreads those that failed together.
 *
 * @throws AbortError when the gateway stops meanwhile.
 */
export async function backoff(repetition: number, signal: AbortSignal): Promise<void> {
  await sleep(randomInt(backoffCeiling(repetition)) + 1, undefined, { signal });
}
