const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Does long work that Ctrl-C stops in order: the first signal asks it to clean up, a second one ends the process. */
export async function interruptible<Result>(act: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const stop = (): void => {
    for (const name of SIGNALS) process.off(name, stop);
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, stop);
  try {
    return await act(controller.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, stop);
  }
}
