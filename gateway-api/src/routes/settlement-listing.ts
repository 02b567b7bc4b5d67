import { type GatewayContext } from '../context';
import { type Route } from '../http/route';
import { BENEFICIARY, CURRENCY, CURSOR, HEX32, queryParameter, TEXT } from '../openapi/schemas';
import { type ListingDefinition, listDocuments } from '../reads/listing';
import { created, pageQuery, pageRoute, textOf } from './read-routes';
import { announceHeight } from './respond';

const PARAMETERS = [
  queryParameter('payer', 'actor_id of the payer', HEX32),
  queryParameter('settlement_ref', 'The payer’s own reference', TEXT),
  queryParameter('model_ref', 'Model of what was sold', HEX32),
  queryParameter('content_hash', 'Content hash of what was sold', HEX32),
  queryParameter('currency', 'ISO 4217', CURRENCY),
  queryParameter(
    'beneficiary',
    'Whom some line pays: actor, share issue, `pending:…` or `safety-fund`',
    BENEFICIARY,
  ),
  queryParameter('stream_id', 'Id of the stream', HEX32),
];

const FILTERS = Object.fromEntries(PARAMETERS.map(({ name }) => [name, name]));

/** Ordered by the columns of the credits, whose index gives a beneficiary's settlements in ledger order. */
const OF_BENEFICIARY = `(
  SELECT credits.beneficiary, credits.created_block, credits.created_tx_index, credits.settlement_id, payer,
      settlement_ref, model_ref, content_hash, settlements.currency, stream_id, lines, settlements.doc
    FROM registry.settlement_credits AS credits JOIN registry.settlements USING (settlement_id)
) AS settlements`;

/** @param lines of all settlements on one page, about: documents differ in size by a factor of a thousand */
export function settlementListingRoute(context: GatewayContext, lines: number): Route {
  const all: ListingDefinition = {
    table: 'registry.settlements',
    order: created('settlement_id'),
    filters: FILTERS,
    weight: { column: 'lines', page: lines },
  };
  const ofBeneficiary = { ...all, table: OF_BENEFICIARY };
  return {
    ...pageRoute({
      name: 'listSettlements',
      path: '/v1/settlements',
      tag: 'Royalties',
      summary: 'Settlements, oldest first',
      parameters: [...PARAMETERS, CURSOR],
    }),
    description: `A page ends early, with a cursor, where its settlements have ${lines} lines together.`,
    handle: async (request, response) => {
      await announceHeight(context.head, request, response);
      const definition = textOf(request, 'beneficiary') === undefined ? all : ofBeneficiary;
      response.json(await listDocuments(context.pool, definition, pageQuery(request)));
    },
  };
}
