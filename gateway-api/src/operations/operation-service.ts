import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { RegistryError } from '@maker-registry/protocol';
import { type Logger } from 'pino';
import { forRequest } from '../database/database-error';
import { FOREIGN_OPERATION_POLL_MS } from '../limits';
import { backoff } from '../timing/backoff';
import { within } from '../timing/within';
import { type OperationExecutor } from './executor';
import { isEnded, newOperation, type Operation, type OperationRequest } from './operation';
import { type Existing, type OperationStore } from './operation-store';

export interface OperationServiceDependencies {
  readonly store: OperationStore;
  readonly executor: OperationExecutor;
  readonly maxOpen: number;
  readonly logger: Logger;
  /** Aborted when no more operations are taken and waits end. */
  readonly stopping: AbortSignal;
  /** Aborted when operations under way stop where they are. */
  readonly halting: AbortSignal;
  readonly onEnded: (operation: Operation) => void;
}

/** An operation under way in this process. */
interface Running {
  readonly operation: Operation;
  readonly done: Promise<void>;
}

/** The first id in the order of UUIDs. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** Accepts operations, carries them out in the background, and lets callers wait for them. */
export class OperationService {
  readonly #deps: OperationServiceDependencies;
  readonly #running = new Map<string, Running>();
  /** Keys whose first request is still being answered. */
  readonly #answering = new Set<string>();

  constructor(dependencies: OperationServiceDependencies) {
    this.#deps = dependencies;
  }

  /** Operations under way in this process. */
  get open(): number {
    return this.#running.size;
  }

  /**
   * Accepts a request, or finds the operation that the same request made before.
   *
   * @throws RegistryError IDEMPOTENCY_MISMATCH, LEDGER_UNAVAILABLE when full, SERVICE_STOPPING, MIRROR_UNAVAILABLE.
   */
  async accept(request: Omit<OperationRequest, 'operationId'>): Promise<Operation> {
    this.#admit();
    return this.#acceptNew(newOperation({ ...request, operationId: randomUUID() }));
  }

  /** Accepts a transaction that was endorsed and signed elsewhere. */
  async acceptSigned(
    request: Omit<OperationRequest, 'operationId'>,
    signed: { readonly txId: string; readonly bytes: Uint8Array; readonly result: string },
  ): Promise<Operation> {
    this.#admit();
    const operation = newOperation({ ...request, operationId: randomUUID() });
    operation.status = 'submitted';
    operation.transaction = signed.bytes;
    operation.txId = signed.txId;
    operation.result = signed.result;
    operation.attempts = 1;
    return this.#acceptNew(operation);
  }

  /**
   * Answers a request with an Idempotency-Key: while the first request of a key is being answered, others with the
   * key are refused.
   *
   * @throws RegistryError IDEMPOTENCY_IN_FLIGHT
   */
  async answering<T>(caller: string, key: string | undefined, answer: () => Promise<T>): Promise<T> {
    if (key === undefined) return answer();
    const name = `${caller}\n${key}`;
    if (this.#answering.has(name)) {
      throw new RegistryError(
        'IDEMPOTENCY_IN_FLIGHT',
        'A request with this Idempotency-Key is still being answered; repeat it after that.',
        { subject: key },
      );
    }
    this.#answering.add(name);
    try {
      return await answer();
    } finally {
      this.#answering.delete(name);
    }
  }

