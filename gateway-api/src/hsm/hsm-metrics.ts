import { Gauge, type Registry } from 'prom-client';
import { type HsmClient, type HsmCounters } from './hsm-client';

const HELP: Readonly<Record<keyof HsmCounters, string>> = {
  signatures: 'Signatures made by the running worker',
  derivations: 'Key agreements made by the running worker',
  failures: 'Operations of the running worker that failed after every remedy',
  reopened: 'Times the running worker reopened its sessions',
  reinitialized: 'Times the running worker initialized the module anew',
  sessions: 'Sessions of the pool',
  restarts: 'Times the worker was replaced',
  timeouts: 'Operations that were given up',
  pending: 'Operations that wait for an answer',
};

/** Adds the HSM's counters to a registry as gauges `registry_hsm_*`; they are asked for when metrics are collected. */
export function registerHsmMetrics(registry: Registry, hsm: Pick<HsmClient, 'counters'>): void {
  const names = Object.keys(HELP) as (keyof HsmCounters)[];
  const gauges = names.map((name) => {
    const gauge = new Gauge({ name: `registry_hsm_${name}`, help: HELP[name], registers: [registry] });
    return [name, gauge] as const;
  });
  new Gauge({
    name: 'registry_hsm_up',
    help: 'Whether the HSM answers',
    registers: [registry],
    async collect() {
      try {
        const counters = await hsm.counters();
        for (const [name, gauge] of gauges) gauge.set(counters[name]);
        this.set(1);
      } catch {
        // Metrics must be readable above all when the HSM is away.
        this.set(0);
      }
    },
  });
}
