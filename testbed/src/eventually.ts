/** How often a condition is looked at again, in milliseconds. */
const LOOK_AGAIN_MS = 50;

/**
 * Waits for something the system promises to reach, and no longer than it promises: resolves with the first value
 * that is not undefined, rejects with `what` and the last error once `limitMs` is over.
 */
export async function eventually<T>(
  what: string,
  limitMs: number,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const end = Date.now() + limitMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await look();
      if (value !== undefined) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`Not reached within ${limitMs} ms: ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
