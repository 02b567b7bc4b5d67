import { Gauge, type Registry } from 'prom-client';
import { within } from '../timing/within';
import { type HsmClient, type HsmCounters } from './hsm-client';
import { METRICS_WAIT_MS } from './limits';

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
  // All gauges of one collection share one question; the first one to be collected asks it.
  let asked: Promise<HsmCounters | undefined> | undefined;
  const read = (): Promise<HsmCounters | undefined> => {
    asked ??= ask(hsm).finally(() => {
      asked = undefined;
    });
    return asked;
  };
  for (const name of names) {
    new Gauge({
      name: `registry_hsm_${name}`,
      help: HELP[name],
      registers: [registry],
      async collect() {
        const counters = await read();
        if (counters !== undefined) this.set(counters[name]);
      },
    });
  }
  new Gauge({
    name: 'registry_hsm_up',
    help: 'Whether the HSM answers',
    registers: [registry],
    async collect() {
      this.set((await read()) === undefined ? 0 : 1);
    },
  });
}

/** Undefined when the HSM fails or is silent: metrics must be readable above all when it is away. */
async function ask(hsm: Pick<HsmClient, 'counters'>): Promise<HsmCounters | undefined> {
  return within(hsm.counters(), METRICS_WAIT_MS, []).catch(() => undefined);
}
