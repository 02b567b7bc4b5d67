import { PROGRESS_INTERVAL_MS } from '../limits';

/** Told now and then how many bytes of how many are done. */
export type OnProgress = (done: number, total: number) => void;

/** Passes on at most one report a second, so that a long file shows progress and a short one none. */
export function paced(report: OnProgress | undefined, total: number): (done: number) => void {
  if (report === undefined) return () => undefined;
  let next = Date.now() + PROGRESS_INTERVAL_MS;
  return (done) => {
    if (Date.now() < next) return;
    next = Date.now() + PROGRESS_INTERVAL_MS;
    report(done, total);
  };
}
