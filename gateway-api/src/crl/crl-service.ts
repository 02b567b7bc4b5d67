import { RegistryError } from '@maker-registry/protocol';
import { within } from '../timing/within';
import { type CertificateNews } from './certificate-rows';
import { type CrlKind, type CrlStore } from './crl-store';
import { type NamedAuthority } from './issue';
import { type CrlRecord, type CrlRecordFilter, type IssuedCrls } from './issued-crls';
import { FAILED_LOOK_MS, FIRST_LIST_WAIT_MS, HEAD_RETRY_MS, IDLE_LOOK_MS, ISSUE_PAUSE_MS } from './limits';
import { lookAt, type LookDeps } from './look';
import { type PublishedCrl } from './plan';
import { type CrlScope } from './scope';

/** A CRL as it is served. */
export interface ServedCrl {
  readonly der: Buffer;
  readonly number: bigint;
  /** Unix seconds. */
  readonly nextUpdate: number;
  /** Whether it names its deltas, so that caches may keep it. */
  readonly namesDeltas: boolean;
}

export interface CrlServiceDeps extends LookDeps {
  readonly authorities: readonly NamedAuthority[];
  readonly issued: IssuedCrls;
  readonly head: { readonly height: number; waitFor(height: number, milliseconds: number): Promise<void> };
  readonly freshness: { currentAt(): number; assertFresh(): void };
  readonly stopping: AbortSignal;
}

/** What a look found settled: until a block changes something, or the time comes, there is nothing to do. */
interface Settled {
  readonly changedAt: number;
  /** Unix seconds. */
  readonly until: number;
}

const MS = 1_000;

/**
 * The CRLs of the organization's CAs: follows the mirror, publishes what is due, and keeps what is published at hand, so
 * that serving an anonymous caller costs no query and no signature.
 */
export class CrlService {
  readonly #deps: CrlServiceDeps;
  readonly #store: CrlStore;
  readonly #served = new Map<string, ServedCrl>();
  readonly #settled = new Map<string, Settled>();
  #first = newSignal();

  constructor(deps: CrlServiceDeps) {
    this.#deps = deps;
    this.#store = deps.store;
  }

  /** Follows the mirror until the gateway stops. */
  start(): void {
    void this.#follow();
  }

  /**
   * The CRL in force; waits a moment for the first one after a start.
   *
   * @throws RegistryError NOT_FOUND, MIRROR_BEHIND
   */
  async current(authority: string, scope: CrlScope, kind: CrlKind): Promise<ServedCrl> {
    const key = keyOf(authority, scope, kind);
    const isKnown = this.#deps.scopes.some(({ name }) => name === scope.name);
    if (!isKnown) throw new RegistryError('NOT_FOUND', 'There is no such shard.', { subject: scope.name });
    if (!this.#served.has(key)) {
      await within(this.#first.promise, FIRST_LIST_WAIT_MS, [this.#deps.stopping]);
    }
    const served = this.#served.get(key);
    if (served !== undefined) return served;
    throw new RegistryError('MIRROR_BEHIND', 'This CRL has not been issued yet; try again in a moment.', {
      subject: scope.name,
    });
  }

  /** What was ever issued of a CA, newest first. Throws RegistryError NOT_FOUND. */
  async issued(authority: string, filter: Omit<CrlRecordFilter, 'keyId'>): Promise<CrlRecord[]> {
    const found = this.#deps.authorities.find(({ name }) => name === authority);
    if (found === undefined)
      throw new RegistryError('NOT_FOUND', 'There is no such CA.', { subject: authority });
    return this.#deps.issued.list({ ...filter, keyId: found.keyId });
  }

  /** The DER of an issued CRL. Throws RegistryError NOT_FOUND. */
  async issuedBytes(sha256: string): Promise<Buffer> {
    const der = await this.#deps.issued.bytes(sha256);
    if (der !== undefined) return der;
    throw new RegistryError('NOT_FOUND', 'No CRL of this digest was issued here.', { subject: sha256 });
  }

  async #follow(): Promise<void> {
    let failures = 0;
    while (!this.#deps.stopping.aborted) {
      const seen = this.#deps.head.height;
      const outcome = await this.#lookAtAll();
      failures = outcome === 'failed' ? failures + 1 : 0;
      if (outcome === 'settled') await this.#waitForBlock(seen);
      else if (outcome === 'moved') await this.#pause(ISSUE_PAUSE_MS);
      else await this.#pause(Math.min(FAILED_LOOK_MS * 2 ** (failures - 1), IDLE_LOOK_MS));
    }
  }

