import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type HsmClient, registerHsmMetrics } from './hsm';

/** Seconds; from a read served by the mirror to a commit under load. */
const REQUEST_BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Figures that are read when somebody asks for the metrics. */
export interface Observed {
  readonly openOperations: () => number;
  readonly peerHeight: () => number;
  readonly mirrorHeight: () => number;
  readonly mirrorContradicted: () => boolean;
  /** Undefined where the gateway runs without an HSM. */
  readonly hsm: Pick<HsmClient, 'counters'> | undefined;
}

/** What the gateway counts. Labels come from closed sets, so their number is bounded. */
export class Metrics {
  readonly registry = new Registry();
  readonly requests: Histogram<'method' | 'route' | 'status'>;
  readonly operations: Counter<'kind' | 'status' | 'code'>;
  readonly retries: Counter<'stage' | 'reason'>;
  readonly endorseSeconds: Histogram;
  readonly commitSeconds: Histogram;

  constructor() {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.requests = new Histogram({
      name: 'gateway_request_seconds',
      help: 'Time to answer a request.',
      labelNames: ['method', 'route', 'status'],
      buckets: REQUEST_BUCKETS,
      registers,
    });
    this.operations = new Counter({
      name: 'gateway_operations_total',
      help: 'Operations that ended, by status and error code.',
      labelNames: ['kind', 'status', 'code'],
      registers,
    });
    this.retries = new Counter({
      name: 'gateway_retries_total',
      help: 'Repeated steps of operations.',
      labelNames: ['stage', 'reason'],
      registers,
    });
    this.endorseSeconds = new Histogram({
      name: 'gateway_endorse_seconds',
      help: 'Time to get an endorsed and signed transaction.',
      buckets: REQUEST_BUCKETS,
      registers,
    });
    this.commitSeconds = new Histogram({
      name: 'gateway_commit_seconds',
      help: 'Time from the first submission to a known outcome.',
      buckets: REQUEST_BUCKETS,
      registers,
    });
  }

  /** Adds gauges that ask for their values. */
  observe(observed: Observed): void {
    this.#gauge('gateway_open_operations', 'Operations under way.', observed.openOperations);
    this.#gauge('gateway_peer_height', 'Newest block delivered by the peer.', observed.peerHeight);
    this.#gauge('gateway_mirror_height', 'Newest block in the mirror.', observed.mirrorHeight);
    this.#gauge(
      'gateway_mirror_contradicted',
      'Whether the mirror found a contradiction that its operator has not resolved: alert on 1.',
      () => (observed.mirrorContradicted() ? 1 : 0),
    );
    if (observed.hsm !== undefined) registerHsmMetrics(this.registry, observed.hsm);
  }

  #gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.registry],
      collect: () => {
        gauge.set(read());
      },
    });
  }
}
