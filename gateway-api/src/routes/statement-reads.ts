import { type JsonSchema, type Settlement } from '@maker-registry/protocol';
import { type GatewayContext } from '../context';
import { type ParameterDescription, type Route, type ValidRequest } from '../http/route';
import { COUNTER, CURSOR, queryParameter } from '../openapi/schemas';
import { allocationPage } from '../reads/allocations';
import { CREDIT_STATES, type CreditStateFilter, readStatement } from '../reads/credit-statement';
import { type ListingDefinition, listDocuments } from '../reads/listing';
import { readWindowSums } from '../reads/stream-windows';
import {
  assertParent,
  type Missing,
  missingError,
  numberOf,
  pageQuery,
  pageRoute,
  textOf,
} from './read-routes';
import { announceHeight } from './respond';

/** Parameters of the paths below. */
export type StatementIds = Readonly<
  Record<'settlement' | 'owner' | 'currency' | 'stream', ParameterDescription>
>;

/** Answers that are computed rather than stored. */
export function statementRoutes(context: GatewayContext, ids: StatementIds): Route[] {
  return [
    allocationsRoute(context, ids.settlement),
    creditsRoute(context, [ids.owner, ids.currency]),
    windowsRoute(context, ids.stream),
  ];
}

const NO_SETTLEMENT: Missing = ['SETTLEMENT_UNKNOWN', 'No such settlement exists.'];
const NO_STREAM: Missing = ['STREAM_UNKNOWN', 'No such stream exists.'];

function allocationsRoute(context: GatewayContext, id: ParameterDescription): Route {
  return {
    ...pageRoute({
      name: 'listAllocations',
      path: '/v1/settlements/{settlement_id}/allocations',
      tag: 'Royalties',
      summary: 'Every line of a settlement by layer, the registry’s fee last',
      parameters: [id, CURSOR],
    }),
    handle: async (request, response) => {
      await announceHeight(context.head, request, response);
      const found = await context.reads.document('settlements', request.path);
      if (found === undefined) throw missingError(NO_SETTLEMENT, [id], request.path);
      const settlement = found.doc as Settlement;
      response.json(allocationPage(settlement, textOf(request, 'cursor'), numberOf(request, 'limit')));
    },
  };
}

const STATE = queryParameter('state', 'Which sources; `all` by default.', {
  type: 'string',
  enum: CREDIT_STATES,
});

const AMOUNT: JsonSchema = { type: 'string', pattern: '^[0-9]+$' };

function pageWith(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return {
    type: 'object',
    required: ['items'],
    properties: {
      items: { type: 'array', items: { type: 'object' } },
      next_cursor: { type: 'string', description: 'Present when more rows follow.' },
      ...properties,
    },
  };
}

const STATEMENT = pageWith({
  totals: {
    type: 'object',
    description: 'Of the whole statement; on its first page.',
    properties: { open: AMOUNT, collected: AMOUNT },
  },
});

function creditsRoute(context: GatewayContext, ids: readonly ParameterDescription[]): Route {
  return {
    ...pageRoute({
      name: 'listCredits',
      path: '/v1/vaults/{beneficiary}/{currency}/credits',
      tag: 'Royalties',
      summary: 'A beneficiary’s statement: what every source owes or owed it, oldest first',
      parameters: [...ids, STATE, CURSOR],
      schema: STATEMENT,
    }),
    handle: async (request, response) => {
      await announceHeight(context.head, request, response);
      const { beneficiary = '', currency = '' } = request.path;
      const statement = await readStatement(context.pool, {
        beneficiary,
        currency,
        state: (textOf(request, 'state') ?? 'all') as CreditStateFilter,
        cursor: textOf(request, 'cursor'),
        limit: numberOf(request, 'limit'),
      });
      response.json(statement);
    },
  };
}

const FROM = queryParameter('from', 'Number of the first window; 0 by default.', COUNTER);
const TO = queryParameter('to', 'Number of the last window; the newest by default.', COUNTER);

const WINDOWS: ListingDefinition = {
  table: 'registry.stream_windows',
  order: [{ column: 'number', type: 'number' }],
  filters: {
    stream_id: 'stream_id',
    from: { expression: 'number', operator: '>=' },
    to: { expression: 'number', operator: '<=' },
  },
};

const WINDOW_SUMS = pageWith({
  sum: { ...AMOUNT, description: 'Of all windows in the range.' },
  cumulative: { ...AMOUNT, description: 'Of all windows up to the last one in the range.' },
});

function windowsRoute(context: GatewayContext, id: ParameterDescription): Route {
  return {
    ...pageRoute({
      name: 'listStreamWindows',
      path: '/v1/streams/{stream_id}/windows',
      tag: 'Royalties',
      summary: 'Settled windows of a stream with their sums, in order',
      parameters: [id, FROM, TO, CURSOR],
      schema: WINDOW_SUMS,
    }),
    handle: async (request, response) => {
      await announceHeight(context.head, request, response);
      const page = await listDocuments(context.pool, WINDOWS, pageQuery(request));
      if (page.items.length === 0) {
        const read = { missing: NO_STREAM, read: streamOf };
        await assertParent(context, read, [id], request.path);
      }
      const [from, to] = rangeOf(request);
      const sums = await readWindowSums(context.pool, request.path['stream_id'] ?? '', from, to);
      response.json({ ...page, ...sums });
    },
  };
}

function streamOf(
  reads: GatewayContext['reads'],
  path: ValidRequest['path'],
): ReturnType<typeof reads.document> {
  return reads.document('streams', path);
}

function rangeOf(request: ValidRequest): [from: number, to: number] {
  return [numberOf(request, 'from') ?? 0, numberOf(request, 'to') ?? Number.MAX_SAFE_INTEGER];
}