  async #lookAtAll(): Promise<'settled' | 'moved' | 'failed'> {
    try {
      let moved = 0;
      let failed = 0;
      for (const authority of this.#deps.authorities) {
        const outcome = await this.#look(authority);
        moved += outcome.moved;
        failed += outcome.failed;
      }
      this.#first.resolve();
      if (failed > 0) return 'failed';
      return moved > 0 ? 'moved' : 'settled';
    } catch (error) {
      this.#deps.logger.warn({ err: error }, 'The CRLs could not be looked at');
      return 'failed';
    }
  }

  async #look(authority: NamedAuthority): Promise<{ moved: number; failed: number }> {
    const { freshness, rows } = this.#deps;
    // Asked before the state is read, which is then at least that new: a CRL must not claim to know more than the mirror.
    const currentAt = freshness.currentAt();
    if (currentAt === 0) freshness.assertFresh();
    const at = Math.min(this.#deps.now(), currentAt);
    const news = await rows.news(authority.keyId);
    if (this.#isSettled(authority, news, at)) return { moved: 0, failed: 0 };
    const outcome = await lookAt(authority, at, news.changedAt, this.#deps);
    await this.#refresh(authority, at);
    if (outcome.moved === 0 && outcome.failed === 0) {
      this.#settled.set(authority.name, { changedAt: news.changedAt, until: at + IDLE_LOOK_MS / MS });
    }
    return outcome;
  }

  #isSettled({ name }: NamedAuthority, { changedAt }: CertificateNews, at: number): boolean {
    const settled = this.#settled.get(name);
    return settled?.changedAt === changedAt && at < settled.until;
  }

  /** Takes up what is published, by whichever gateway of this operator. */
  async #refresh(authority: NamedAuthority, at: number): Promise<void> {
    const stateOf = await this.#store.states(authority.keyId, at);
    for (const scope of this.#deps.scopes) {
      const { base, delta } = stateOf(scope);
      await this.#take(authority, scope, 'base', base);
      await this.#take(authority, scope, 'delta', delta);
    }
  }

  async #take(
    authority: NamedAuthority,
    scope: CrlScope,
    kind: CrlKind,
    crl: PublishedCrl | undefined,
  ): Promise<void> {
    const key = keyOf(authority.name, scope, kind);
    if (crl === undefined || this.#served.get(key)?.number === crl.number) return;
    const der = await this.#store.der(authority.keyId, scope, kind, crl.number);
    if (der === undefined) return;
    const namesDeltas = kind === 'base' && this.#deps.url !== undefined;
    this.#served.set(key, { der, number: crl.number, nextUpdate: crl.nextUpdate, namesDeltas });
  }

  /** MIRROR_BEHIND: no block came, or too many wait; the pause keeps an immediate refusal from spinning. */
  async #waitForBlock(seen: number): Promise<void> {
    await this.#deps.head.waitFor(seen + 1, IDLE_LOOK_MS).catch(() => this.#pause(HEAD_RETRY_MS));
  }

  async #pause(milliseconds: number): Promise<void> {
    await within(new Promise<never>(() => undefined), milliseconds, [this.#deps.stopping]);
  }
}

function keyOf(authority: string, { name }: CrlScope, kind: CrlKind): string {
  return `${authority}/${name}/${kind}`;
}

interface Signal {
  readonly promise: Promise<true>;
  readonly resolve: () => void;
}

function newSignal(): Signal {
  let resolve: Signal['resolve'] = () => undefined;
  const promise = new Promise<true>((settle) => {
    resolve = () => {
      settle(true);
    };
  });
  return { promise, resolve };
}
