/** Waits, or returns early when `signal` fires. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    if (signal.aborted) finish();
    else signal.addEventListener('abort', finish, { once: true });
  });
}

/** Whether the signal has fired by now; a function, since it changes during any `await`. */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
