import { ProofError } from '@maker-registry/fabric-proofs';
import { type Logger } from 'pino';
import { Backoff, pause } from './backoff';
import { type MirrorConfig } from './config';
import { Session } from './database';
import { type Halt, readHead, recordHalt } from './head';
import { LEADER_LOCK, LEADER_POLL_MS } from './limits';
import { type MirrorMetrics } from './metrics';
import { migrate, SchemaTooNewError } from './migrate';
import { type ConnectPeer, connectPeer } from './peer';
import { AbortedError, replicate } from './replicate';

/** What the mirror is doing, for /readyz. */
export type FollowerState =
  | { readonly state: 'starting' }
  | { readonly state: 'standby' }
  | { readonly state: 'following'; readonly height: number }
  | { readonly state: 'waiting'; readonly reason: string }
  | { readonly state: 'halted'; readonly halt: Halt };

/** Tables of another network than the one configured. */
export class OtherNetworkError extends Error {
  constructor(found: string, expected: string) {
    super(
      `the tables are of the network with genesis ${found}, configured is ${expected}: rebuild, or use another database`,
    );
    this.name = 'OtherNetworkError';
  }
}

/** Errors that another try can't mend; they halt the mirror until someone has looked. */
function haltOf(error: unknown): Halt | null {
  if (error instanceof ProofError) {
    const { block, expected, actual } = error.details;
    return {
      block: typeof block === 'number' ? block : null,
      check: error.code,
      message: error.message,
      expected: expected === undefined ? null : String(expected),
      actual: actual === undefined ? null : String(actual),
    };
  }
  if (error instanceof OtherNetworkError || error instanceof SchemaTooNewError) {
    return { block: null, check: error.name, message: error.message, expected: null, actual: null };
  }
  return null;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Follows the ledger for as long as the process lives: waits to become the one writer, replicates, and begins again after
 * every interruption from what the tables say. A block that contradicts the chain halts it instead: the tables stay at the
 * last good block, readers see why, and the process stays up so that it can be asked.
 */
export class Follower {
  readonly #config: MirrorConfig;
  readonly #metrics: MirrorMetrics;
  readonly #log: Logger;
  readonly #connect: ConnectPeer;
  readonly #backoff = new Backoff();
  #state: FollowerState = { state: 'starting' };

  constructor(config: MirrorConfig, metrics: MirrorMetrics, log: Logger, connect: ConnectPeer = connectPeer) {
    this.#config = config;
    this.#metrics = metrics;
    this.#log = log;
    this.#connect = connect;
  }

  get state(): FollowerState {
    return this.#state;
  }

  /** Runs until the signal. Never throws for what is away or wrong outside. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.#state.state !== 'halted') {
      const error = await this.#attempt(signal).catch((reason: unknown) => reason);
      if (error instanceof AbortedError || error === undefined) break;
      const halt = haltOf(error);
      if (halt === null) await this.#wait(error, signal);
      else await this.#halt(halt);
    }
  }

  async #attempt(signal: AbortSignal): Promise<void> {
    const session = await Session.open(this.#config.databaseUrl);
    try {
      await migrate(session.client);
      if (await this.#lead(session, signal)) await this.#follow(session, signal);
    } finally {
      await session.close();
    }
  }

  async #lead(session: Session, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (session.lost !== null) throw session.lost;
      if (await session.tryLock(LEADER_LOCK)) return true;
      if (this.#state.state !== 'standby') this.#log.info('another mirror writes; standing by');
      this.#state = { state: 'standby' };
      await pause(LEADER_POLL_MS, signal);
    }
    return false;
  }

  async #follow(session: Session, signal: AbortSignal): Promise<void> {
    const { source } = this.#config;
    const head = await readHead(session.client);
    if (head.genesisHash !== null && head.genesisHash !== source.genesisHash) {
      throw new OtherNetworkError(head.genesisHash, source.genesisHash);
    }
    const peer = await this.#connect(source);
    try {
      await replicate({
        peer,
        client: session.client,
        ledger: { genesisHash: source.genesisHash, chaincode: source.chaincode },
        announce: true,
        signal,
        onOpen: (next) => {
          this.#metrics.leading(next - 1);
          this.#state = { state: 'following', height: next - 1 };
          this.#log.info({ next, peer: source.endpoint }, 'following');
        },
        onWritten: (batch) => {
          this.#backoff.reset();
          this.#metrics.written(batch);
          this.#state = { state: 'following', height: batch.height };
          this.#log.debug(
            { height: batch.height, blocks: batch.blocks, transactions: batch.transactions },
            'written',
          );
        },
      });
    } finally {
      peer.close();
    }
  }

  async #wait(error: unknown, signal: AbortSignal): Promise<void> {
    const reason = reasonOf(error);
    const ms = Math.round(this.#backoff.next());
    this.#metrics.interrupted();
    this.#state = { state: 'waiting', reason };
    this.#log.warn({ reason, retry_in_ms: ms }, 'interrupted');
    await pause(ms, signal);
  }

  async #halt(halt: Halt): Promise<void> {
    this.#metrics.halted();
    this.#state = { state: 'halted', halt };
    this.#log.fatal(
      halt,
      'halted: the tables stay at the last good block; look at the peer, then restart or rebuild',
    );
    try {
      const session = await Session.open(this.#config.databaseUrl);
      await recordHalt(session.client, halt).finally(() => session.close());
    } catch (error) {
      this.#log.error({ reason: reasonOf(error) }, 'could not record the halt in the tables');
    }
  }
}
