import { type CliContext } from '../command';
import { PROGRESS_INTERVAL_MS } from '../limits';

/** Tells whoever watches how far long work has come, in percent: after a second, and at most once a second. */
export function progressTeller({ tell, isWatched }: CliContext, now = Date.now): (part: number) => void {
  let next = now() + PROGRESS_INTERVAL_MS;
  return (part) => {
    if (!isWatched || now() < next) return;
    next = now() + PROGRESS_INTERVAL_MS;
    tell({ event: 'progress', percent: Math.floor(part * 100) });
  };
}
