import {
  type Actor,
  type Artifact,
  type ContentKey,
  type License,
  type Parameters,
  type Revocation,
  type Right,
  type Sale,
} from '@maker-registry/protocol';
import { ClientError } from '../errors/client-error';
import { readObject } from '../http/problem';
import { MAX_PAGES } from '../limits';
import { type ArtifactFilter, type Page, type ReadOptions, type RightFilter } from './documents';
import { type GatewayConnection } from './gateway-connection';

type Query = Readonly<Record<string, string | number | undefined>>;

/** Reads from the gateway's mirror. Each waits for the height of this client's own writes unless told otherwise. */
export class Reads {
  readonly #gateway: GatewayConnection;

  constructor(gateway: GatewayConnection) {
    this.#gateway = gateway;
  }

  async actor(actorId: string, options?: ReadOptions): Promise<Actor> {
    return (await this.#object(`/v1/actors/${segment(actorId)}`, options)) as unknown as Actor;
  }

  async artifact(artifactId: string, options?: ReadOptions): Promise<Artifact> {
    return (await this.#object(`/v1/artifacts/${segment(artifactId)}`, options)) as unknown as Artifact;
  }

  async license(licenseId: string, options?: ReadOptions): Promise<License> {
    return (await this.#object(`/v1/licenses/${segment(licenseId)}`, options)) as unknown as License;
  }

  async right(rightId: string, options?: ReadOptions): Promise<Right> {
    return (await this.#object(`/v1/rights/${segment(rightId)}`, options)) as unknown as Right;
  }

  async contentKeys(artifactId: string, options?: ReadOptions): Promise<ContentKey> {
    return (await this.#object(`/v1/keys/${segment(artifactId)}`, options)) as unknown as ContentKey;
  }

  async parameters(options?: ReadOptions): Promise<Parameters> {
    return (await this.#object('/v1/parameters', options)) as unknown as Parameters;
  }

  /** The transaction with its block, time, validation code and writes, as the mirror shows it. */
  async transaction(txId: string, options?: ReadOptions): Promise<Record<string, unknown>> {
    return await this.#object(`/v1/transactions/${segment(txId)}`, options);
  }

  /** The block's hashes and transactions, as the mirror shows it. */
  async block(number: number, options?: ReadOptions): Promise<Record<string, unknown>> {
    return await this.#object(`/v1/blocks/${number}`, options);
  }

  /** Artifacts that match, page after page. */
  artifacts(filter: ArtifactFilter = {}, options?: ReadOptions): AsyncGenerator<Artifact> {
    return this.#list<Artifact>('/v1/artifacts', { ...filter }, options);
  }

  rights(filter: RightFilter = {}, options?: ReadOptions): AsyncGenerator<Right> {
    return this.#list<Right>('/v1/rights', { ...filter }, options);
  }

  sales(rightId: string, options?: ReadOptions): AsyncGenerator<Sale> {
    return this.#list<Sale>('/v1/sales', { right_id: rightId }, options);
  }

  /** Ledger revocations with a number above `after`. */
  async *revocations(after = 0, options?: ReadOptions): AsyncGenerator<Revocation> {
    let last = after;
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const { items } = readPage<Revocation>(await this.#object('/v1/revocations', options, { after: last }));
      yield* items;
      const newest = items.at(-1);
      if (newest === undefined) return;
      // Numbers have no gap, so the last one is the cursor; one that does not grow would loop for ever.
      if (newest.number <= last) throw endless('/v1/revocations');
      last = newest.number;
    }
    throw endless('/v1/revocations');
  }

  /** Everything the ledger holds about one subject, oldest first. */
  timeline(subjectId: string, options?: ReadOptions): AsyncGenerator<Record<string, unknown>> {
    return this.#list<Record<string, unknown>>(`/v1/timeline/${segment(subjectId)}`, {}, options);
  }

  async #object(path: string, options?: ReadOptions, query: Query = {}): Promise<Record<string, unknown>> {
    return readObject(await this.#gateway.read(path, options, query));
  }

  async *#list<T>(path: string, query: Query, options?: ReadOptions): AsyncGenerator<T> {
    let cursor: string | undefined;
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const page = readPage<T>(await this.#object(path, options, { ...query, cursor }));
      yield* page.items;
      if (page.next === undefined) return;
      cursor = page.next;
    }
    throw endless(path);
  }
}

function endless(path: string): ClientError {
  return new ClientError('RESPONSE_MALFORMED', `The listing did not end within ${MAX_PAGES} pages.`, {
    subject: path,
  });
}

function readPage<T>(value: Record<string, unknown>): Page<T> {
  const { items, next_cursor: next } = value;
  if (!Array.isArray(items))
    throw new ClientError('RESPONSE_MALFORMED', 'The gateway’s answer is not a page.');
  return { items: items as T[], ...(typeof next === 'string' ? { next } : {}) };
}

function segment(id: string): string {
  return encodeURIComponent(id);
}
