import { SCHEME_STATUSES } from '@maker-registry/protocol';
import { type GatewayContext } from '../context';
import { type Route } from '../http/route';
import { COUNTER, HEX32, pathParameter, queryParameter, TEXT } from '../openapi/schemas';
import { lineageRoutes } from './lineage-reads';
import { created, type DocumentRead, documentRoute, type ListingRead, listingRoute } from './read-routes';
import { recordListingRoute } from './record-listing';

const MODEL = pathParameter('model_ref', 'Reference of the model', HEX32);
const SCHEME = pathParameter('scheme_ref', 'Reference of the scheme', HEX32);
const CONTENT = pathParameter('content_hash', 'Hash of the content', HEX32);
const VERSION = pathParameter('version', 'Version of the entry, from 1', COUNTER);
const MODEL_FILTER = queryParameter('model_ref', 'Reference of the model', HEX32);

const DOCUMENTS: readonly Omit<DocumentRead, 'tag'>[] = [
  {
    name: 'readModel',
    path: '/v1/models/{model_ref}',
    summary: 'A generating model with its attestation keys',
    ids: [MODEL],
    missing: ['MODEL_UNKNOWN', 'No such model is registered.'],
    read: (reads, path) => reads.document('models', path),
  },
  {
    name: 'readModelVersion',
    path: '/v1/models/{model_ref}/versions/{version}',
    summary: 'A model’s entry as it was at a version',
    ids: [MODEL, VERSION],
    missing: ['MODEL_UNKNOWN', 'The model has no such version.'],
    read: (reads, path) => reads.document('model_versions', path),
  },
  {
    name: 'readScheme',
    path: '/v1/schemes/{scheme_ref}',
    summary: 'A watermark scheme',
    ids: [SCHEME],
    missing: ['SCHEME_UNKNOWN', 'No such scheme is registered.'],
    read: (reads, path) => reads.document('schemes', path),
  },
  {
    name: 'readSchemeVersion',
    path: '/v1/schemes/{scheme_ref}/versions/{version}',
    summary: 'A scheme’s entry as it was at a version',
    ids: [SCHEME, VERSION],
    missing: ['SCHEME_UNKNOWN', 'The scheme has no such version.'],
    read: (reads, path) => reads.document('scheme_versions', path),
  },
  {
    name: 'readRecord',
    path: '/v1/records/{model_ref}/{content_hash}',
    summary: 'A generation record',
    ids: [MODEL, CONTENT],
    missing: ['NOT_FOUND', 'The model has no record of this content.'],
    read: (reads, path) => reads.document('records', path),
  },
];

const LISTINGS: readonly Omit<ListingRead, 'tag'>[] = [
  {
    name: 'listModels',
    path: '/v1/models',
    summary: 'Models, oldest first',
    filters: [
      queryParameter('owner', 'actor_id of the owner', HEX32),
      queryParameter('model_id', 'The owner’s name for it', TEXT),
    ],
    definition: {
      table: 'registry.models',
      order: created('model_ref'),
      filters: { owner: 'owner', model_id: 'model_id' },
    },
  },
  {
    name: 'listSchemes',
    path: '/v1/schemes',
    summary: 'Watermark schemes, oldest first',
    filters: [MODEL_FILTER, queryParameter('status', 'Status', { type: 'string', enum: SCHEME_STATUSES })],
    definition: {
      table: 'registry.schemes',
      order: created('scheme_ref'),
      filters: { model_ref: 'model_ref', status: 'status' },
    },
  },
];

/** Models, schemes and records with their lineage. */
export function provenanceReadRoutes(context: GatewayContext): Route[] {
  const tag = 'Provenance';
  return [
    ...LISTINGS.map((description) => listingRoute(context, { ...description, tag })),
    recordListingRoute(context),
    ...DOCUMENTS.map((description) => documentRoute(context, { ...description, tag })),
    ...lineageRoutes(context, [MODEL, CONTENT]),
  ];
}
