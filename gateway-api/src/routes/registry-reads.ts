import {
  ARTIFACT_KINDS,
  ARTIFACT_STATES,
  type ErrorCode,
  type JsonSchema,
  RegistryError,
} from '@maker-registry/protocol';
import { type GatewayContext } from '../context';
import { type ParameterDescription, type Route, type ValidRequest } from '../http/route';
import {
  CURSOR,
  HEX32,
  IF_NONE_MATCH,
  LIMIT,
  MIN_HEIGHT,
  pathParameter,
  queryParameter,
  schemaRef,
} from '../openapi/schemas';
import { readBlock, readTimeline, readTransaction } from '../reads/ledger-reads';
import { type ListingDefinition, listDocuments } from '../reads/listing';
import { type MirrorReads, type Stored } from '../reads/mirror-reads';
import { announceHeight, HEIGHT_HEADER, sendDocument } from './respond';

const NUMBER: JsonSchema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
/** Without the zero character, which PostgreSQL can't compare with. */
const TEXT: JsonSchema = { type: 'string', minLength: 1, maxLength: 128, pattern: '^[^\\u0000]+$' };

/** What the mirror knows, each answer with the height it was read at. */
export function registryReadRoutes(context: GatewayContext): Route[] {
  return [...documentRoutes(context), ...listingRoutes(context), ...ledgerRoutes(context)];
}

interface DocumentRoute {
  readonly name: string;
  readonly path: string;
  readonly summary: string;
  readonly id?: ParameterDescription;
  readonly missing: readonly [ErrorCode, string];
  readonly read: (reads: MirrorReads, id: string) => Promise<Stored<unknown> | undefined>;
}

const DOCUMENTS: readonly DocumentRoute[] = [
  {
    name: 'readActor',
    path: '/v1/actors/{actor_id}',
    summary: 'An actor and its keys',
    id: pathParameter('actor_id', 'Id of the actor', HEX32),
    missing: ['ACTOR_UNKNOWN', 'No such actor is registered.'],
    read: (reads, id) => reads.actor(id),
  },
  {
    name: 'readArtifact',
    path: '/v1/artifacts/{artifact_id}',
    summary: 'An artifact with its state and reviews',
    id: pathParameter('artifact_id', 'Id of the artifact', HEX32),
    missing: ['ARTIFACT_UNKNOWN', 'No such artifact is registered.'],
    read: (reads, id) => reads.artifact(id),
  },
  {
    name: 'readLicense',
    path: '/v1/licenses/{license_id}',
    summary: 'A license',
    id: pathParameter('license_id', 'Id of the license', HEX32),
    missing: ['LICENSE_UNKNOWN', 'No such license is defined.'],
    read: (reads, id) => reads.license(id),
  },
  {
    name: 'readRight',
    path: '/v1/rights/{right_id}',
    summary: 'A right and its holder',
    id: pathParameter('right_id', 'Id of the right', HEX32),
    missing: ['RIGHT_UNKNOWN', 'No such right exists.'],
    read: (reads, id) => reads.right(id),
  },
  {
    name: 'readContentKey',
    path: '/v1/keys/{artifact_id}',
    summary: 'Commitments to the content keys of an artifact',
    id: pathParameter('artifact_id', 'Id of the artifact', HEX32),
    missing: ['CONTENT_KEY_UNKNOWN', 'No content key of this artifact is committed.'],
    read: (reads, id) => reads.contentKey(id),
  },
  {
    name: 'readParameters',
    path: '/v1/parameters',
    summary: 'The parameters in force',
    missing: ['PARAMETERS_MISSING', 'The operators have not approved parameters yet.'],
    read: (reads) => reads.parameters(),
  },
];

