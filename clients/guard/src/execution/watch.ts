import { type ErrorCode, type ExecutionDecision, mayExecute, type Purpose } from '@maker-registry/protocol';
import { type Tell } from '../events';
import { AGE_CHECK_INTERVAL_MS } from '../limits';
import { type Clock } from './clock';
import { type CombinedWatcher } from './combined-watcher';
import { type ListWatcher } from './list-watcher';
import { type TokenKeeper, type TokenWish } from './token-keeper';

/** Why an execution must end. */
export interface StopReason {
  readonly code: ErrorCode;
  readonly message: string;
  readonly subject: string;
}

export interface WatchParts {
  readonly tokens: TokenKeeper;
  readonly lists: ListWatcher;
  /** Where several operators have to vouch; undefined where one is enough. */
  readonly combined?: CombinedWatcher | undefined;
  readonly clock: Clock;
  readonly tell: Tell;
  readonly deviceId: string | undefined;
  readonly purpose: Purpose;
  /** Version of the content key that the running artifact was decrypted with. */
  readonly keyVersion: number;
}

/** Ages, not acts: nobody has taken the right away, but nobody vouches for it any more. */
const STALE_CODES: ReadonlySet<ErrorCode> = new Set([
  'LIST_STALE',
  'LIST_MISSING',
  'LIST_INCOMPLETE',
  'TOKEN_EXPIRED',
]);

export function isStale(reason: StopReason): boolean {
  return STALE_CODES.has(reason.code);
}

/** Takes the decision to execute, and takes it again at every news while the command runs. */
export class Watch {
  readonly #parts: WatchParts;
  #warned: string | undefined;
  #followers: Promise<unknown> = Promise.resolve();

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** The protocol's decision on what is known now. `executions` counts earlier ones, where the right limits them. */
  decide(executions?: number): ExecutionDecision {
    const { tokens, lists, combined, clock, deviceId, purpose, keyVersion } = this.#parts;
    const { claims } = tokens;
    return mayExecute({
      // After a rotation a renewed token names the new key; what runs was decrypted with the old one.
      token: { ...claims, key_version: keyVersion },
      list: lists.latest,
      combined: combined === undefined ? undefined : (combined.latest ?? 'missing'),
      gate: claims.gate,
      now: clock.now(),
      deviceId,
      purpose,
      action: 'execute',
      ...(executions === undefined ? {} : { executions }),
    });
  }

  /** Follows lists and token until `signal`; resolves with the reason when the execution must end. */
  untilForbidden(wish: TokenWish, signal: AbortSignal): Promise<StopReason> {
    const { tokens, lists, combined } = this.#parts;
    return new Promise((resolve) => {
      const look = (): void => {
        const reason = this.#reasonToStop();
        if (reason !== undefined) resolve(reason);
      };
      const timer = setInterval(look, AGE_CHECK_INTERVAL_MS);
      signal.addEventListener('abort', () => {
        clearInterval(timer);
      });
      this.#followers = Promise.all([
        lists.follow(signal, look),
        combined?.follow(signal, look),
        tokens.renew(wish, signal, look),
      ]);
    });
  }

  /**
   * Resolves when nothing is followed any more, after the signal of `untilForbidden` has fired. Until then an answer that
   * was under way may still be written to the state directory.
   */
  async settled(): Promise<void> {
    await this.#followers;
  }

  #reasonToStop(): StopReason | undefined {
    const { refusal, claims } = this.#parts.tokens;
    if (refusal !== undefined) {
      return { code: refusal.code, message: refusal.message, subject: refusal.subject ?? claims.right_id };
    }
    const decision = this.decide();
    if (decision.allowed) {
      this.#warn(decision.warnings[0]);
      return undefined;
    }
    // A class that does not fail closed goes on when no gateway can be reached to renew the token.
    if (decision.code === 'TOKEN_EXPIRED' && !claims.gate.fail_closed) {
      this.#warn(decision.code);
      return undefined;
    }
    return decision;
  }

  /** Warns once of each change. */
  #warn(code: string | undefined): void {
    if (code === this.#warned) return;
    this.#warned = code;
    if (code !== undefined) this.#parts.tell('warning', { code });
  }
}
