import { ARTIFACT_KINDS, ARTIFACT_STATES, RegistryError } from '@maker-registry/protocol';
import { type GatewayContext } from '../context';
import { type ParameterDescription, type Route } from '../http/route';
import {
  CURSOR,
  HEX32,
  MIN_HEIGHT,
  NUMBER,
  pathParameter,
  queryParameter,
  schemaRef,
  TEXT,
} from '../openapi/schemas';
import { readBlock, readTimeline, readTransaction } from '../reads/ledger-reads';
import { type ListingDefinition, listDocuments } from '../reads/listing';
import {
  created,
  documentRoute,
  type DocumentRead,
  type ListingRead,
  listingRoute,
  numberOf,
  pageRoute,
  textOf,
} from './read-routes';
import { announceHeight, HEIGHT_HEADER } from './respond';

/** What the mirror knows, each answer with the height it was read at. */
export function registryReadRoutes(context: GatewayContext): Route[] {
  return [...documentRoutes(context), ...listingRoutes(context), ...ledgerRoutes(context)];
}

const DOCUMENTS: readonly Omit<DocumentRead, 'tag'>[] = [
  {
    name: 'readActor',
    path: '/v1/actors/{actor_id}',
    summary: 'An actor and its keys',
    ids: [pathParameter('actor_id', 'Id of the actor', HEX32)],
    missing: ['ACTOR_UNKNOWN', 'No such actor is registered.'],
    read: (reads, { actor_id: id = '' }) => reads.actor(id),
  },
  {
    name: 'readArtifact',
    path: '/v1/artifacts/{artifact_id}',
    summary: 'An artifact with its state and reviews',
    ids: [pathParameter('artifact_id', 'Id of the artifact', HEX32)],
    missing: ['ARTIFACT_UNKNOWN', 'No such artifact is registered.'],
    read: (reads, { artifact_id: id = '' }) => reads.artifact(id),
  },
  {
    name: 'readLicense',
    path: '/v1/licenses/{license_id}',
    summary: 'A license',
    ids: [pathParameter('license_id', 'Id of the license', HEX32)],
    missing: ['LICENSE_UNKNOWN', 'No such license is defined.'],
    read: (reads, { license_id: id = '' }) => reads.license(id),
  },
  {
    name: 'readRight',
    path: '/v1/rights/{right_id}',
    summary: 'A right and its holder',
    ids: [pathParameter('right_id', 'Id of the right', HEX32)],
    missing: ['RIGHT_UNKNOWN', 'No such right exists.'],
    read: (reads, { right_id: id = '' }) => reads.right(id),
  },
  {
    name: 'readContentKey',
    path: '/v1/keys/{artifact_id}',
    summary: 'Commitments to the content keys of an artifact',
    ids: [pathParameter('artifact_id', 'Id of the artifact', HEX32)],
    missing: ['CONTENT_KEY_UNKNOWN', 'No content key of this artifact is committed.'],
    read: (reads, { artifact_id: id = '' }) => reads.contentKey(id),
  },
  {
    name: 'readParameters',
    path: '/v1/parameters',
    summary: 'The parameters in force',
    ids: [],
    schema: schemaRef('Parameters'),
    missing: ['PARAMETERS_MISSING', 'The operators have not approved parameters yet.'],
    read: (reads) => reads.parameters(),
  },
];

function documentRoutes(context: GatewayContext): Route[] {
  return DOCUMENTS.map((description) => documentRoute(context, { ...description, tag: 'Reading' }));
}

const LISTINGS: readonly Omit<ListingRead, 'tag'>[] = [
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
  const listings = LISTINGS.map((description) => listingRoute(context, { ...description, tag: 'Reading' }));
  return [...listings, revocationsRoute(context)];
}

/** Revocations have gapless numbers, so the number itself is the cursor. */
function revocationsRoute(context: GatewayContext): Route {
  const after = queryParameter('after', 'Number of the last revocation known; 0 by default.', NUMBER);
  const subject = queryParameter('subject_id', 'What was revoked', TEXT);
  return {
    ...pageRoute({
      name: 'listRevocations',
      path: '/v1/revocations',
      summary: 'Revocations by number',
      parameters: [after, subject],
    }),
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
    'Id of an actor, artifact, license, right, device, proposal, model, scheme, settlement, withdrawal, stream or share ' +
      'issue, or a content hash',
    TEXT,
  );
  return {
    ...pageRoute({
      name: 'readTimeline',
      path: '/v1/timeline/{subject_id}',
      summary: 'What happened to a subject, oldest first',
      parameters: [subject, CURSOR],
    }),
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