  /** @throws RegistryError OPERATION_UNKNOWN, MIRROR_UNAVAILABLE */
  async find(operationId: string): Promise<Operation> {
    const running = this.#running.get(operationId);
    if (running !== undefined) return running.operation;
    const found = await forRequest(() => this.#deps.store.byId(operationId));
    if (found === undefined) {
      throw new RegistryError('OPERATION_UNKNOWN', 'This gateway has no such operation.', {
        subject: operationId,
      });
    }
    return found;
  }

  /** Whether this process is carrying out an operation by a transaction. */
  isUnderWay(txId: string): boolean {
    return [...this.#running.values()].some(({ operation }) => operation.txId === txId);
  }

  /** The operation once it ended, or as it is after the time; at once when the gateway stops. */
  async wait(operation: Operation, milliseconds: number, gone: () => AbortSignal): Promise<Operation> {
    if (isEnded(operation) || milliseconds <= 0) return operation;
    const signals = [gone(), this.#deps.stopping];
    const running = this.#running.get(operation.operationId);
    if (running === undefined) return this.#poll(operation, Date.now() + milliseconds, signals);
    await within(running.done, milliseconds, signals);
    return running.operation;
  }

  /**
   * Takes up open operations that nobody carries out: those of an earlier run, and those whose insertion was not
   * confirmed. Tries until the database answers.
   *
   * @param ageS Seconds; younger ones are left alone, for they may be on their way into this very process.
   */
  async recover(ageS: number): Promise<number> {
    let count = 0;
    for (let after = FIRST_ID; ;) {
      const page = await this.#openPage(after, ageS);
      for (const operation of page) {
        if (this.#running.has(operation.operationId)) continue;
        this.#start(operation, true);
        count += 1;
      }
      const last = page.at(-1);
      if (last === undefined) return count;
      after = last.operationId;
    }
  }

  /** Removes operations that ended longer ago; returns how many. */
  removeEnded(days: number): Promise<number> {
    return this.#deps.store.removeEnded(days);
  }

  /** Resolves when nothing is under way, or after the time. */
  async drain(milliseconds: number): Promise<void> {
    const all = Promise.all([...this.#running.values()].map((running) => running.done));
    const timer = new AbortController();
    await Promise.race([
      all,
      sleep(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined),
    ]);
    timer.abort();
  }

  #admit(): void {
    if (this.#deps.stopping.aborted) throw new RegistryError('SERVICE_STOPPING', 'This gateway is stopping.');
    if (this.#running.size < this.#deps.maxOpen) return;
    throw new RegistryError(
      'LEDGER_UNAVAILABLE',
      'This gateway has as many open operations as it takes; try again.',
    );
  }

  async #acceptNew(operation: Operation): Promise<Operation> {
    if (await forRequest(() => this.#deps.store.insert(operation))) {
      this.#start(operation, false);
      return operation;
    }
    const existing = await forRequest(() => this.#deps.store.existing(operation));
    if (existing === undefined)
      throw new RegistryError('INTERNAL', 'An operation vanished while it was looked up.');
    return this.#reuse(operation, existing);
  }

  async #reuse(request: Operation, { operation, byKey }: Existing): Promise<Operation> {
    if (byKey && operation.requestHash !== request.requestHash) {
      throw new RegistryError(
        'IDEMPOTENCY_MISMATCH',
        'This Idempotency-Key belongs to a request with another body.',
        {
          subject: request.idempotencyKey ?? '',
        },
      );
    }
    const running = this.#running.get(operation.operationId);
    if (running !== undefined) return running.operation;
    if (!isEnded(operation)) {
      // Left over from a step that threw; the same request takes it up without a restart.
      this.#start(operation, true);
      return operation;
    }
    const again = !byKey && operation.status !== 'committed';
    if (!again || !(await forRequest(() => this.#deps.store.reopen(operation)))) return operation;
    const reopened = newOperation(operation);
    this.#start(reopened, false);
    return reopened;
  }

  #start(operation: Operation, recovered: boolean): void {
    const done = this.#deps.executor
      .run(operation, recovered)
      .then(() => {
        this.#deps.onEnded(operation);
      })
      .catch((error: unknown) => {
        // What is stored is resumed at the next start; nothing is lost by leaving it.
        if (this.#deps.halting.aborted) return;
        this.#deps.logger.error({ err: error, operation_id: operation.operationId }, 'An operation stopped');
      })
      .finally(() => {
        this.#running.delete(operation.operationId);
      });
    this.#running.set(operation.operationId, { operation, done });
  }

  /** Looks at an operation that another process carries out. */
  async #poll(operation: Operation, until: number, signals: readonly AbortSignal[]): Promise<Operation> {
    let current = operation;
    while (!isEnded(current) && Date.now() < until && !signals.some((signal) => signal.aborted)) {
      await sleep(FOREIGN_OPERATION_POLL_MS);
      current = await this.find(operation.operationId);
    }
    return current;
  }

  async #openPage(after: string, ageS: number): Promise<Operation[]> {
    for (let repetition = 0; ; repetition += 1) {
      try {
        return await this.#deps.store.open(after, ageS);
      } catch (error) {
        this.#deps.logger.warn({ err: error }, 'Open operations can not be read yet');
        await backoff(repetition, this.#deps.stopping);
      }
    }
  }
}
