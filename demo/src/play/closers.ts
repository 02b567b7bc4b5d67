/** What has to be ended or removed when the demonstration ends, last come first served. */
export interface Closers {
  readonly add: (close: () => Promise<void> | void) => void;
  /** Closes everything, also when some of it fails; rejects with the first failure then. */
  readonly closeAll: () => Promise<void>;
}

export function closers(): Closers {
  const stack: (() => Promise<void> | void)[] = [];
  return {
    add: (close) => {
      stack.push(close);
    },
    closeAll: async () => {
      const failures: unknown[] = [];
      for (let close = stack.pop(); close !== undefined; close = stack.pop()) {
        await Promise.resolve(close()).catch((error: unknown) => failures.push(error));
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
