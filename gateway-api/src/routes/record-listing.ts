import { RegistryError } from '@maker-registry/protocol';
import { type GatewayContext } from '../context';
import { type Route, type ValidRequest } from '../http/route';
import { CURSOR, HEX32, queryParameter } from '../openapi/schemas';
import { type ListingDefinition, listDocuments } from '../reads/listing';
import { payloadRange } from '../reads/payload-range';
import { created, numberOf, pageQuery, pageRoute, textOf } from './read-routes';
import { announceHeight } from './respond';

const FILTERS = {
  content_hash: 'content_hash',
  model_ref: 'model_ref',
  scheme_ref: 'scheme_ref',
  parent_hash: 'parent_hash',
  recorder: 'recorder',
} as const;

const RECORDS: ListingDefinition = {
  table: 'registry.records',
  order: created('model_ref', 'content_hash'),
  filters: FILTERS,
};

/** In the order of the index, so that a short payload with a million hits costs no more than a page. */
const BY_NONCE: ListingDefinition = {
  table: 'registry.records',
  order: [
    { column: 'nonce', type: 'string', bytewise: true },
    { column: 'model_ref', type: 'string' },
  ],
  filters: {
    ...FILTERS,
    nonce_from: { expression: 'nonce COLLATE "C"', operator: '>=' },
    nonce_to: { expression: 'nonce COLLATE "C"', operator: '<=' },
  },
};

const PARAMETERS = [
  queryParameter('content_hash', 'Hash of the content', HEX32),
  queryParameter('model_ref', 'Reference of the model', HEX32),
  queryParameter('scheme_ref', 'Reference of the scheme', HEX32),
  queryParameter('parent_hash', 'Content hash that the records name as their parent', HEX32),
  queryParameter('recorder', 'actor_id of who submitted them', HEX32),
  queryParameter('payload', 'What a detector read, hex, the first bit first; with `scheme_ref` only.', {
    type: 'string',
    pattern: '^[0-9a-f]{1,64}$',
  }),
  queryParameter('payload_bits', 'How many leading bits of `payload` count; all by default.', {
    type: 'integer',
    minimum: 1,
    maximum: 256,
  }),
  CURSOR,
];

/** Records by what they are about, or by the payload of a recovered watermark. */
export function recordListingRoute(context: GatewayContext): Route {
  return {
    ...pageRoute({
      name: 'listRecords',
      path: '/v1/records',
      tag: 'Provenance',
      summary: 'Generation records, oldest first; by payload in the order of their nonces',
      parameters: PARAMETERS,
    }),
    description:
      'A watermark’s payload is the leading bits of the record’s `nonce`. A look-up by `payload` gives all records of the ' +
      'scheme that it fits: whoever finds several decides by content, not by order.',
    handle: async (request, response) => {
      const nonces = nonceFilters(request);
      await announceHeight(context.head, request, response);
      const query = pageQuery(request);
      if (nonces === undefined) response.json(await listDocuments(context.pool, RECORDS, query));
      else {
        const filters = { ...query.filters, ...nonces };
        response.json(await listDocuments(context.pool, BY_NONCE, { ...query, filters }));
      }
    },
  };
}

/** The range of nonces asked for; undefined without a payload. Throws SCHEMA_VIOLATION. */
function nonceFilters(
  request: ValidRequest,
): { readonly nonce_from: string; readonly nonce_to: string } | undefined {
  const payload = textOf(request, 'payload');
  const bits = numberOf(request, 'payload_bits');
  if (payload === undefined) {
    if (bits === undefined) return undefined;
    throw new RegistryError('SCHEMA_VIOLATION', '/query/payload is missing.', { subject: '/query/payload' });
  }
  if (textOf(request, 'scheme_ref') === undefined) {
    throw new RegistryError('SCHEMA_VIOLATION', 'A payload means something within a scheme only.', {
      subject: '/query/scheme_ref',
    });
  }
  const { from, to } = payloadRange(payload, bits);
  return { nonce_from: from, nonce_to: to };
}
