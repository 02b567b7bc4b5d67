/**
 * The value of a promise, or undefined when the time is over or one of the signals is aborted first.
 *
 * Timers and listeners go as soon as it settles: a race against a promise that lives as long as the process would keep
 * every loser in memory.
 */
export function within<T>(
  promise: Promise<T>,
  milliseconds: number,
  signals: readonly AbortSignal[],
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const release = (): void => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', giveUp);
    };
    const giveUp = (): void => {
      release();
      resolve(undefined);
    };
    const timer = setTimeout(giveUp, milliseconds);
    for (const signal of signals) signal.addEventListener('abort', giveUp, { once: true });
    promise.then(
      (value) => {
        release();
        resolve(value);
      },
      (error: unknown) => {
        release();
        reject(
          error instanceof Error
            ? error
            : new Error('a promise was rejected without an error', { cause: error }),
        );
      },
    );
    if (signals.some((signal) => signal.aborted)) giveUp();
  });
}
