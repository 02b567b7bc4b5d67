/** What has to be ended or removed when the demonstration ends, last come first served. */
export interface Closers {
  readonly add: (close: () => Promise<void> | void) => void;
  readonly closeAll: () => Promise<void>;
}

export function closers(): Closers {
  const stack: (() => Promise<void> | void)[] = [];
  return {
    add: (close) => {
      stack.push(close);
    },
    closeAll: async () => {
      for (let close = stack.pop(); close !== undefined; close = stack.pop()) await close();
    },
  };
}
