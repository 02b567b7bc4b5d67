import { RegistryError } from '@maker-registry/protocol';

/**
 * Refuses a transaction whose time lies too far from the endorser's clock.
 *
 * The time stands in the proposal and is chosen by whoever submits it; a relay could set it back to revive an expired
 * intent, or forward to end a waiting period early. This judgment differs from endorser to endorser by design: it only
 * decides whether to endorse and never what is written.
 *
 * @param transactionTime Unix seconds from the proposal
 * @param now Unix seconds of this machine
 * @throws {RegistryError} TX_TIME_OUT_OF_RANGE
 */
export function checkEndorserClock(transactionTime: number, now: number, windowS: number): void {
  const skew = transactionTime - now;
  if (Math.abs(skew) <= windowS) return;
  throw new RegistryError(
    'TX_TIME_OUT_OF_RANGE',
    `The transaction's time is ${Math.abs(skew)} s ${skew < 0 ? 'behind' : 'ahead of'} this endorser's clock; at most ${windowS} s are allowed. Correct the submitting machine's clock and submit again.`,
  );
}
