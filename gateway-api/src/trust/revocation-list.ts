import {
  buildRevocationList,
  canonicalize,
  encodeRevocationList,
  type Parameters,
  REVOCATION_LIST_PAYLOAD_TYPE,
  type RevocationList,
  RISK_CLASSES,
  RegistryError,
  serializeEnvelope,
  sha256Hex,
  signPayload,
} from '@maker-registry/protocol';
import { within } from '../timing/within';
import { unixNow } from './clock';
import { type TrustDeps } from './deps';
import {
  HEAD_RETRY_MS,
  HEAD_WAIT_MS,
  LIST_LIFETIME_S,
  LIST_REFRESH_S,
  MAX_LIST_WAITERS,
  SUPERSEDED_MARGIN_S,
} from './limits';
import { hsmSigner, type TrustKeys } from './trust-keys';

/** A list as it is served. */
export interface SignedList {
  readonly list: RevocationList;
  /** The DSSE envelope. */
  readonly text: string;
  readonly etag: string;
  /** Digest of what it restricts, without height and times. */
  readonly content: string;
}

type ListDeps = Pick<TrustDeps, 'hsm' | 'reads' | 'config' | 'head' | 'freshness' | 'logger' | 'stopping'>;

const MS = 1_000;

/**
 * The registry's revocation list of this operator: built from the mirror's state at one height, signed in the HSM, kept
 * until the ledger's restrictions change or it ages. Whoever waits is told within one look at the mirror of the change.
 */
export class RevocationLists {
  readonly #deps: ListDeps;
  readonly #keys: TrustKeys;
  #current: SignedList | undefined;
  #building: Promise<SignedList> | undefined;
  #following = false;
  #waiting = 0;
  /** Resolves with the next list of other content. */
  #change = newChange();

  constructor(deps: ListDeps, keys: TrustKeys) {
    this.#deps = deps;
    this.#keys = keys;
  }

  /** A list that is at most LIST_REFRESH_S old and knows every block that the mirror announced. */
  async latest(): Promise<SignedList> {
    // One that was begun before this call may not know the newest block.
    const begun = await this.#building;
    const current = begun ?? this.#current;
    if (current !== undefined && this.#isFresh(current)) return current;
    this.#building ??= this.#build().finally(() => {
      this.#building = undefined;
    });
    return this.#building;
  }

  /**
   * The list as soon as its number is above `after` or its content differs from now; otherwise the freshest one when the
   * time is over, so that a caller always learns that nothing happened.
   *
   * @throws RegistryError RATE_LIMITED when too many wait
   */
  async waitFor(after: number, seconds: number, gone: AbortSignal): Promise<SignedList> {
    const first = await this.latest();
    if (first.list.number > after) return first;
    if (this.#waiting >= MAX_LIST_WAITERS) {
      throw new RegistryError('RATE_LIMITED', 'Too many callers wait for a list; ask without waiting.');
    }
    this.#waiting += 1;
    try {
      // Between `latest` and here nothing else ran, so no change is missed.
      const changed = within(this.#change.promise, seconds * MS, [gone, this.#deps.stopping]);
      this.#follow();
      return (await changed) ?? (await this.latest());
    } finally {
      this.#waiting -= 1;
    }
  }

  #isFresh({ list }: SignedList): boolean {
    const isYoung = unixNow() - list.this_update < LIST_REFRESH_S;
    return isYoung && list.height >= this.#deps.head.height;
  }

  async #build(): Promise<SignedList> {
    const { reads, config, hsm, freshness } = this.#deps;
    // Asked before the state is read, which is then at least that new. A list must not claim to know more than the mirror.
    const currentAt = freshness.currentAt();
    if (currentAt === 0) freshness.assertFresh();
    const parameters = await reads.parameters();
    const now = unixNow();
    const snapshot = await reads.revocationSnapshot(now - longestToken(parameters) - SUPERSEDED_MARGIN_S);
    // A clock that was set back must not make lists that clients take for older ones.
    const thisUpdate = Math.max(Math.min(now, currentAt), this.#current?.list.this_update ?? 0);
    const list = buildRevocationList({
      ...snapshot,
      network: config.network,
      issuer: config.mspId,
      thisUpdate,
      nextUpdate: thisUpdate + LIST_LIFETIME_S,
    });
    const payload = encodeRevocationList(list);
    const envelope = await signPayload(
      REVOCATION_LIST_PAYLOAD_TYPE,
      payload,
      hsmSigner(hsm, this.#keys.list),
    );
    const signed: SignedList = {
      list,
      text: serializeEnvelope(envelope),
      etag: `"${sha256Hex(payload)}"`,
      content: sha256Hex(canonicalize([list.previous_hash, list.entries, list.superseded])),
    };
    this.#publish(signed);
    return signed;
  }

  #publish(signed: SignedList): void {
    const changed = this.#current?.content !== signed.content;
    this.#current = signed;
    if (!changed) return;
    this.#change.resolve(signed);
    this.#change = newChange();
  }

  /** While anybody waits, each new block of the mirror is looked at; one loop serves all. */
  #follow(): void {
    if (this.#following) return;
    this.#following = true;
    void (async () => {
      while (this.#waiting > 0 && !this.#deps.stopping.aborted) {
        const seen = this.#current?.list.height ?? -1;
        // MIRROR_BEHIND: nothing happened, the mirror is away or too many wait. The pause keeps an immediate refusal
        // from spinning; waiting callers have their own deadline.
        await this.#deps.head.waitFor(seen + 1, HEAD_WAIT_MS).catch(() => this.#pause(HEAD_RETRY_MS));
        await this.#rebuild(seen);
      }
      this.#following = false;
    })();
  }

  async #rebuild(seen: number): Promise<void> {
    if (this.#deps.head.height <= seen) return;
    try {
      await this.latest();
    } catch (error) {
      this.#deps.logger.warn({ err: error }, 'The revocation list could not be made');
      await this.#pause(MS);
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    await within(new Promise<never>(() => undefined), milliseconds, [this.#deps.stopping]);
  }
}

interface Change {
  readonly promise: Promise<SignedList>;
  readonly resolve: (list: SignedList) => void;
}

function newChange(): Change {
  let resolve: Change['resolve'] = () => undefined;
  const promise = new Promise<SignedList>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function longestToken(parameters: Parameters): number {
  return Math.max(...RISK_CLASSES.map((name) => parameters.risk_classes[name].token_ttl_s));
}