function documentRoutes(context: GatewayContext): Route[] {
  return DOCUMENTS.map(({ name, path, summary, id, missing, read }) => ({
    method: 'get',
    path,
    operationId: name,
    tag: 'Reading',
    summary,
    access: 'reader',
    limit: 'reads',
    parameters: [...(id === undefined ? [] : [id]), MIN_HEIGHT, IF_NONE_MATCH],
    responses: {
      200: {
        description: 'The document.',
        schema: schemaRef(name === 'readParameters' ? 'Parameters' : 'LedgerDocument'),
        headers: [HEIGHT_HEADER, 'ETag'],
      },
      304: { description: 'The document has not changed.' },
    },
    handle: async (request, response) => {
      await announceHeight(context.head, request, response);
      const value = id === undefined ? '' : (request.path[id.name] ?? '');
      const found = await read(context.reads, value);
      if (found === undefined) {
        const [code, message] = missing;
        throw new RegistryError(code, message, value === '' ? {} : { subject: value });
      }
      sendDocument(request, response, found);
    },
  }));
}

/** Order of first appearance on the ledger, which never changes for a row. */
function created(id: string): ListingDefinition['order'] {
  return [
    { column: 'created_block', type: 'number' },
    { column: 'created_tx_index', type: 'number' },
    { column: id, type: 'string' },
  ];
}

interface ListingRoute {
  readonly name: string;
  readonly path: string;
  readonly summary: string;
  readonly filters: readonly ParameterDescription[];
  readonly definition: ListingDefinition;
}

const LISTINGS: readonly ListingRoute[] = [
  {
    name: 'listArtifacts',
    path: '/v1/artifacts',
    summary: 'Artifacts, oldest first',
    filters: [
      queryParameter('kind', 'Kind of artifact', { type: 'string', enum: ARTIFACT_KINDS }),
      queryParameter('maker', 'actor_id of the maker', HEX32),
      queryParameter('state', 'State', { type: 'string', enum: ARTIFACT_STATES }),
      queryParameter('name', 'Exact name', TEXT),
      queryParameter('root_digest', 'Root digest', HEX32),
    ],
    definition: {
      table: 'registry.artifacts',
      order: created('artifact_id'),
      filters: { kind: 'kind', maker: 'maker', state: 'state', name: 'name', root_digest: 'root_digest' },
    },
  },
  {
    name: 'listRights',
    path: '/v1/rights',
    summary: 'Rights, oldest first',
    filters: [
      queryParameter('holder', 'actor_id of the holder', HEX32),
      queryParameter('artifact_id', 'Id of the artifact', HEX32),
      queryParameter('maker', 'actor_id of the maker', HEX32),
    ],
    definition: {
      table: 'registry.rights',
      order: created('right_id'),
      filters: { holder: 'holder', artifact_id: 'artifact_id', maker: 'maker' },
    },
  },
  {
    name: 'listSales',
    path: '/v1/sales',
    summary: 'Sales, oldest first',
    filters: [
      queryParameter('right_id', 'Id of the right', HEX32),
      queryParameter('seller', 'actor_id of the seller', HEX32),
      queryParameter('buyer', 'actor_id of the buyer', HEX32),
    ],
    definition: {
      table: 'registry.sales',
      order: [...created('right_id'), { column: 'version', type: 'number' }],
      filters: { right_id: 'right_id', seller: 'seller', buyer: 'buyer' },
    },
  },
];

function listingRoutes(context: GatewayContext): Route[] {
  const listings = LISTINGS.map(({ name, path, summary, filters, definition }): Route => ({
    ...listingRoute(name, path, summary, [...filters, CURSOR]),
    handle: async (request, response) => {
      await announceHeight(context.head, request, response);
      const page = await listDocuments(context.pool, definition, {
        filters: request.query,
        cursor: textOf(request, 'cursor'),
        limit: numberOf(request, 'limit'),
      });
      response.json(page);
    },
  }));
  return [...listings, revocationsRoute(context)];
}

