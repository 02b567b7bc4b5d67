import { RegistryError } from '@maker-registry/protocol';
import { type Logger } from 'pino';
import { isDatabaseAway } from '../database/database-error';
import { type CommitOutcome, type CommitWait } from '../fabric/commit-stream';
import {
  type CommitVerdict,
  type EndorseVerdict,
  judgeEndorseError,
  judgeValidationCode,
  validationCodeName,
} from '../fabric/errors';
import { type Ledger } from '../fabric/ledger';
import {
  COMMIT_EVENT_WAIT_MS,
  COMMIT_STATUS_DEADLINE_MS,
  DOUBT_EVENT_WAIT_MS,
  ENDORSE_PATIENCE_MS,
  MAX_CONFLICT_TRIES,
  MAX_DISAGREEMENT_TRIES,
  MAX_NODE_FAULT_TRIES,
  MAX_POLICY_TRIES,
  RECOVERY_STATUS_DEADLINE_MS,
  SETTLE_PATIENCE_MS,
} from '../limits';
import { backoff } from '../timing/backoff';
import { within } from '../timing/within';
import { type Operation } from './operation';
import { type IntentPlace } from './replay-lookup';

/** Where the executor keeps what must survive a crash. */
export interface OperationJournal {
  /** Stores the signed transaction of the operation. */
  submitted(operation: Operation): Promise<void>;
  /** Stores the outcome of the operation. */
  ended(operation: Operation): Promise<void>;
}

/** What the executor reports for metrics. */
export interface ExecutorEvents {
  retried(stage: 'endorse' | 'submit' | 'commit', reason: string): void;
  endorsed(milliseconds: number): void;
  committed(milliseconds: number): void;
}

export interface ExecutorDependencies {
  readonly ledger: Ledger;
  readonly journal: OperationJournal;
  /** Where an intent is that the ledger has; undefined when the mirror does not tell in time. */
  readonly findIntent: (intentId: string, signal: AbortSignal) => Promise<IntentPlace | undefined>;
  readonly logger: Logger;
  readonly events: ExecutorEvents;
  readonly signal: AbortSignal;
}

type Ending =
  | { readonly status: 'committed'; readonly block: number; readonly txId?: string }
  | { readonly status: 'refused' | 'failed'; readonly error: RegistryError; readonly block?: number };

/** Repetitions so far, by cause; each cause has its own bound. */
interface Tries {
  transient: number;
  disagreement: number;
  nodeFault: number;
  conflict: number;
  policy: number;
}

/**
 * Carries one operation to its end: endorse, store the signed bytes, submit, learn the outcome. Whatever happens
 * between two of these steps, running the operation again from what is stored neither loses nor doubles it:
 *
 * - without stored bytes nothing was submitted, so it is endorsed anew;
 * - with stored bytes the same bytes are sent again, and the ledger takes a transaction id once;
 * - endorsed anew after a conflict, the contract's nonce key lets one of all transactions of an intent pass.
 */
export class OperationExecutor {
  readonly #deps: ExecutorDependencies;

  constructor(dependencies: ExecutorDependencies) {
    this.#deps = dependencies;
  }

  /**
   * @param recovered The operation was found open after a start: it may be on the ledger already.
   * @throws AbortError when the gateway stops; the operation stays open.
   */
  async run(operation: Operation, recovered: boolean): Promise<void> {
    const tries: Tries = { transient: 0, disagreement: 0, nodeFault: 0, conflict: 0, policy: 0 };
    let doubtful = recovered;
    let ending: Ending | undefined;
    while (ending === undefined) {
      if (operation.transaction === undefined) ending = await this.#endorse(operation, tries);
      if (ending !== undefined || operation.transaction === undefined) continue;
      const outcome = await this.#settle(operation, operation.transaction, doubtful);
      doubtful = false;
      if (outcome === undefined) operation.transaction = undefined;
      else ending = await this.#judge(operation, outcome, tries);
    }
    await this.#end(operation, ending);
  }

