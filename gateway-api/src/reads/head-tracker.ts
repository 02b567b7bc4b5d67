import { setTimeout as sleep } from 'node:timers/promises';
import { RegistryError } from '@maker-registry/protocol';
import { Client } from 'pg';
import { type Logger } from 'pino';
import { MAX_HEIGHT_WAITERS, POOL_CONNECT_MS, RECONNECT_MS } from '../limits';
import { within } from '../timing/within';

/** Channel on which the mirror announces a new height, in the transaction that writes the block. */
const CHANNEL = 'registry_head';

/** Channel on which it tells that it found a contradiction, or that an operator resolved one. */
const FINDINGS_CHANNEL = 'registry_findings';

const HAS_FINDINGS = "SELECT to_regclass('registry.findings') IS NOT NULL AS found";
const OPEN_FINDINGS = 'SELECT FROM registry.findings WHERE resolved_at IS NULL LIMIT 1';

interface Waiter {
  readonly height: number;
  readonly resolve: () => void;
}

/**
 * Knows how far the mirror is, told by the database as each block is written. What it says may lag what a query sees,
 * never lead it.
 */
export class HeadTracker {
  readonly #databaseUrl: string;
  readonly #logger: Logger;
  readonly #waiters = new Set<Waiter>();
  readonly #stopping = new AbortController();
  #client: Client | undefined;
  #height = -1;
  #contradicted = false;
  #connected = false;
  #done: Promise<void> = Promise.resolve();

  constructor(databaseUrl: string, logger: Logger) {
    this.#databaseUrl = databaseUrl;
    this.#logger = logger;
  }

  /** Number of the newest block in the mirror; -1 when there is none or it was never reached. */
  get height(): number {
    return this.#height;
  }

  /** Whether the mirror found that peers or its tables contradict each other, and no operator has resolved it yet. */
  get contradicted(): boolean {
    return this.#contradicted;
  }

  /** Whether announcements arrive. */
  get connected(): boolean {
    return this.#connected;
  }

  start(): void {
    this.#done = this.#follow();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#client?.end().catch(() => undefined);
    await this.#done;
  }

  /**
   * Waits for the mirror to have the block.
   *
   * @throws RegistryError MIRROR_BEHIND after the time, or when too many wait.
   */
  async waitFor(height: number, milliseconds: number): Promise<void> {
    if (this.#height >= height) return;
    if (this.#waiters.size >= MAX_HEIGHT_WAITERS) throw behind(this.#height, height);
    let waiter: Waiter | undefined;
    const reached = new Promise<true>((resolve) => {
      waiter = {
        height,
        resolve: () => {
          resolve(true);
        },
      };
      this.#waiters.add(waiter);
    });
    const arrived = await within(reached, milliseconds, [this.#stopping.signal]);
    if (waiter !== undefined) this.#waiters.delete(waiter);
    if (arrived === undefined) throw behind(this.#height, height);
  }

  async #follow(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#listen();
      } catch (error) {
        if (this.#connected) this.#logger.warn({ err: error }, 'The mirror’s database is away');
      }
      this.#connected = false;
      await sleep(RECONNECT_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  /** Until the connection ends. */
  async #listen(): Promise<void> {
    const client = new Client({
      connectionString: this.#databaseUrl,
      connectionTimeoutMillis: POOL_CONNECT_MS,
      application_name: 'registry-gateway-head',
      keepAlive: true,
    });
    this.#client = client;
    const ended = new Promise<void>((resolve) => {
      client.on('error', () => {
        resolve();
      });
      client.on('end', resolve);
    });
    client.on('notification', ({ channel, payload }) => {
      if (channel === CHANNEL) this.#advance(Number(payload));
      // A connection that can't answer has ended, and the next one asks again.
      else void this.#look(client).catch(() => client.end());
    });
    try {
      await client.connect();
      // Listening first and reading then leaves no block between the two unseen.
      await client.query(`LISTEN ${CHANNEL}`);
      await client.query(`LISTEN ${FINDINGS_CHANNEL}`);
      await this.#look(client);
      const { rows } = await client.query<{ height: string }>('SELECT height FROM registry.head');
      this.#connected = true;
      this.#advance(Number(rows[0]?.height ?? -1));
      await ended;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** Once seen, a contradiction stays until the tables say otherwise, also over an outage of the database. */
  async #look(client: Client): Promise<void> {
    // A mirror older than findings has no table of them.
    const { rows } = await client.query<{ found: boolean }>(HAS_FINDINGS);
    const contradicted = rows[0]?.found === true && (await client.query(OPEN_FINDINGS)).rows.length > 0;
    if (contradicted !== this.#contradicted) {
      this.#logger[contradicted ? 'error' : 'warn'](
        contradicted
          ? 'The mirror found a contradiction: nothing is read from it until its operator resumes'
          : 'The mirror was resumed: it is read again',
      );
    }
    this.#contradicted = contradicted;
  }

  /** A rebuilt mirror may start lower; the height then follows it. */
  #advance(height: number): void {
    if (!Number.isSafeInteger(height) || height === this.#height) return;
    this.#height = height;
    for (const waiter of this.#waiters) {
      if (waiter.height <= height) {
        this.#waiters.delete(waiter);
        waiter.resolve();
      }
    }
  }
}

function behind(height: number, wanted: number): RegistryError {
  return new RegistryError('MIRROR_BEHIND', `The mirror is at block ${height}, not yet at ${wanted}.`, {
    subject: String(wanted),
  });
}
