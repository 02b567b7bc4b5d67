import { ProofError } from '@maker-registry/fabric-proofs';
import { type ClientBase } from 'pg';
import { type Logger } from 'pino';
import { Backoff, pause } from './backoff';
import { type MirrorConfig } from './config';
import { Session } from './database';
import { type Halt, readHead, recordHalt } from './head';
import { FINDINGS_POLL_MS, LEADER_LOCK, LEADER_POLL_MS } from './limits';
import { type MirrorMetrics } from './metrics';
import { migrate, SchemaTooNewError } from './migrate';
import { type ConnectPeer, connectPeer, type LedgerPeer } from './peer';
import { AbortedError, replicate } from './replicate';
import { explainRefusal } from './witness/explain-refusal';
import { ContradictionError, type Finding, readFindings, recordFinding } from './witness/findings';
import { Watch } from './witness/watch';

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

/** What another configuration or program is needed for; another try with this one is useless. */
function misfitOf(error: unknown): Halt | null {
  if (!(error instanceof OtherNetworkError || error instanceof SchemaTooNewError)) return null;
  return { block: null, check: error.name, message: error.message, expected: null, actual: null };
}

function haltOf(finding: Finding): Halt {
  const { block, code, message, expected, actual, source, organization, txId, key } = finding;
  return { block, check: code, message, expected, actual, source, organization, txId, key };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Follows the ledger for as long as the process lives: waits to become the one writer, replicates, and begins again after
 * every interruption from what the tables say. What contradicts the chain, in the own peer's blocks, another
 * organization's peer or the tables, halts it instead: the tables stay at the last good block, readers see why, and it
 * goes on only when an operator has resolved the finding.
 */
export class Follower {
  readonly #config: MirrorConfig;
  readonly #metrics: MirrorMetrics;
  readonly #log: Logger;
  readonly #connect: ConnectPeer;
  readonly #backoff = new Backoff();
  #state: FollowerState = { state: 'starting' };
  #refused: Uint8Array | null = null;

  constructor(config: MirrorConfig, metrics: MirrorMetrics, log: Logger, connect: ConnectPeer = connectPeer) {
    this.#config = config;
    this.#metrics = metrics;
    this.#log = log;
    this.#connect = connect;
  }

  get state(): FollowerState {
    return this.#state;
  }

  /** Runs until the signal, or until it can't with this configuration. Never throws for what is away or wrong outside. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const error = await this.#attempt(signal).catch((reason: unknown) => reason);
      if (error instanceof AbortedError || error === undefined) break;
      const misfit = misfitOf(error);
      if (misfit !== null) {
        await this.#halt(misfit);
        return;
      }
      const contradiction = await this.#contradictionOf(error);
      if (contradiction === null) await this.#wait(error, signal);
      else await this.#standStill(contradiction, signal);
    }
  }

  async #contradictionOf(error: unknown): Promise<ContradictionError | null> {
    if (error instanceof ContradictionError) return error;
    if (!(error instanceof ProofError)) return null;
    const refused = { error, bytes: this.#refused };
    this.#refused = null;
    return new ContradictionError(
      await explainRefusal(refused, this.#config.witnesses, this.#connect),
      false,
    );
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
    const [open] = await readFindings(session.client, true);
    if (open !== undefined) throw new ContradictionError(open, true);
    const peer = await this.#connect(source);
    try {
      await this.#replicateWatched(peer, session.client, signal);
    } finally {
      peer.close();
    }
  }

  /** Replication and comparison side by side; whichever finds a contradiction ends both. */
  async #replicateWatched(peer: LedgerPeer, client: ClientBase, signal: AbortSignal): Promise<void> {
    const ending = new AbortController();
    const either = AbortSignal.any([signal, ending.signal]);
    const watch = new Watch({
      config: this.#config,
      connect: this.#connect,
      metrics: this.#metrics,
      log: this.#log,
    });
    let contradiction: unknown = null;
    const watching = watch.run(either).catch((error: unknown) => {
      contradiction = error;
      ending.abort();
    });
    try {
      await this.#replicate(peer, client, either);
    } catch (error) {
      throw error instanceof AbortedError && contradiction !== null ? contradiction : error;
    } finally {
      ending.abort();
      await watching;
    }
  }

  #replicate(peer: LedgerPeer, client: ClientBase, signal: AbortSignal): Promise<void> {
    const { source } = this.#config;
    return replicate({
      peer,
      client,
      ledger: { genesisHash: source.genesisHash, chaincode: source.chaincode },
      announce: true,
      signal,
      onOpen: (next) => {
        this.#metrics.leading(next - 1);
        this.#state = { state: 'following', height: next - 1 };
        this.#log.info({ next, peer: source.endpoint }, 'following');
      },
      onRefused: (bytes) => {
        this.#refused = bytes;
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
    this.#log.fatal(halt, 'halted: this mirror does not fit the tables; configure or rebuild, then restart');
    try {
      const session = await Session.open(this.#config.databaseUrl);
      await recordHalt(session.client, halt).finally(() => session.close());
    } catch (error) {
      this.#log.error({ reason: reasonOf(error) }, 'could not record the halt in the tables');
    }
  }

  /** Writes and answers nothing until an operator has resolved every open finding; then the loop begins again. */
  async #standStill({ finding, isRecorded }: ContradictionError, signal: AbortSignal): Promise<void> {
    const halt = haltOf(finding);
    this.#metrics.halted();
    this.#metrics.found(finding.source);
    this.#state = { state: 'halted', halt };
    this.#log.fatal(
      { alert: 'mirror-contradiction', ...halt },
      'halted: the tables stay at the last good block; find out who is wrong, then resume',
    );
    const told = { isRecorded, isMarked: false };
    while (!signal.aborted) {
      try {
        if (await this.#isResolved(finding, halt, told)) break;
      } catch (error) {
        this.#log.error({ reason: reasonOf(error) }, 'could not look at the findings in the tables');
      }
      await pause(FINDINGS_POLL_MS, signal);
    }
    if (!signal.aborted)
      this.#log.warn({ check: halt.check, block: halt.block }, 'an operator resumed the mirror');
  }

  async #isResolved(
    finding: Finding,
    halt: Halt,
    told: { isRecorded: boolean; isMarked: boolean },
  ): Promise<boolean> {
    const session = await Session.open(this.#config.databaseUrl);
    try {
      if (!told.isRecorded) await recordFinding(session.client, finding);
      told.isRecorded = true;
      if ((await readFindings(session.client, true)).length === 0) return true;
      if (!told.isMarked) await recordHalt(session.client, halt);
      told.isMarked = true;
      return false;
    } finally {
      await session.close();
    }
  }
}
