const MS = 1_000;

/** Unix seconds. */
export function unixNow(): number {
  return Math.floor(Date.now() / MS);
}
