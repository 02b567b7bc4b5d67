import { type Handle } from 'pkcs11js';
import { type WorkerCounters } from './messages';
import { Pkcs11Connection } from './pkcs11-connection';
import { isRecoverable, toHsmError } from './pkcs11-codes';
import { SessionPool } from './session-pool';
import { type TokenOperation } from './token-operations';
import { type TokenConfig } from './messages';

type Remedy = 'reopen' | 'reinitialize';

/** What is tried in turn after a failure that a fresh session may cure. */
const REMEDIES: readonly Remedy[] = ['reopen', 'reinitialize'];

/**
 * A token that survives lost sessions: an operation that fails for want of a session, login or handle is repeated
 * after reopening (drop, open, log in, find keys), and once more after re-initialising the module; then it fails.
 */
export class RecoveringToken {
  private readonly connection: Pkcs11Connection;
  private readonly pool: SessionPool;
  private generation = 0;
  private recovery: Promise<void> | undefined;
  private failures = 0;
  private reopened = 0;
  private reinitialized = 0;

  constructor(config: TokenConfig) {
    this.connection = new Pkcs11Connection(config);
    this.pool = new SessionPool(this.connection.open());
  }

  counters(): Omit<WorkerCounters, 'signatures' | 'derivations'> {
    return {
      failures: this.failures,
      reopened: this.reopened,
      reinitialized: this.reinitialized,
      sessions: this.pool.sessions,
    };
  }

  async run<T>(operation: TokenOperation<T>): Promise<T> {
    for (const remedy of REMEDIES) {
      const generation = this.generation;
      try {
        return await this.attempt(operation);
      } catch (error) {
        if (!isRecoverable(error)) throw this.failed(error);
        await this.recover(remedy, generation);
      }
    }
    try {
      return await this.attempt(operation);
    } catch (error) {
      throw this.failed(error);
    }
  }

  close(): void {
    this.connection.close();
  }

  private failed(error: unknown): Error {
    this.failures += 1;
    return toHsmError(error, 'the HSM operation');
  }

  private async attempt<T>(operation: TokenOperation<T>): Promise<T> {
    let session = await this.pool.acquire();
    try {
      return await operation(this.connection, session);
    } catch (error) {
      session = this.replaced(session);
      throw error;
    } finally {
      this.pool.release(session);
    }
  }

  /** A failed operation may stay active on its session (CKR_OPERATION_ACTIVE for the next one): a new one is free of it. */
  private replaced(session: Handle): Handle {
    try {
      const fresh = this.connection.openSession();
      this.connection.closeSession(session);
      return fresh;
    } catch {
      return session;
    }
  }

  /** One recovery serves all operations that failed in the same generation. A failed one is left to the next remedy. */
  private async recover(remedy: Remedy, generation: number): Promise<void> {
    if (this.recovery === undefined && generation === this.generation) {
      this.recovery = this.apply(remedy).finally(() => {
        this.recovery = undefined;
      });
    }
    await this.recovery;
  }

  private async apply(remedy: Remedy): Promise<void> {
    try {
      await this.pool.exclusive(() =>
        remedy === 'reopen' ? this.connection.reopen() : this.connection.reinitialize(),
      );
      this.generation += 1;
      if (remedy === 'reopen') this.reopened += 1;
      else this.reinitialized += 1;
    } catch (error) {
      if (remedy === 'reopen' && isRecoverable(error)) return;
      throw this.failed(error);
    }
  }
}
