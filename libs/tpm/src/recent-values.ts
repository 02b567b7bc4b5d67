/** The values computed last, by key; of a pure function, so that nobody can tell them from new ones but by their speed. */
export class RecentValues<Value> {
  private readonly values = new Map<string, Value>();
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  /** The value of this key, computed where it is not among the last ones. What throws is not kept. */
  find(key: string, compute: () => Value): Value {
    const found = this.values.get(key);
    if (found !== undefined) return found;
    const value = compute();
    const [oldest] = this.values.keys();
    if (this.values.size >= this.most && oldest !== undefined) this.values.delete(oldest);
    this.values.set(key, value);
    return value;
  }
}
