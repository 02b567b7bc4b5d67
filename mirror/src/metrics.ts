import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type WrittenBatch } from './replicate';

const MS_PER_S = 1_000;
/** Seconds; the target is 0.3 at the 99th percentile. */
const LAG_BUCKETS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 15, 60];

/** What /metrics says. */
export class MirrorMetrics {
  readonly registry = new Registry();
  readonly #height = new Gauge({
    name: 'mirror_height',
    help: 'Number of the newest block written (-1: none)',
    registers: [this.registry],
  });
  readonly #lag = new Histogram({
    name: 'mirror_lag_seconds',
    help: 'From a block’s arrival from the own peer, which sends it when committed, to its commit in PostgreSQL',
    buckets: LAG_BUCKETS,
    registers: [this.registry],
  });
  readonly #blocks = new Counter({
    name: 'mirror_blocks_total',
    help: 'Blocks written by this process',
    registers: [this.registry],
  });
  readonly #transactions = new Counter({
    name: 'mirror_transactions_total',
    help: 'Transactions written by this process',
    labelNames: ['valid'] as const,
    registers: [this.registry],
  });
  readonly #bytes = new Counter({
    name: 'mirror_block_bytes_total',
    help: 'Bytes of blocks written by this process',
    registers: [this.registry],
  });
  readonly #leader = new Gauge({
    name: 'mirror_leader',
    help: '1 while this process is the one that writes',
    registers: [this.registry],
  });
  readonly #verified = new Gauge({
    name: 'mirror_verified',
    help: '1 while every block so far verified; 0 after one contradicted the chain',
    registers: [this.registry],
  });
  readonly #interruptions = new Counter({
    name: 'mirror_interruptions_total',
    help: 'Runs that ended because peer or PostgreSQL was away, or the head moved',
    registers: [this.registry],
  });

  readonly #findings = new Counter({
    name: 'mirror_findings_total',
    help: 'Contradictions found by this process, by whose word was found wrong',
    labelNames: ['source'] as const,
    registers: [this.registry],
  });
  readonly #witnessed = new Gauge({
    name: 'mirror_witness_agrees',
    help: 'Another organization’s peer at the last comparison: 1 agrees, 0 disagrees, -1 away',
    labelNames: ['organization'] as const,
    registers: [this.registry],
  });
  readonly #witnessHeight = new Gauge({
    name: 'mirror_witness_agreed_height',
    help: 'Number of the newest block at which another organization’s peer agreed',
    labelNames: ['organization'] as const,
    registers: [this.registry],
  });

  constructor() {
    this.#verified.set(1);
    this.#height.set(-1);
  }

  written(batch: WrittenBatch): void {
    const now = performance.now();
    for (const at of batch.receivedAt) this.#lag.observe((now - at) / MS_PER_S);
    this.#height.set(batch.height);
    this.#blocks.inc(batch.blocks);
    this.#transactions.inc({ valid: 'true' }, batch.transactions - batch.invalid);
    this.#transactions.inc({ valid: 'false' }, batch.invalid);
    this.#bytes.inc(batch.bytes);
  }

  leading(height: number): void {
    this.#leader.set(1);
    this.#height.set(height);
    this.#verified.set(1);
  }

  witnessed(organization: string, state: 'agrees' | 'disagrees' | 'away', agreedBlock: number | null): void {
    this.#witnessed.set({ organization }, { agrees: 1, disagrees: 0, away: -1 }[state]);
    if (agreedBlock !== null) this.#witnessHeight.set({ organization }, agreedBlock);
  }

  found(source: string): void {
    this.#findings.inc({ source });
  }

  interrupted(): void {
    this.#leader.set(0);
    this.#interruptions.inc();
  }

  halted(): void {
    this.#leader.set(0);
    this.#verified.set(0);
  }
}
