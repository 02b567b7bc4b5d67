import { SUSPENSE_REASONS, WITHDRAWAL_STATUSES } from '@maker-registry/protocol';
import { type GatewayContext } from '../context';
import { type ParameterDescription, type Route } from '../http/route';
import { MAX_SETTLEMENT_LINES } from '../limits';
import {
  BENEFICIARY,
  COUNTER,
  CURRENCY,
  HEX32,
  pathParameter,
  queryParameter,
  TEXT,
} from '../openapi/schemas';
import { type ListingDefinition } from '../reads/listing';
import {
  created,
  type DocumentRead,
  documentRoute,
  type ListingRead,
  listingRoute,
  type Missing,
} from './read-routes';
import { settlementListingRoute } from './settlement-listing';
import { statementRoutes } from './statement-reads';

const MODEL = pathParameter('model_ref', 'Reference of the model', HEX32);
const CONTENT = pathParameter('content_hash', 'Hash of the content', HEX32);
const VERSION = pathParameter('version', 'Version of the policy, from 1', COUNTER);
const SETTLEMENT = pathParameter('settlement_id', 'Id of the settlement', HEX32);
const OWNER = pathParameter('beneficiary', 'Actor, share issue or `safety-fund`', BENEFICIARY);
const VAULT_CURRENCY = pathParameter('currency', 'ISO 4217', CURRENCY);
const WITHDRAWAL = pathParameter('withdrawal_id', 'Id of the withdrawal', HEX32);
const STREAM = pathParameter('stream_id', 'Id of the stream', HEX32);
const SHARES = pathParameter('shares_id', 'Id of the share issue', HEX32);

const NO_POLICY: Missing = ['POLICY_UNKNOWN', 'The record has no royalty policy.'];
const NO_SHARES: Missing = ['SHARES_UNKNOWN', 'No such share issue exists.'];

const DOCUMENTS: readonly Omit<DocumentRead, 'tag'>[] = [
  {
    name: 'readPolicy',
    path: '/v1/policies/{model_ref}/{content_hash}',
    summary: 'The royalty policy of a record',
    ids: [MODEL, CONTENT],
    missing: NO_POLICY,
    read: (reads, path) => reads.document('policies', path),
  },
  {
    name: 'readPolicyVersion',
    path: '/v1/policies/{model_ref}/{content_hash}/versions/{version}',
    summary: 'One version of a policy, word for word',
    ids: [MODEL, CONTENT, VERSION],
    missing: ['POLICY_UNKNOWN', 'The policy has no such version.'],
    read: (reads, path) => reads.document('policy_versions', path),
  },
  {
    name: 'readSettlement',
    path: '/v1/settlements/{settlement_id}',
    summary: 'A settlement with the justification of every unit',
    ids: [SETTLEMENT],
    missing: ['SETTLEMENT_UNKNOWN', 'No such settlement exists.'],
    read: (reads, path) => reads.document('settlements', path),
  },
  {
    name: 'readVault',
    path: '/v1/vaults/{beneficiary}/{currency}',
    summary: 'What a beneficiary has collected and withdrawn in a currency',
    ids: [OWNER, VAULT_CURRENCY],
    missing: ['NOT_FOUND', 'The beneficiary has collected nothing in this currency yet; see its credits.'],
    read: (reads, path) => reads.document('vaults', path),
  },
  {
    name: 'readWithdrawal',
    path: '/v1/withdrawals/{withdrawal_id}',
    summary: 'A withdrawal and what payout desks reported of it',
    ids: [WITHDRAWAL],
    missing: ['WITHDRAWAL_UNKNOWN', 'No such withdrawal exists.'],
    read: (reads, path) => reads.document('withdrawals', path),
  },
  {
    name: 'readStream',
    path: '/v1/streams/{stream_id}',
    summary: 'A stream of settlements in fixed windows',
    ids: [STREAM],
    missing: ['STREAM_UNKNOWN', 'No such stream exists.'],
    read: (reads, path) => reads.document('streams', path),
  },
  {
    name: 'readShares',
    path: '/v1/shares/{shares_id}',
    summary: 'A share issue',
    ids: [SHARES],
    missing: NO_SHARES,
    read: (reads, path) => reads.document('shares', path),
  },
];

/** A listing in which each parameter is the name of the column that it must equal. */
function byColumns(
  table: string,
  order: ListingDefinition['order'],
  parameters: readonly ParameterDescription[],
): ListingDefinition {
  return {
    table: `registry.${table}`,
    order,
    filters: Object.fromEntries(parameters.map(({ name }) => [name, name])),
  };
}

