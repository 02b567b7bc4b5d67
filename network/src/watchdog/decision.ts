/** What one poll saw of a node. */
export interface Sighting {
  /** Blocks in its ledger; undefined when it did not answer. */
  readonly height: number | undefined;
  /** What tells its process from an earlier one of that name; undefined when there is none. */
  readonly process: string | undefined;
}

export type Sightings = ReadonlyMap<string, Sighting>;

export interface NodeHealth extends Sighting {
  /** Blocks behind the reference; undefined when the node did not answer. */
  readonly lag: number | undefined;
  /** Milliseconds (of the caller's clock) since when it lags or is silent; undefined while it keeps up. */
  readonly behindSince: number | undefined;
  /** When its process was first seen in place of another, whoever started it; undefined for the one seen first. */
  readonly startedAt: number | undefined;
  /** Restarts by the watchdog. */
  readonly restarts: number;
}

export interface Rule {
  readonly maxLagBlocks: number;
  readonly maxLagMs: number;
  readonly graceMs: number;
}

const NEVER_SEEN: NodeHealth = {
  height: undefined,
  process: undefined,
  lag: undefined,
  behindSince: undefined,
  startedAt: undefined,
  restarts: 0,
};

export type Health = ReadonlyMap<string, NodeHealth>;

/**
 * The height that others are measured against: the highest that at least two nodes claim to have reached. One node
 * that lies about its height could otherwise have all honest ones restarted. With fewer than three answers there is no
 * such choice and the highest counts.
 */
export function referenceHeight(sightings: Sightings): number {
  const heights = [...sightings.values()].map((sighting) => sighting.height);
  const known = heights.filter((height) => height !== undefined).sort((a, b) => b - a);
  return (known.length >= 3 ? known[1] : known[0]) ?? 0;
}

/**
 * The health of every node after a poll at time `now`. A node counts as behind when it is silent, when it is too many
 * blocks short, or when it is short by any number and stands still: a peer was seen to lose one block between receiving
 * and committing it, and to refuse every later copy of it ("expected block number is [145] but actual … is [144]").
 * It lagged three blocks for good, until it was restarted.
 */
export function assess(before: Health, sightings: Sightings, now: number, rule: Rule): Health {
  const reference = referenceHeight(sightings);
  const entries = [...sightings].map(([name, sighting]) => {
    const lag = sighting.height === undefined ? undefined : Math.max(0, reference - sighting.height);
    return [name, healthOf(before.get(name), { ...sighting, lag }, now, rule)] as const;
  });
  return new Map(entries);
}

function healthOf(
  past: NodeHealth | undefined,
  seen: Sighting & { readonly lag: number | undefined },
  now: number,
  rule: Rule,
): NodeHealth {
  const { height, process, behindSince, startedAt, restarts } = past ?? {
    ...NEVER_SEEN,
    process: seen.process,
  };
  const started = process !== seen.process;
  const behind = isBehind(seen.lag, past !== undefined && height === seen.height, rule);
  const since = started ? now : (behindSince ?? now);
  return {
    ...seen,
    behindSince: behind ? since : undefined,
    startedAt: started ? now : startedAt,
    restarts,
  };
}

function isBehind(lag: number | undefined, standsStill: boolean, rule: Rule): boolean {
  return lag === undefined || lag > rule.maxLagBlocks || (lag > 0 && standsStill);
}

/**
 * The one node to restart now, if any: behind for longer than the rule allows and not within the grace time after its
 * start. One at a time, worst first, for with 3f+1 orderers a second one stopped would halt the channel. Nodes whose
 * process is not there at all are left alone: somebody stopped them, or `make up` starts them.
 */
export function toRestart(health: Health, now: number, rule: Rule): string | undefined {
  const due = [...health].filter(([, node]) => isDue(node, now, rule));
  due.sort(([, a], [, b]) => (a.behindSince ?? now) - (b.behindSince ?? now));
  return due[0]?.[0];
}

function isDue(node: NodeHealth, now: number, rule: Rule): boolean {
  if (node.process === undefined || node.behindSince === undefined) return false;
  if (now - node.behindSince <= rule.maxLagMs) return false;
  return node.startedAt === undefined || now - node.startedAt > rule.graceMs;
}

/** Health with a restart of that node counted. */
export function countRestart(health: Health, name: string): Health {
  const node = health.get(name);
  return node === undefined ? health : new Map(health).set(name, { ...node, restarts: node.restarts + 1 });
}
