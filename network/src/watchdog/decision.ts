/** What one poll saw of a node: its block height, or undefined when it did not answer. */
export type Heights = ReadonlyMap<string, number | undefined>;

export interface NodeHealth {
  readonly height: number | undefined;
  /** Blocks behind the reference; undefined when the node did not answer. */
  readonly lag: number | undefined;
  /** Milliseconds (of the caller's clock) since when it lags or is silent; undefined while it keeps up. */
  readonly behindSince: number | undefined;
  readonly restartedAt: number | undefined;
  readonly restarts: number;
}

export interface Rule {
  readonly maxLagBlocks: number;
  readonly maxLagMs: number;
  readonly graceMs: number;
}

export type Health = ReadonlyMap<string, NodeHealth>;

/**
 * The height that others are measured against: the highest that at least two nodes claim to have reached. One node
 * that lies about its height could otherwise have all honest ones restarted. With fewer than three answers there is no
 * such choice and the highest counts.
 */
export function referenceHeight(heights: Heights): number {
  const known = [...heights.values()].filter((height) => height !== undefined).sort((a, b) => b - a);
  return (known.length >= 3 ? known[1] : known[0]) ?? 0;
}

/**
 * The health of every node after a poll at time `now`. A node counts as behind when it is silent, when it is too many
 * blocks short, or when it is short by any number and stands still: a peer was seen to lose one block between receiving
 * and committing it, and to refuse every later copy of it ("expected block number is [145] but actual … is [144]").
 * It lagged three blocks for good, until it was restarted.
 */
export function assess(before: Health, heights: Heights, now: number, rule: Rule): Health {
  const reference = referenceHeight(heights);
  const entries = [...heights].map(([name, height]): [string, NodeHealth] => {
    const past = before.get(name);
    const lag = height === undefined ? undefined : Math.max(0, reference - height);
    const behind = isBehind(lag, past?.height === height, rule);
    return [
      name,
      {
        height,
        lag,
        behindSince: behind ? (past?.behindSince ?? now) : undefined,
        restartedAt: past?.restartedAt,
        restarts: past?.restarts ?? 0,
      },
    ];
  });
  return new Map(entries);
}

function isBehind(lag: number | undefined, standsStill: boolean, rule: Rule): boolean {
  return lag === undefined || lag > rule.maxLagBlocks || (lag > 0 && standsStill);
}

/**
 * The one node to restart now, if any: behind for longer than the rule allows and not within the grace time of its last
 * restart. One at a time, worst first, for with 3f+1 orderers a second one stopped would halt the channel. Nodes whose
 * process is not there at all are left alone: somebody stopped them, or `make up` starts them.
 */
export function toRestart(
  health: Health,
  alive: ReadonlySet<string>,
  now: number,
  rule: Rule,
): string | undefined {
  const due = [...health].filter(([name, node]) => alive.has(name) && isDue(node, now, rule));
  due.sort(([, a], [, b]) => (a.behindSince ?? now) - (b.behindSince ?? now));
  return due[0]?.[0];
}

function isDue(node: NodeHealth, now: number, rule: Rule): boolean {
  if (node.behindSince === undefined || now - node.behindSince <= rule.maxLagMs) return false;
  return node.restartedAt === undefined || now - node.restartedAt > rule.graceMs;
}

/** Health with a restart of that node noted. */
export function noteRestart(health: Health, name: string, now: number): Health {
  const node = health.get(name);
  if (node === undefined) return health;
  return new Map(health).set(name, {
    ...node,
    behindSince: undefined,
    restartedAt: now,
    restarts: node.restarts + 1,
  });
}
