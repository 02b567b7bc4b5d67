import type { Health, NodeHealth } from './decision';

/** What the watchdog tells `make status` on /status. */
export interface WatchdogReport {
  readonly checked_at: string;
  readonly nodes: Readonly<
    Record<
      string,
      { height: number | null; lag: number | null; behind_for_s: number | null; restarts: number }
    >
  >;
}

export function reportOf(health: Health, now: number): WatchdogReport {
  const entry = (node: NodeHealth): WatchdogReport['nodes'][string] => ({
    height: node.height ?? null,
    lag: node.lag ?? null,
    behind_for_s: node.behindSince === undefined ? null : Math.round((now - node.behindSince) / 1000),
    restarts: node.restarts,
  });
  return {
    checked_at: new Date(now).toISOString(),
    nodes: Object.fromEntries([...health].map(([name, node]) => [name, entry(node)])),
  };
}

type Reading = readonly [
  name: string,
  kind: 'gauge' | 'counter',
  help: string,
  value: (node: NodeHealth) => number | undefined,
];

const READINGS: readonly Reading[] = [
  [
    'registry_node_up',
    'gauge',
    'Whether the node answers on its operations endpoint.',
    (node) => (node.height === undefined ? 0 : 1),
  ],
  ['registry_node_block_height', 'gauge', 'Blocks in the node’s ledger.', (node) => node.height],
  ['registry_node_lag_blocks', 'gauge', 'Blocks behind the reference height.', (node) => node.lag],
  [
    'registry_node_lagging',
    'gauge',
    'Whether the node lags or is silent.',
    (node) => (node.behindSince === undefined ? 0 : 1),
  ],
  ['registry_node_restarts_total', 'counter', 'Restarts by the watchdog.', (node) => node.restarts],
];

/** The same in Prometheus' text format. */
export function metricsOf(health: Health): string {
  const lines = READINGS.flatMap(([name, kind, help, value]) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${kind}`,
    ...[...health].flatMap(([node, state]) => {
      const reading = value(state);
      return reading === undefined ? [] : [`${name}{node="${node}"} ${reading}`];
    }),
  ]);
  return `${lines.join('\n')}\n`;
}
