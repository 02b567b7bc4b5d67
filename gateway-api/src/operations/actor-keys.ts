import { type Actor, type VerificationKey } from '@maker-registry/protocol';
import { MAX_CACHED_KEYS } from '../limits';
import { type Stored } from '../reads/mirror-reads';

/**
 * Public keys by their names. A name is the digest of the key, so what is kept here never becomes wrong; whether the
 * key is current is for the ledger to say.
 */
export class ActorKeys {
  readonly #readActor: (actorId: string) => Promise<Stored<Actor> | undefined>;
  readonly #capacity: number;
  readonly #keys = new Map<string, VerificationKey>();

  constructor(
    readActor: (actorId: string) => Promise<Stored<Actor> | undefined>,
    capacity = MAX_CACHED_KEYS,
  ) {
    this.#readActor = readActor;
    this.#capacity = capacity;
  }

  /** The key of this name, when the mirror knows the actor with it; undefined also when the mirror is away. */
  async find(actorId: string, keyid: string): Promise<VerificationKey | undefined> {
    const known = this.#keys.get(keyid);
    if (known !== undefined) return known;
    const actor = await this.#readActor(actorId).catch(() => undefined);
    for (const key of actor?.doc.keys ?? []) {
      this.#remember({ keyid: key.keyid, alg: key.alg, publicKey: key.public_key });
    }
    return this.#keys.get(keyid);
  }

  #remember(key: VerificationKey): void {
    this.#keys.set(key.keyid, key);
    for (const oldest of this.#keys.keys()) {
      if (this.#keys.size <= this.#capacity) return;
      this.#keys.delete(oldest);
    }
  }
}
