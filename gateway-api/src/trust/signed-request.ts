import {
  type Actor,
  admitIntent,
  expectIntentType,
  type OpenedIntent,
  openIntent,
  type Parameters,
  RegistryError,
  type RequestType,
} from '@maker-registry/protocol';
import { type Pool } from 'pg';
import { type TrustReads } from './ledger-reads';
import { purge, query } from './trust-database';
import { unixNow } from './clock';

/** A request that the actor's current key signed, taken once. */
export interface SignedRequest<Type extends RequestType> {
  readonly opened: OpenedIntent<Type>;
  readonly body: OpenedIntent<Type>['intent']['body'];
  readonly actor: Actor;
  readonly parameters: Parameters;
  /** Unix seconds at which it was judged. */
  readonly now: number;
}

/** Judges signed requests by the ledger's own rules of admission, and takes each nonce once. */
export class SignedRequests {
  readonly #pool: Pool;
  readonly #reads: Pick<TrustReads, 'actor' | 'parameters'>;

  constructor(pool: Pool, reads: Pick<TrustReads, 'actor' | 'parameters'>) {
    this.#pool = pool;
    this.#reads = reads;
  }

  /**
   * @throws RegistryError as openIntent and admitIntent; INTENT_REPLAYED for a nonce that was used
   */
  async take<Type extends RequestType>(envelope: Uint8Array, type: Type): Promise<SignedRequest<Type>> {
    const opened = expectIntentType(openIntent(envelope), type);
    const { actor: actorId, nonce, expires_at: expiresAt, body } = opened.intent;
    const [actor, parameters] = await Promise.all([this.#reads.actor(actorId), this.#reads.parameters()]);
    const now = unixNow();
    admitIntent({ envelope: opened, parameters, actor, at: now });
    await this.#takeNonce(actorId, nonce, expiresAt, opened.intentId);
    return { opened, body, actor, parameters, now };
  }

  async #takeNonce(actorId: string, nonce: string, expiresAt: number, intentId: string): Promise<void> {
    await purge(this.#pool, 'request_nonces');
    const taken = await query(
      this.#pool,
      `INSERT INTO gateway.request_nonces (actor, nonce, expires_at) VALUES ($1, $2, to_timestamp($3))
       ON CONFLICT DO NOTHING RETURNING 1`,
      [actorId, nonce, expiresAt],
    );
    if (taken.length > 0) return;
    throw new RegistryError('INTENT_REPLAYED', 'This request was made before; sign a new one.', {
      subject: intentId,
    });
  }
}
