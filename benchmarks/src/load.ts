import { CONCURRENCY, ROUND_LIMIT_MS } from './limits';
import type { Job } from './workloads';

export interface LoadResult {
  readonly committed: number;
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
  readonly errors: ReadonlyMap<string, number>;
}

/** Runs the jobs with a bounded number in flight, bounded in time; failures are counted, not hidden. */
export async function load(jobs: readonly Job[], concurrency = CONCURRENCY): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  const errors = new Map<string, number>();
  const started = performance.now();
  const queue = [...jobs];
  const worker = async (): Promise<void> => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      if (performance.now() - started > ROUND_LIMIT_MS) return;
      const begun = performance.now();
      try {
        await job();
        latenciesMs.push(performance.now() - begun);
      } catch (error) {
        const reason = error instanceof Error ? error.message.slice(0, 120) : String(error);
        errors.set(reason, (errors.get(reason) ?? 0) + 1);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, jobs.length) }, worker));
  return {
    committed: latenciesMs.length,
    seconds: (performance.now() - started) / 1000,
    latenciesMs,
    errors,
  };
}
