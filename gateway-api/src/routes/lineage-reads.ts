import { type JsonSchema, MAX_LINEAGE_DEPTH, recordRisks } from '@maker-registry/protocol';
import { type Pool } from 'pg';
import { type GatewayContext } from '../context';
import { type ParameterDescription, type Route, type ValidRequest } from '../http/route';
import { MAX_DERIVATIVES } from '../limits';
import { HEX32, MIN_HEIGHT, NUMBER, queryParameter } from '../openapi/schemas';
import { readAncestors, readDerivatives } from '../reads/lineage';
import { BUNDLE_FORMAT, readBundle, readSurroundings } from '../reads/record-bundle';
import { missingError, numberOf } from './read-routes';
import { announceHeight, HEIGHT_HEADER } from './respond';

const DIRECTION = queryParameter(
  'direction',
  '`up` to the ancestors (the default), `down` to what derives.',
  {
    type: 'string',
    enum: ['up', 'down'],
  },
);
const DEPTH = queryParameter('depth', `Layers at most; ${MAX_LINEAGE_DEPTH} by default.`, {
  type: 'integer',
  minimum: 1,
  maximum: MAX_LINEAGE_DEPTH,
});

const DOCUMENTS: JsonSchema = { type: 'array', items: { type: 'object' } };

const LINEAGE: JsonSchema = {
  type: 'object',
  required: ['items', 'depth', 'incomplete', 'cycle'],
  properties: {
    items: {
      ...DOCUMENTS,
      description: 'Records with their `layer`: 1 is the parent, or a direct derivative.',
    },
    depth: { ...NUMBER, description: 'Layers found.' },
    incomplete: {
      type: 'boolean',
      description: `Upwards: a parent is not registered. Downwards: there are more than ${MAX_DERIVATIVES} records.`,
    },
    cycle: { type: 'boolean', description: 'A record names as its parent a content that was met before.' },
    missing: { ...HEX32, description: 'Upwards: the content hash of the parent that is not registered.' },
  },
};

const BUNDLE: JsonSchema = {
  type: 'object',
  required: ['format', 'network', 'height', 'records', 'models', 'schemes', 'policies', 'content_index'],
  properties: {
    format: { const: BUNDLE_FORMAT },
    network: { ...HEX32, description: 'Genesis hash of the channel.' },
    height: NUMBER,
    records: { ...DOCUMENTS, description: 'The record, then its ancestors, nearest first.' },
    models: DOCUMENTS,
    schemes: DOCUMENTS,
    policies: { ...DOCUMENTS, description: 'The policy versions in force.' },
    content_index: {
      type: 'object',
      additionalProperties: HEX32,
      description: 'Content hash → model whose record was the first of it.',
    },
  },
};

const RISKS: JsonSchema = {
  type: 'object',
  required: ['model_ref', 'content_hash', 'risks'],
  properties: {
    model_ref: HEX32,
    content_hash: HEX32,
    risks: { type: 'array', items: { type: 'string' }, description: 'The gravest first.' },
  },
};

/** What surrounds a record. */
interface RecordRead extends Pick<Route, 'summary' | 'description'> {
  readonly name: string;
  /** Last segment of the path. */
  readonly view: string;
  readonly parameters: readonly ParameterDescription[];
  readonly schema: JsonSchema;
  readonly read: (
    pool: Pool,
    record: readonly [modelRef: string, contentHash: string],
    request: ValidRequest,
  ) => Promise<unknown>;
}

const READS: readonly RecordRead[] = [
  {
    name: 'readLineage',
    view: 'lineage',
    summary: 'A record’s ancestors, or what derives from it',
    description:
      'Where several models recorded the parent’s content, the parent is the record of `parent_model_ref` if the child ' +
      `names one, else the first in ledger order. Downwards, of more than ${MAX_DERIVATIVES} records the first are given, ` +
      'layer by layer; `/v1/records?parent_hash=` lists one layer to its end.',
    parameters: [DIRECTION, DEPTH],
    schema: LINEAGE,
    read: (pool, record, request) => {
      const read = request.query['direction'] === 'down' ? readDerivatives : readAncestors;
      return read(pool, ...record, numberOf(request, 'depth'));
    },
  },
  {
    name: 'readBundle',
    view: 'bundle',
    summary: 'Everything that verifying a record offline needs, as of one block',
    parameters: [],
    schema: BUNDLE,
    read: (pool, record) => readBundle(pool, ...record),
  },
  {
    name: 'readRisks',
    view: 'risks',
    summary: 'What to weigh about a record as its model and scheme stand now',
    parameters: [],
    schema: RISKS,
    read: async (pool, record) => {
      const found = await readSurroundings(pool, ...record);
      if (found === undefined) return undefined;
      const { model_ref, content_hash } = found.record;
      return { model_ref, content_hash, risks: recordRisks(found.record, found.model, found.scheme) };
    },
  },
];

/** @param ids the parameters that name a record */
export function lineageRoutes(context: GatewayContext, ids: readonly ParameterDescription[]): Route[] {
  return READS.map(({ name, view, summary, description, parameters, schema, read }) => ({
    method: 'get',
    path: `/v1/records/{model_ref}/{content_hash}/${view}`,
    operationId: name,
    tag: 'Provenance',
    summary,
    ...(description === undefined ? {} : { description }),
    access: 'reader',
    limit: 'reads',
    parameters: [...ids, ...parameters, MIN_HEIGHT],
    responses: { 200: { description: 'As the mirror has it.', schema, headers: [HEIGHT_HEADER] } },
    handle: async (request, response) => {
      await announceHeight(context.head, request, response);
      const { model_ref: modelRef = '', content_hash: contentHash = '' } = request.path;
      const found = await read(context.pool, [modelRef, contentHash], request);
      if (found === undefined) {
        throw missingError(['NOT_FOUND', 'The model has no record of this content.'], ids, request.path);
      }
      response.json(found);
    },
  }));
}