const POLICY_FILTERS = [
  queryParameter('model_ref', 'Reference of the model', HEX32),
  queryParameter('content_hash', 'Hash of the content', HEX32),
  queryParameter('rights_owner', 'actor_id of the rights owner', HEX32),
];
const SUSPENSE_FILTERS = [
  queryParameter('settlement_id', 'Id of the settlement', HEX32),
  queryParameter('status', 'Whether it still waits', { type: 'string', enum: ['held', 'released'] }),
  queryParameter('reason', 'Why it waits', { type: 'string', enum: SUSPENSE_REASONS }),
];
const WITHDRAWAL_FILTERS = [
  queryParameter('beneficiary', 'actor_id of the beneficiary', HEX32),
  queryParameter('status', 'Status', { type: 'string', enum: WITHDRAWAL_STATUSES }),
  queryParameter('currency', 'ISO 4217', CURRENCY),
];
const STREAM_FILTERS = [queryParameter('payer', 'actor_id of the payer', HEX32)];
const SHARES_FILTERS = [queryParameter('issuer', 'actor_id of the issuer', HEX32)];
const HOLDING_FILTERS = [queryParameter('holder', 'Id of the holder', TEXT)];

const LISTINGS: readonly Omit<ListingRead, 'tag'>[] = [
  {
    name: 'listPolicies',
    path: '/v1/policies',
    summary: 'Royalty policies, oldest first',
    filters: POLICY_FILTERS,
    definition: byColumns('policies', created('model_ref', 'content_hash'), POLICY_FILTERS),
  },
  {
    name: 'listPolicyVersions',
    path: '/v1/policies/{model_ref}/{content_hash}/versions',
    summary: 'Every version of a policy, oldest first',
    ids: [MODEL, CONTENT],
    filters: [],
    definition: byColumns('policy_versions', [{ column: 'version', type: 'number' }], [MODEL, CONTENT]),
    parent: {
      missing: NO_POLICY,
      read: (reads, path) => reads.document('policies', path),
    },
  },
  {
    name: 'listSuspense',
    path: '/v1/suspense',
    summary: 'Parts of settlements that wait or waited, oldest first',
    filters: SUSPENSE_FILTERS,
    definition: byColumns(
      'suspense',
      [
        ...created('settlement_id'),
        { column: 'layer', type: 'number' },
        { column: 'reason', type: 'string' },
      ],
      SUSPENSE_FILTERS,
    ),
  },
  {
    name: 'listVaults',
    path: '/v1/vaults/{beneficiary}',
    summary: 'A beneficiary’s vaults, by currency',
    ids: [OWNER],
    filters: [],
    definition: byColumns('vaults', [{ column: 'currency', type: 'string' }], [OWNER]),
  },
  {
    name: 'listWithdrawals',
    path: '/v1/withdrawals',
    summary: 'Withdrawals, oldest first',
    filters: WITHDRAWAL_FILTERS,
    definition: byColumns('withdrawals', created('withdrawal_id'), WITHDRAWAL_FILTERS),
  },
  {
    name: 'listStreams',
    path: '/v1/streams',
    summary: 'Streams, oldest first',
    filters: STREAM_FILTERS,
    definition: byColumns('streams', created('stream_id'), STREAM_FILTERS),
  },
  {
    name: 'listShares',
    path: '/v1/shares',
    summary: 'Share issues, oldest first',
    filters: SHARES_FILTERS,
    definition: byColumns('shares', created('shares_id'), SHARES_FILTERS),
  },
  {
    name: 'listHoldings',
    path: '/v1/shares/{shares_id}/holdings',
    summary: 'Who holds units of a share issue, in the order in which they came to it',
    ids: [SHARES],
    filters: HOLDING_FILTERS,
    definition: byColumns('holdings', created('holder'), [SHARES, ...HOLDING_FILTERS]),
    parent: {
      missing: NO_SHARES,
      read: (reads, path) => reads.document('shares', path),
    },
  },
];

/** Policies, settlements and what they owe, payouts, streams and shares. */
export function royaltyReadRoutes(context: GatewayContext): Route[] {
  const tag = 'Royalties';
  return [
    ...LISTINGS.map((description) => listingRoute(context, { ...description, tag })),
    settlementListingRoute(context, MAX_SETTLEMENT_LINES),
    ...DOCUMENTS.map((description) => documentRoute(context, { ...description, tag })),
    ...statementRoutes(context, {
      settlement: SETTLEMENT,
      owner: OWNER,
      currency: VAULT_CURRENCY,
      stream: STREAM,
    }),
  ];
}
