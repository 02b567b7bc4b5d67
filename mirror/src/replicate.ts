import { setImmediate as turn } from 'node:timers/promises';
import { type ClientBase } from 'pg';
import { type StateKey, stateKeyId } from '@maker-registry/fabric-proofs';
import { BlockQueue, type ReceivedBlock } from './block-queue';
import { readPosition, readState } from './head';
import { BATCH_BYTES, BATCH_TRANSACTIONS, MAX_QUEUED_BYTES } from './limits';
import { type BlockSource, type BlockStream } from './peer';
import { BlockPreparation, type LedgerIdentity } from './prepare-block';
import { type BlockRows, type StateRow } from './projection/rows';
import { writeBatch } from './write-batch';

/** Progress of replication, for metrics and progress lines. */
export interface WrittenBatch {
  readonly height: number;
  readonly blocks: number;
  readonly transactions: number;
  readonly invalid: number;
  readonly bytes: number;
  /** performance.now() at which each block came from the peer. */
  readonly receivedAt: readonly number[];
}

/** How to replicate. */
export interface Replication {
  readonly peer: BlockSource;
  /** A connection whose search path is the schema to write to. */
  readonly client: ClientBase;
  readonly ledger: LedgerIdentity;
  /** Whether readers are told of each new height. */
  readonly announce: boolean;
  /** Last block to write; absent: never stops. */
  readonly until?: number;
  readonly signal: AbortSignal;
  onOpen?(next: number): void;
  /** The bytes of a block that did not verify, before the error is thrown. */
  onRefused?(bytes: Uint8Array): void;
  onWritten(batch: WrittenBatch): void;
}

/** The session with PostgreSQL ended. */
export class DatabaseLostError extends Error {
  constructor(cause: Error | undefined) {
    super(`the connection to PostgreSQL was lost${cause === undefined ? '' : `: ${cause.message}`}`, {
      cause,
    });
    this.name = 'DatabaseLostError';
  }
}

/** Replication was told to stop. */
export class AbortedError extends Error {
  constructor() {
    super('stopped');
    this.name = 'AbortedError';
  }
}

/** What a batch in the making has done to the state. */
function pendingValues(batch: readonly BlockRows[], keys: readonly StateKey[]): Map<string, StateRow> {
  const asked = new Set(keys.map(stateKeyId));
  const found = new Map<string, StateRow>();
  for (const row of batch.flatMap(({ state }) => state)) {
    const id = stateKeyId({ ...row, key: Buffer.from(row.key) });
    if (asked.has(id)) found.set(id, row);
  }
  return found;
}

/**
 * One unbroken run from the head on: blocks are verified and prepared while the batch before is being written.
 * It keeps nothing across runs; after any error the next run starts from what the tables say.
 */
class Run {
  readonly #replication: Replication;
  readonly #queue = new BlockQueue(MAX_QUEUED_BYTES);
  readonly #preparation: BlockPreparation;
  #making: BlockRows[] = [];
  #writing: { readonly batch: readonly BlockRows[]; readonly done: Promise<void> } | null = null;
  #left: ReceivedBlock[] = [];
  #refused: Error | null = null;

  constructor(replication: Replication, position: Awaited<ReturnType<typeof readPosition>>) {
    this.#replication = replication;
    this.#preparation = new BlockPreparation(replication.ledger, position, (keys) => this.#lookup(keys));
  }

  get next(): number {
    return this.#preparation.next;
  }

