import { RegistryError } from '@maker-registry/protocol';
import { FRESHNESS_SAMPLE_MS, MAX_MIRROR_STALL_S } from '../limits';

/** The peer's newest block as its stream announces it. */
export interface PeerHeight {
  readonly height: number;
  /** Whether the stream is up. */
  readonly connected: boolean;
}

/** The newest block that the mirror has written. */
export interface MirrorHeight {
  readonly height: number;
  /** It found that peers or its tables contradict each other: nothing it says may be relied on. */
  readonly contradicted?: boolean;
}

const MS = 1_000;

/**
 * Knows up to which moment the mirror is known to have had everything that the peer had. A gateway that is cut off from
 * its peer, or whose mirror stands still, reads old state that looks like new: what it signed then would tell guards
 * that nothing was revoked. So lists carry this moment instead of the clock's, and tokens and keys need it to be recent.
 */
export class MirrorFreshness {
  readonly #peer: PeerHeight;
  readonly #mirror: MirrorHeight;
  readonly #now: () => number;
  #currentAt = 0;
  /** A height the peer had at some moment, which the mirror is yet to reach. */
  #awaited: { readonly at: number; readonly height: number } | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param now Unix milliseconds */
  constructor(peer: PeerHeight, mirror: MirrorHeight, now: () => number = Date.now) {
    this.#peer = peer;
    this.#mirror = mirror;
    this.#now = now;
  }

  /** Unix seconds at which the mirror last had all of the peer's blocks; 0 before the first time. */
  currentAt(): number {
    this.#sample();
    return Math.floor(this.#currentAt / MS);
  }

  /** Whether the mirror was current within the time that a stall may last. */
  isFresh(): boolean {
    if (this.#mirror.contradicted === true) return false;
    return Math.floor(this.#now() / MS) - this.currentAt() <= MAX_MIRROR_STALL_S;
  }

  /** @throws RegistryError MIRROR_BEHIND when the state at hand may be too old to give out rights or keys by */
  assertFresh(): void {
    if (this.isFresh()) return;
    throw new RegistryError(
      'MIRROR_BEHIND',
      'This gateway may not know the newest revocations; ask another one or later.',
    );
  }

  /** Samples from now on, also while nobody asks. */
  start(): void {
    this.#timer ??= setInterval(() => {
      this.#sample();
    }, FRESHNESS_SAMPLE_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #sample(): void {
    if (this.#mirror.contradicted === true) return;
    if (this.#awaited !== undefined && this.#mirror.height >= this.#awaited.height) {
      this.#currentAt = Math.max(this.#currentAt, this.#awaited.at);
      this.#awaited = undefined;
    }
    if (!this.#peer.connected) return;
    const seen = { at: this.#now(), height: this.#peer.height };
    if (this.#mirror.height >= seen.height) this.#currentAt = Math.max(this.#currentAt, seen.at);
    else this.#awaited ??= seen;
  }
}
