/** Which spans of a text a detector looks at. */
export interface WindowPlan {
  /** n-grams of a window, rising. */
  readonly lengths: readonly number[];
  /** Windows of one length start every ⌊length / stride_divisor⌋ n-grams, and at the end. */
  readonly stride_divisor: number;
  /** A text of at most so many n-grams is judged as a whole too. */
  readonly longest_whole: number;
}

export interface TokenWindow {
  /** First n-gram. */
  readonly start: number;
  /** Behind the last one. */
  readonly end: number;
}

/** How many windows of `length` there are in `count` n-grams, the whole text not among them. */
function windowsOfLength(count: number, length: number, stride: number): number {
  if (length >= count) return 0;
  return Math.floor((count - length + stride - 1) / stride) + 1;
}

function strideOf(plan: WindowPlan, length: number): number {
  return Math.max(1, Math.floor(length / plan.stride_divisor));
}

/** The exact number of windows of a text: what its p-value is corrected for. At least 1. */
export function countWindows(count: number, plan: WindowPlan): number {
  const whole = count <= plan.longest_whole ? 1 : 0;
  const parts = plan.lengths.map((length) => windowsOfLength(count, length, strideOf(plan, length)));
  return Math.max(
    1,
    parts.reduce((sum, windows) => sum + windows, whole),
  );
}

/** All windows: the whole text first, then by length and place. The last of a length ends with the text. */
export function* windowsOf(count: number, plan: WindowPlan): Generator<TokenWindow, void, undefined> {
  if (count > 0 && count <= plan.longest_whole) yield { start: 0, end: count };
  for (const length of plan.lengths) {
    const stride = strideOf(plan, length);
    const windows = windowsOfLength(count, length, stride);
    for (let index = 0; index < windows; index += 1) {
      const start = Math.min(index * stride, count - length);
      yield { start, end: start + length };
    }
  }
}
