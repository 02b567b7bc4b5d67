import { ClientError } from '../errors/client-error';
import { readObject } from '../http/problem';
import { MAX_PAGES } from '../limits';
import { type Page, type ReadOptions } from './documents';
import { type GatewayConnection } from './gateway-connection';

export type Query = Readonly<Record<string, string | number | undefined>>;

/** Answers of a gateway's mirror as the read methods need them: one object, or a listing page after page. */
export class MirrorReader {
  readonly #gateway: GatewayConnection;

  constructor(gateway: GatewayConnection) {
    this.#gateway = gateway;
  }

  async object(path: string, options?: ReadOptions, query: Query = {}): Promise<Record<string, unknown>> {
    return readObject(await this.#gateway.read(path, options, query));
  }

  /** The object as the type that its path promises; ledger documents are checked where they are believed, not here. */
  async document<Document>(path: string, options?: ReadOptions, query?: Query): Promise<Document> {
    return (await this.object(path, options, query)) as Document;
  }

  async page<Item>(path: string, query: Query, options?: ReadOptions): Promise<Page<Item>> {
    return readPage<Item>(await this.object(path, options, query));
  }

  /** Every item that matches. Throws RESPONSE_MALFORMED when the pages do not end. */
  async *list<Item>(path: string, query: Query, options?: ReadOptions): AsyncGenerator<Item> {
    let cursor: string | undefined;
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const page = await this.page<Item>(path, { ...query, cursor }, options);
      yield* page.items;
      if (page.next === undefined) return;
      cursor = page.next;
    }
    throw endless(path);
  }
}

/** That a listing goes on and on. */
export function endless(path: string): ClientError {
  return new ClientError('RESPONSE_MALFORMED', `The listing did not end within ${MAX_PAGES} pages.`, {
    subject: path,
  });
}

function readPage<Item>(value: Record<string, unknown>): Page<Item> {
  const { items, next_cursor: next } = value;
  if (!Array.isArray(items))
    throw new ClientError('RESPONSE_MALFORMED', 'The gateway’s answer is not a page.');
  return { items: items as Item[], ...(typeof next === 'string' ? { next } : {}) };
}

/** A path of segments that whatever an id holds cannot leave. */
export function pathOf(...segments: readonly (string | number)[]): string {
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
}
