import { CONCURRENCY, ROUND_LIMIT_MS } from './limits';

export interface LoadResult {
  readonly committed: number;
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
  readonly errors: ReadonlyMap<string, number>;
}

/** Runs `job(0…count-1)` with a bounded number in flight, bounded in time; failures are counted, not hidden. */
export async function load(count: number, job: (index: number) => Promise<void>): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  const errors = new Map<string, number>();
  const started = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count && performance.now() - started < ROUND_LIMIT_MS) {
      const index = next++;
      const begun = performance.now();
      try {
        await job(index);
        latenciesMs.push(performance.now() - begun);
      } catch (error) {
        const reason = error instanceof Error ? error.message.slice(0, 120) : String(error);
        errors.set(reason, (errors.get(reason) ?? 0) + 1);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, count) }, worker));
  return {
    committed: latenciesMs.length,
    seconds: (performance.now() - started) / 1000,
    latenciesMs,
    errors,
  };
}
