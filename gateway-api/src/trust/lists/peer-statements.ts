import { type Envelope, openListStatement, type OpenedStatement } from '@maker-registry/protocol';
import { type Logger } from 'pino';
import { within } from '../../timing/within';
import { type PeerOperator } from './peer-operators';
import { STATEMENT_CATCH_UP_MS, STATEMENT_CATCH_UP_ROUNDS, STATEMENT_ROUND_MS } from './limits';

interface Parts {
  readonly network: string;
  readonly peers: readonly PeerOperator[];
  readonly fetch: (peer: PeerOperator) => Promise<Envelope>;
  readonly logger: Logger;
  readonly stopping: AbortSignal;
}

/**
 * The newest statements of the other operators, asked for in rounds, at once when this operator knows of a new revocation. No
 * request of a client makes this gateway ask anybody. An operator that is away is left out, and its last word ages.
 */
export class PeerStatements {
  readonly #parts: Parts;
  readonly #newest = new Map<string, OpenedStatement>();
  readonly #troubled = new Set<string>();
  #number = 0;
  /** When this operator learned of that number. */
  #notedAt = 0;
  #wake: () => void = () => undefined;
  /** Resolves when the running round of questions is over. */
  #round = newRound();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Statements whose signatures have been checked, one for each operator heard of. */
  get statements(): readonly OpenedStatement[] {
    return [...this.#newest.values()];
  }

  /**
   * Waits until every operator that answers knows of a revocation, for at most some milliseconds: a list for which too few
   * vouch yet is of no use to a client.
   */
  async knowing(number: number, milliseconds: number): Promise<void> {
    // An operator that stays behind must not slow every answer down: nobody is waited for longer than they are asked often.
    const patience = this.#notedAt + STATEMENT_CATCH_UP_MS * STATEMENT_CATCH_UP_ROUNDS;
    const until = Math.min(performance.now() + milliseconds, patience);
    while (this.#isAwaited(number) && performance.now() < until && !this.#parts.stopping.aborted) {
      await within(this.#round.promise, until - performance.now(), [this.#parts.stopping]);
    }
  }

  #isAwaited(number: number): boolean {
    return this.statements.some(
      ({ statement }) => statement.number < number && !this.#troubled.has(statement.issuer),
    );
  }

  /** Follows the other operators until the gateway stops. */
  start(): void {
    if (this.#parts.peers.length > 0) void this.#follow();
  }

  /** Tells of the newest revocation that this operator knows: the others are asked until they know it too. */
  noteNumber(number: number): void {
    if (number <= this.#number) return;
    this.#number = number;
    this.#notedAt = performance.now();
    this.#wake();
  }

  async #follow(): Promise<void> {
    const { stopping } = this.#parts;
    let quickRounds = 0;
    let number = this.#number;
    while (!stopping.aborted) {
      await Promise.all(this.#parts.peers.map((peer) => this.#ask(peer)));
      this.#round.resolve();
      this.#round = newRound();
      if (this.#number !== number) {
        number = this.#number;
        quickRounds = 0;
      }
      const isBehind = this.statements.some(({ statement }) => statement.number < this.#number);
      const isQuick = isBehind && quickRounds < STATEMENT_CATCH_UP_ROUNDS;
      quickRounds += 1;
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await within(woken, isQuick ? STATEMENT_CATCH_UP_MS : STATEMENT_ROUND_MS, [stopping]);
    }
  }

  async #ask(peer: PeerOperator): Promise<void> {
    const { fetch, network, logger, stopping } = this.#parts;
    try {
      const opened = openListStatement(await fetch(peer), peer.keys);
      if (opened === undefined) throw new Error(`${peer.mspId} signs with a key that is not pinned`);
      if (opened.statement.network !== network) throw new Error(`${peer.mspId} speaks of another network`);
      const known = this.#newest.get(peer.mspId);
      const isOlder = known !== undefined && opened.statement.this_update < known.statement.this_update;
      if (!isOlder) this.#newest.set(peer.mspId, opened);
      this.#troubled.delete(peer.mspId);
    } catch (error) {
      if (stopping.aborted || this.#troubled.has(peer.mspId)) return;
      this.#troubled.add(peer.mspId);
      logger.warn({ err: error, operator: peer.mspId }, 'Another operator gives no statement on the lists');
    }
  }
}

interface Round {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

function newRound(): Round {
  let resolve: Round['resolve'] = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