  /** Until endorsed and stored (undefined), or ended. */
  async #endorse(operation: Operation, tries: Tries): Promise<Ending | undefined> {
    const since = Date.now();
    for (;;) {
      try {
        const started = performance.now();
        const signed = await this.#deps.ledger.endorse(operation.function, operation.argument);
        this.#deps.events.endorsed(performance.now() - started);
        operation.transaction = signed.bytes;
        operation.txId = signed.txId;
        operation.result = signed.result;
        operation.attempts += 1;
        operation.status = 'submitted';
      } catch (error) {
        const ending = await this.#endorsementFailed(operation, error, tries, since);
        if (ending !== undefined) return ending;
        continue;
      }
      await this.#persist(() => this.#deps.journal.submitted(operation));
      return undefined;
    }
  }

  async #endorsementFailed(
    operation: Operation,
    error: unknown,
    tries: Tries,
    since: number,
  ): Promise<Ending | undefined> {
    const verdict = judgeEndorseError(error, this.#deps.ledger.mspId);
    if (verdict.kind === 'refused') return this.#refused(operation, verdict.error);
    const repetition = nextEndorsement(verdict, tries, since);
    if (repetition === undefined) {
      const refused = verdict.kind === 'disagreement';
      if (!refused) this.#deps.logger.error({ err: error, code: verdict.error.code }, 'Endorsement failed');
      return { status: refused ? 'refused' : 'failed', error: verdict.error };
    }
    this.#deps.events.retried('endorse', verdict.kind);
    this.#deps.logger.debug({ err: error, kind: verdict.kind }, 'Endorsement is repeated');
    await backoff(repetition, this.#deps.signal);
    return undefined;
  }

  /**
   * A refusal of an intent as replayed is success when it is this very intent that the ledger has: the contract names
   * the intent that used the nonce.
   */
  async #refused(operation: Operation, error: RegistryError): Promise<Ending> {
    const own = error.code === 'INTENT_REPLAYED' && error.subject === operation.intentId;
    if (!own || operation.intentId === undefined) return { status: 'refused', error };
    const place = await this.#deps.findIntent(operation.intentId, this.#deps.signal);
    if (place !== undefined) return { status: 'committed', ...place };
    return {
      status: 'failed',
      error: new RegistryError(
        'MIRROR_BEHIND',
        'The ledger has this intent, but the mirror does not tell where yet; send it again to learn.',
      ),
    };
  }

  /**
   * Submits stored bytes until the ledger has them, valid or not. Bytes of an intent that the orderers keep refusing are
   * given up after a while (undefined): endorsed anew, it passes at most once, whatever becomes of the first. An act has
   * no such guard, so its bytes are all there is.
   */
  async #settle(
    { kind, txId = '' }: Operation,
    transaction: Uint8Array,
    doubtful: boolean,
  ): Promise<CommitOutcome | undefined> {
    const { ledger, events, signal } = this.#deps;
    const wait = ledger.waitForCommit(txId);
    const started = performance.now();
    try {
      let outcome = doubtful ? await this.#ask(wait, txId, RECOVERY_STATUS_DEADLINE_MS) : undefined;
      for (let repetition = 0; outcome === undefined; repetition += 1) {
        const patience = kind === 'act' || performance.now() - started < SETTLE_PATIENCE_MS;
        if (!patience) return undefined;
        if (repetition > 0) await backoff(repetition, signal);
        if (repetition > 0) events.retried('submit', 'not-on-the-ledger');
        const accepted = await this.#submit(transaction);
        outcome = await this.#outcome(wait, txId, accepted ? COMMIT_EVENT_WAIT_MS : DOUBT_EVENT_WAIT_MS);
      }
      events.committed(performance.now() - started);
      return outcome;
    } finally {
      wait.cancel();
    }
  }

  /** false when the orderers did not confirm; with BFT the transaction may commit all the same. */
  async #submit(transaction: Uint8Array): Promise<boolean> {
    try {
      await this.#deps.ledger.submit(transaction);
      return true;
    } catch (error) {
      this.#deps.events.retried('submit', 'not-confirmed');
      this.#deps.logger.debug({ err: error }, 'The submission was not confirmed');
      return false;
    }
  }

  /** From the stream of blocks if it comes in time, otherwise by asking. */
  async #outcome(wait: CommitWait, txId: string, waitMs: number): Promise<CommitOutcome | undefined> {
    if (this.#deps.ledger.following) {
      const seen = await within(wait.outcome, waitMs, [this.#deps.signal]);
      if (seen !== undefined) return seen;
    }
    return this.#ask(wait, txId, COMMIT_STATUS_DEADLINE_MS);
  }

  async #ask(wait: CommitWait, txId: string, timeoutMs: number): Promise<CommitOutcome | undefined> {
    const { ledger, logger, signal, events } = this.#deps;
    signal.throwIfAborted();
    events.retried('commit', 'asked');
    try {
      return await Promise.race([wait.outcome, ledger.commitStatus(txId, timeoutMs)]);
    } catch (error) {
      logger.debug({ err: error }, 'The commit status is not known yet');
      return undefined;
    }
  }

  /** The ending that a validation code means, or undefined to endorse again. */
  async #judge(operation: Operation, outcome: CommitOutcome, tries: Tries): Promise<Ending | undefined> {
    const verdict = judgeValidationCode(outcome.code);
    if (verdict === 'valid') return { status: 'committed', block: outcome.block };
    if (verdict === 'invalid' || operation.kind === 'act') return failed(outcome, verdict);
    const repetition = verdict === 'policy' ? ++tries.policy : ++tries.conflict;
    const bound = verdict === 'policy' ? MAX_POLICY_TRIES : MAX_CONFLICT_TRIES;
    if (repetition >= bound) return failed(outcome, verdict);
    this.#deps.events.retried('commit', validationCodeName(outcome.code));
    operation.transaction = undefined;
    await backoff(repetition, this.#deps.signal);
    return undefined;
  }

  async #end(operation: Operation, ending: Ending): Promise<void> {
    operation.status = ending.status;
    if (ending.status === 'committed') {
      operation.block = ending.block;
      if (ending.txId !== undefined && ending.txId !== operation.txId) {
        operation.txId = ending.txId;
        operation.result = await this.#resultOf(ending.txId);
      }
    } else {
      const { code, message, subject } = ending.error;
      operation.result = undefined;
      operation.block = ending.block;
      operation.problem = { code, message, ...(subject === undefined ? {} : { subject }) };
    }
    operation.transaction = undefined;
    await this.#persist(() => this.#deps.journal.ended(operation));
  }

  /** Of a transaction that another gateway or an earlier run made; without it the operation is committed all the same. */
  async #resultOf(txId: string): Promise<string | undefined> {
    try {
      return await this.#deps.ledger.resultOf(txId);
    } catch (error) {
      this.#deps.logger.warn({ err: error, tx_id: txId }, 'The result of a transaction can not be read');
      return undefined;
    }
  }

  /** Repeats a write until the database takes it: the operation waits rather than going on unrecorded. */
  async #persist(write: () => Promise<void>): Promise<void> {
    for (let repetition = 0; ; repetition += 1) {
      try {
        await write();
        return;
      } catch (error) {
        if (!isDatabaseAway(error)) throw error;
        this.#deps.logger.debug({ err: error }, 'The database is away; the operation waits');
        await backoff(repetition, this.#deps.signal);
      }
    }
  }
}

/** The number of the next repetition, or undefined when the bound of its cause is reached. */
function nextEndorsement(verdict: EndorseVerdict, tries: Tries, since: number): number | undefined {
  switch (verdict.kind) {
    case 'transient':
      return Date.now() - since < ENDORSE_PATIENCE_MS ? tries.transient++ : undefined;
    case 'disagreement':
      return ++tries.disagreement < MAX_DISAGREEMENT_TRIES ? tries.disagreement : undefined;
    case 'node-fault':
      return ++tries.nodeFault < MAX_NODE_FAULT_TRIES ? tries.nodeFault : undefined;
    default:
      return undefined;
  }
}

/** The transaction is on the ledger and changed nothing. */
function failed({ code, block }: CommitOutcome, verdict: CommitVerdict): Ending {
  const name = validationCodeName(code);
  const error =
    verdict === 'conflict'
      ? new RegistryError(
          'TX_CONFLICT',
          `The transaction lost against concurrent ones (${name}); send it again.`,
          {
            subject: name,
          },
        )
      : new RegistryError('TX_INVALID', `The peers found the transaction invalid: ${name}.`, {
          subject: name,
        });
  return { status: 'failed', error, block };
}