  async run(): Promise<void> {
    const { peer, client, signal, until } = this.#replication;
    const stop = (): void => {
      this.#queue.fail(new AbortedError());
    };
    // Noticed at once, not at the next block: meanwhile another mirror may have become the one that writes.
    const lost = (error?: Error): void => {
      this.#queue.fail(new DatabaseLostError(error));
    };
    signal.addEventListener('abort', stop);
    client.on('error', lost).on('end', lost);
    if (signal.aborted) stop();
    let stream: BlockStream | null = null;
    try {
      stream = await peer.blocks(this.next, {
        onBlock: (bytes) => {
          this.#queue.push({ bytes, receivedAt: performance.now() });
        },
        onEnd: (error) => {
          this.#queue.fail(error);
        },
      });
      this.#queue.control(stream);
      this.#replication.onOpen?.(this.next);
      while (until === undefined || this.next <= until) {
        if (signal.aborted) throw new AbortedError();
        await this.#step();
      }
      await this.#writing?.done;
    } finally {
      signal.removeEventListener('abort', stop);
      client.off('error', lost).off('end', lost);
      stream?.close();
      await this.#writing?.done.catch(() => undefined);
    }
  }

  async #step(): Promise<void> {
    const taken = this.#left.length > 0 ? this.#left : await this.#queue.take(BATCH_BYTES);
    this.#left = [];
    const blocks = await this.#prepare(taken).catch((error: unknown) => {
      this.#refused = error instanceof Error ? error : new Error(String(error));
      return taken.slice(0, this.#making.length);
    });
    const batch = this.#making;
    this.#making = [];
    await this.#writing?.done;
    this.#writing = { batch, done: this.#write(batch, blocks) };
    // An error must not count as unhandled while the next batch is prepared; it is thrown at the next await.
    this.#writing.done.catch((error: unknown) => {
      this.#queue.fail(error instanceof Error ? error : new Error(String(error)));
    });
    if (this.#refused !== null) {
      // What came before the refused block is good and is kept.
      await this.#writing.done;
      throw this.#refused;
    }
  }

  /** Prepares until the batch is full or the last block is reached; the rest waits for the next step. */
  async #prepare(taken: readonly ReceivedBlock[]): Promise<ReceivedBlock[]> {
    const { until } = this.#replication;
    let transactions = 0;
    for (const [index, block] of taken.entries()) {
      if (transactions >= BATCH_TRANSACTIONS || (until !== undefined && this.next > until)) {
        this.#left = taken.slice(index);
        return taken.slice(0, index);
      }
      const rows = await this.#preparation.prepare(block.bytes).catch((error: unknown) => {
        this.#replication.onRefused?.(block.bytes);
        throw error;
      });
      this.#making.push(rows);
      transactions += rows.transactions.length;
      // The batch before is being written meanwhile, statement by statement: let its answers in.
      if (this.#writing !== null) await turn();
    }
    return [...taken];
  }

  async #write(batch: readonly BlockRows[], blocks: readonly ReceivedBlock[]): Promise<void> {
    if (batch.length === 0) return;
    const { client, announce } = this.#replication;
    await writeBatch(client, batch, announce);
    const transactions = batch.reduce((sum, { block }) => sum + block.txCount, 0);
    this.#replication.onWritten({
      height: batch.at(-1)?.block.number ?? -1,
      blocks: batch.length,
      transactions,
      invalid: transactions - batch.reduce((sum, { block }) => sum + block.validCount, 0),
      bytes: blocks.reduce((sum, { bytes }) => sum + bytes.length, 0),
      receivedAt: blocks.map(({ receivedAt }) => receivedAt),
    });
  }

  /** Values before the block being prepared: from the batch in the making, else from the tables. */
  async #lookup(keys: readonly StateKey[]): Promise<Map<string, Uint8Array>> {
    await this.#writing?.done;
    const values = await readState(this.#replication.client, keys);
    for (const [id, row] of pendingValues(this.#making, keys)) {
      if (row.value === null) values.delete(id);
      else values.set(id, row.value);
    }
    return values;
  }
}

/**
 * Follows the peer from the tables' head on and writes what comes, until an error, the last block or the signal.
 *
 * @throws ProofError when a block does not verify; HeadMovedError; AbortedError; errors of peer and PostgreSQL
 */
export async function replicate(replication: Replication): Promise<void> {
  const position = await readPosition(replication.client);
  await new Run(replication, position).run();
}
