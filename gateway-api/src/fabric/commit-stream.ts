import { setTimeout as sleep } from 'node:timers/promises';
import { type CloseableAsyncIterable, type Network, StatusCode } from '@hyperledger/fabric-gateway';
import { common, type peer } from '@hyperledger/fabric-protos';
import { type Logger } from 'pino';
import { RECONNECT_MS } from '../limits';

/** How a transaction ended: Fabric's validation code and the block that holds it. */
export interface CommitOutcome {
  readonly code: number;
  readonly block: number;
}

/** A transaction somebody waits for. `cancel` when it no longer matters; the promise then never settles. */
export interface CommitWait {
  readonly outcome: Promise<CommitOutcome>;
  readonly cancel: () => void;
}

type Settle = (outcome: CommitOutcome) => void;

/**
 * Follows the peer's filtered blocks and tells which transactions ended how. One stream replaces one signed
 * commit-status call per transaction, each of which would hold one of the peer's gateway slots until the commit.
 */
export class CommitStream {
  readonly #network: Network;
  readonly #logger: Logger;
  readonly #waiting = new Map<string, Set<Settle>>();
  readonly #stopping = new AbortController();
  #stream: CloseableAsyncIterable<peer.FilteredBlock> | undefined;
  #height = -1;
  #connected = false;
  #done: Promise<void> = Promise.resolve();

  constructor(network: Network, logger: Logger) {
    this.#network = network;
    this.#logger = logger;
  }

  /** Number of the newest block seen; -1 before the first. */
  get height(): number {
    return this.#height;
  }

  /** Whether blocks arrive; while false, ask the commit status instead of waiting. */
  get connected(): boolean {
    return this.#connected;
  }

  start(): void {
    this.#done = this.#follow();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#stream?.close();
    await this.#done;
  }

  /** Must be called before the transaction is submitted. */
  wait(txId: string): CommitWait {
    const { promise, resolve } = withResolvers<CommitOutcome>();
    const settles = this.#waiting.get(txId) ?? new Set();
    settles.add(resolve);
    this.#waiting.set(txId, settles);
    const cancel = (): void => {
      settles.delete(resolve);
      if (settles.size === 0 && this.#waiting.get(txId) === settles) this.#waiting.delete(txId);
    };
    return { outcome: promise, cancel };
  }

  async #follow(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#readBlocks();
      } catch (error) {
        this.#broke(error);
      }
      this.#connected = false;
      await sleep(RECONNECT_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  #broke(error: unknown): void {
    if (!this.#connected || this.#stopping.signal.aborted) return;
    this.#logger.warn({ err: error }, 'The stream of blocks broke');
  }

  async #readBlocks(): Promise<void> {
    // The newest known block comes again, which shows at once that the stream is up; after a break the missed ones
    // follow it, so that nobody waits for a block that passed meanwhile.
    const startBlock = this.#height < 0 ? await this.#newestBlock() : BigInt(this.#height);
    this.#stream = await this.#network.getFilteredBlockEvents({ startBlock });
    if (this.#stopping.signal.aborted) this.#stream.close();
    for await (const block of this.#stream) {
      if (!this.#connected) this.#logger.info({ block: block.getNumber() }, 'The stream of blocks is up');
      this.#connected = true;
      this.#take(block);
    }
  }

  async #newestBlock(): Promise<bigint> {
    const bytes = await this.#network
      .getContract('qscc')
      .evaluateTransaction('GetChainInfo', this.#network.getName());
    return BigInt(common.BlockchainInfo.deserializeBinary(bytes).getHeight()) - 1n;
  }

  #take(block: peer.FilteredBlock): void {
    const number = block.getNumber();
    this.#height = Math.max(this.#height, number);
    if (this.#waiting.size === 0) return;
    for (const transaction of block.getFilteredTransactionsList()) {
      const code = transaction.getTxValidationCode();
      // A second copy of a transaction says nothing about the first.
      if (code !== StatusCode.DUPLICATE_TXID) this.#settle(transaction.getTxid(), { code, block: number });
    }
  }

  #settle(txId: string, outcome: CommitOutcome): void {
    const settles = this.#waiting.get(txId);
    if (settles === undefined) return;
    this.#waiting.delete(txId);
    for (const settle of settles) settle(outcome);
  }
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
