import { type ErrorCode, type JsonSchema, RegistryError } from '@maker-registry/protocol';
import { type GatewayContext } from '../context';
import { type ParameterDescription, type Route, type ValidRequest } from '../http/route';
import { CURSOR, IF_NONE_MATCH, LIMIT, MIN_HEIGHT, schemaRef } from '../openapi/schemas';
import { type ListingDefinition, listDocuments, type ListingQuery } from '../reads/listing';
import { type MirrorReads, type Stored } from '../reads/mirror-reads';
import { announceHeight, HEIGHT_HEADER, sendDocument } from './respond';

/** What a read answers 404 with. */
export type Missing = readonly [code: ErrorCode, message: string];

/** Single documents from the mirror: one shape of route for all of them. */
export interface DocumentRead {
  readonly name: string;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** Parameters of the path, in its order. */
  readonly ids: readonly ParameterDescription[];
  /** Of the answer; a ledger document without it. */
  readonly schema?: JsonSchema;
  readonly missing: Missing;
  readonly read: (reads: MirrorReads, path: ValidRequest['path']) => Promise<Stored<unknown> | undefined>;
}

export function documentRoute(context: GatewayContext, description: DocumentRead): Route {
  const { name, path, tag, summary, ids, schema, missing, read } = description;
  return {
    method: 'get',
    path,
    operationId: name,
    tag,
    summary,
    access: 'reader',
    limit: 'reads',
    parameters: [...ids, MIN_HEIGHT, IF_NONE_MATCH],
    responses: {
      200: {
        description: 'The document.',
        schema: schema ?? schemaRef('LedgerDocument'),
        headers: [HEIGHT_HEADER, 'ETag'],
      },
      304: { description: 'The document has not changed.' },
    },
    handle: async (request, response) => {
      await announceHeight(context.head, request, response);
      const found = await read(context.reads, request.path);
      if (found === undefined) throw missingError(missing, ids, request.path);
      sendDocument(request, response, found);
    },
  };
}

/** What the path names is not there. */
export function missingError(
  [code, message]: Missing,
  ids: readonly ParameterDescription[],
  path: ValidRequest['path'],
): RegistryError {
  const subject = ids.map(({ name }) => path[name] ?? '').join('/');
  return new RegistryError(code, message, subject === '' ? {} : { subject });
}

/** Listings from the mirror. */
export interface ListingRead {
  readonly name: string;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Parameters of the path, which are filters too. */
  readonly ids?: readonly ParameterDescription[];
  readonly filters: readonly ParameterDescription[];
  readonly definition: ListingDefinition;
  /** What the path names: where it is not there, an empty page would mislead. */
  readonly parent?: { readonly missing: Missing; readonly read: DocumentRead['read'] };
}

export function listingRoute(context: GatewayContext, description: ListingRead): Route {
  const { name, path, tag, summary, ids = [], filters, definition, parent } = description;
  const parameters = [...ids, ...filters, CURSOR];
  return {
    ...pageRoute({ name, path, summary, tag, parameters }),
    ...(description.description === undefined ? {} : { description: description.description }),
    handle: async (request, response) => {
      await announceHeight(context.head, request, response);
      const page = await listDocuments(context.pool, definition, pageQuery(request));
      if (page.items.length === 0 && parent !== undefined) {
        await assertParent(context, parent, ids, request.path);
      }
      response.json(page);
    },
  };
}

/** Asserts that what the path names is there. Throws the `missing` code. */
export async function assertParent(
  { reads }: GatewayContext,
  { missing, read }: NonNullable<ListingRead['parent']>,
  ids: readonly ParameterDescription[],
  path: ValidRequest['path'],
): Promise<void> {
  if ((await read(reads, path)) === undefined) throw missingError(missing, ids, path);
}

/** What a request asks of a listing. */
export function pageQuery(request: ValidRequest): ListingQuery {
  return {
    filters: { ...request.query, ...request.path },
    cursor: textOf(request, 'cursor'),
    limit: numberOf(request, 'limit'),
  };
}

interface PageRead extends Pick<Route, 'path' | 'summary'> {
  readonly name: string;
  /** `Reading` without it. */
  readonly tag?: string;
  readonly parameters: readonly ParameterDescription[];
  /** Of the answer; a page without it. */
  readonly schema?: JsonSchema;
}

/** The description of a route that answers a page. */
export function pageRoute({ name, path, summary, tag, parameters, schema }: PageRead): Omit<Route, 'handle'> {
  return {
    method: 'get',
    path,
    operationId: name,
    tag: tag ?? 'Reading',
    summary,
    access: 'reader',
    limit: 'reads',
    parameters: [...parameters, LIMIT, MIN_HEIGHT],
    responses: {
      200: { description: 'A page.', schema: schema ?? schemaRef('Page'), headers: [HEIGHT_HEADER] },
    },
  };
}

/** Order of first appearance on the ledger, which never changes for a row. */
export function created(...ids: readonly string[]): ListingDefinition['order'] {
  return [
    { column: 'created_block', type: 'number' },
    { column: 'created_tx_index', type: 'number' },
    ...ids.map((column) => ({ column, type: 'string' }) as const),
  ];
}

export function textOf(request: ValidRequest, name: string): string | undefined {
  const value = request.query[name];
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(request: ValidRequest, name: string): number | undefined {
  const value = request.query[name];
  return typeof value === 'number' ? value : undefined;
}