function listingRoute(
  operationId: string,
  path: string,
  summary: string,
  parameters: readonly ParameterDescription[],
): Omit<Route, 'handle'> {
  return {
    method: 'get',
    path,
    operationId,
    tag: 'Reading',
    summary,
    access: 'reader',
    limit: 'reads',
    parameters: [...parameters, LIMIT, MIN_HEIGHT],
    responses: { 200: { description: 'A page.', schema: schemaRef('Page'), headers: [HEIGHT_HEADER] } },
  };
}

/** Revocations have gapless numbers, so the number itself is the cursor. */
function revocationsRoute(context: GatewayContext): Route {
  const after = queryParameter('after', 'Number of the last revocation known; 0 by default.', NUMBER);
  const subject = queryParameter('subject_id', 'What was revoked', TEXT);
  return {
    ...listingRoute('listRevocations', '/v1/revocations', 'Revocations by number', [after, subject]),
    handle: async (request, response) => {
      await announceHeight(context.head, request, response);
      const page = await listDocuments(context.pool, REVOCATIONS, {
        filters: request.query,
        after: [numberOf(request, 'after') ?? 0],
        limit: numberOf(request, 'limit'),
      });
      response.json({ items: page.items });
    },
  };
}

const REVOCATIONS: ListingDefinition = {
  table: 'registry.revocations',
  order: [{ column: 'number', type: 'number' }],
  filters: { subject_id: 'subject_id' },
};

function ledgerRoutes(context: GatewayContext): Route[] {
  return [transactionRoute(context), blockRoute(context), timelineRoute(context)];
}

function transactionRoute(context: GatewayContext): Route {
  const id = pathParameter('tx_id', 'Id of the transaction', HEX32);
  return {
    ...ledgerRoute('readTransaction', '/v1/transactions/{tx_id}', 'A transaction, valid or not', [id]),
    handle: async (request, response) => {
      await announceHeight(context.head, request, response);
      const txId = request.path['tx_id'] ?? '';
      response.json(found(await readTransaction(context.pool, txId), 'transaction', txId));
    },
  };
}

function blockRoute(context: GatewayContext): Route {
  const number = pathParameter('number', 'Number of the block', NUMBER);
  return {
    ...ledgerRoute('readBlock', '/v1/blocks/{number}', 'A block and its transactions', [number]),
    handle: async (request, response) => {
      await announceHeight(context.head, request, response);
      const block = Number(request.path['number']);
      response.json(found(await readBlock(context.pool, block), 'block', String(block)));
    },
  };
}

function timelineRoute(context: GatewayContext): Route {
  const subject = pathParameter(
    'subject_id',
    'Id of an actor, artifact, license, right, device or proposal',
    TEXT,
  );
  return {
    ...listingRoute('readTimeline', '/v1/timeline/{subject_id}', 'What happened to a subject, oldest first', [
      subject,
      CURSOR,
    ]),
    handle: async (request, response) => {
      await announceHeight(context.head, request, response);
      const subjectId = request.path['subject_id'] ?? '';
      const limit = numberOf(request, 'limit');
      response.json(await readTimeline(context.pool, subjectId, textOf(request, 'cursor'), limit));
    },
  };
}

function ledgerRoute(
  operationId: string,
  path: string,
  summary: string,
  parameters: readonly ParameterDescription[],
): Omit<Route, 'handle'> {
  return {
    method: 'get',
    path,
    operationId,
    tag: 'Reading',
    summary,
    access: 'reader',
    limit: 'reads',
    parameters: [...parameters, MIN_HEIGHT],
    responses: {
      200: { description: 'As the mirror has it.', schema: { type: 'object' }, headers: [HEIGHT_HEADER] },
    },
  };
}

function found(document: unknown, what: string, subject: string): unknown {
  if (document !== undefined) return document;
  throw new RegistryError('NOT_FOUND', `The mirror has no such ${what}.`, { subject });
}

function textOf(request: ValidRequest, name: string): string | undefined {
  const value = request.query[name];
  return typeof value === 'string' ? value : undefined;
}

function numberOf(request: ValidRequest, name: string): number | undefined {
  const value = request.query[name];
  return typeof value === 'number' ? value : undefined;
}
