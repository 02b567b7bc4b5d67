import { type ClockInfo } from './attest';
import { type QuotePolicy, shortfall } from './quote-policy';
import { type Check, check, notChecked, passed } from './verdict';

/** Clock of the last quote that was accepted from a key. */
export type PreviousClock = Pick<ClockInfo, 'clock' | 'resetCount' | 'restartCount'>;

/** The clock may be trusted, and neither it nor a counter is behind where it was. */
export function clockChecks(
  clock: ClockInfo,
  previous: PreviousClock | undefined,
  policy: QuotePolicy,
): readonly Check[] {
  const safe = clock.safe
    ? passed('clock-safe')
    : shortfall(policy, 'clock-safe', 'QUOTE_CLOCK', 'the clock may have gone back at a power failure');
  if (previous === undefined) return [safe, notChecked('clock', 'no earlier clock is known')];
  return [
    safe,
    check('clock', !wentBack(clock, previous), 'QUOTE_CLOCK', 'a counter or the clock went back'),
  ];
}

/** Counters say which boot this is; the clock runs on over boots, and may fall back a little only when not safe. */
function wentBack(clock: ClockInfo, previous: PreviousClock): boolean {
  if (clock.resetCount !== previous.resetCount) {
    return clock.resetCount < previous.resetCount || (clock.safe && clock.clock < previous.clock);
  }
  if (clock.restartCount !== previous.restartCount) {
    return clock.restartCount < previous.restartCount || (clock.safe && clock.clock < previous.clock);
  }
  return clock.clock < previous.clock;
}
