import { type GatewayContext } from '../context';
import { type Route, type ValidRequest } from '../http/route';
import { DEFAULT_PAGE_SIZE } from '../limits';
import {
  CURSOR,
  HEX32,
  LIMIT,
  MIN_HEIGHT,
  NUMBER,
  pathParameter,
  queryParameter,
  schemaRef,
  TEXT,
} from '../openapi/schemas';
import { HEIGHT_HEADER } from '../routes/respond';
import { numberOf, textOf } from '../routes/read-routes';
import { type AuditAnswer, type AuditDescription, auditRoute, jsonAnswer } from './audit-route';
import { exportRoutes } from './export-routes';
import { MAX_SEARCH_CHARACTERS, MIN_SEARCH_CHARACTERS } from './limits';
import { readQueries } from './read-queries';
import { reportRoutes } from './report-routes';
import { searchLedger } from './search';
import { SEARCH_KIND_NAMES, type SearchKindName } from './search-kinds';
import { assertCountable, blocksOf, countReleases, foldRange, type Period } from './statistics';
import { readSubjectTimeline, TIMELINE_TYPES, type TimelineType } from './timelines';

const OBJECT = { type: 'object' } as const;

/** Where regulators and auditors look: every answer names its transactions, for each of which there is a receipt. */
export function auditRoutes(context: GatewayContext): Route[] {
  return [
    searchRoute(context),
    timelineRoute(context),
    statisticsRoute(context),
    queriesRoute(context),
    ...exportRoutes(context),
    ...reportRoutes(context),
  ];
}

function page(description: Omit<AuditDescription, 'responses'>): AuditDescription {
  return {
    ...description,
    responses: { 200: { description: 'A page.', schema: schemaRef('Page'), headers: [HEIGHT_HEADER] } },
  };
}

const TIME = [
  queryParameter('from', 'Unix seconds, as submitters said them.', NUMBER),
  queryParameter('to', 'Unix seconds, as submitters said them.', NUMBER),
];

function searchRoute(context: GatewayContext): Route {
  const description = page({
    path: '/v1/audit/search',
    operationId: 'auditSearch',
    summary: 'Objects of the ledger by id, kind, state, time and public texts, oldest first',
    description:
      'A text is looked for in names and references. What people write freely, notes and reasons, is not searched.',
    parameters: [
      queryParameter('kind', 'Kind of object; all without it.', { type: 'string', enum: SEARCH_KIND_NAMES }),
      queryParameter('id', 'An id it goes by.', TEXT),
      queryParameter('state', 'Its state, e.g. `active`, `revoked`.', TEXT),
      queryParameter(
        'type',
        'Its type within the kind: kind of an artifact or revocation, purpose of a right, currency.',
        TEXT,
      ),
      queryParameter('text', 'Part of a name or reference, in any case.', {
        ...TEXT,
        minLength: MIN_SEARCH_CHARACTERS,
        maxLength: MAX_SEARCH_CHARACTERS,
      }),
      ...TIME,
      CURSOR,
      LIMIT,
      MIN_HEIGHT,
    ],
  });
  return auditRoute(context, description, async (request) => {
    const found = await searchLedger(context.pool, {
      kind: textOf(request, 'kind') as SearchKindName | undefined,
      id: textOf(request, 'id'),
      state: textOf(request, 'state'),
      type: textOf(request, 'type'),
      text: textOf(request, 'text'),
      from: numberOf(request, 'from'),
      to: numberOf(request, 'to'),
      cursor: textOf(request, 'cursor'),
      limit: limitOf(request),
    });
    return jsonAnswer(found, found.items.length);
  });
}

function timelineRoute(context: GatewayContext): Route {
  const description = page({
    path: '/v1/audit/timelines/{subject_type}/{subject_id}',
    operationId: 'auditTimeline',
    summary: 'What happened to an artifact, actor, right, key or other subject, in ledger order',
    description:
      'Each entry links to its transaction and to the receipt that proves it offline. A key goes by its artifact’s id.',
    parameters: [
      pathParameter('subject_type', 'What it is', { type: 'string', enum: TIMELINE_TYPES }),
      pathParameter('subject_id', 'Its id', TEXT),
      CURSOR,
      LIMIT,
      MIN_HEIGHT,
    ],
  });
  return auditRoute(context, description, async (request) => {
    const { subject_type: type = '', subject_id: id = '' } = request.path;
    const subject = { type: type as TimelineType, id };
    const found = await readSubjectTimeline(
      context.pool,
      subject,
      textOf(request, 'cursor'),
      limitOf(request),
    );
    return jsonAnswer(found, found.items.length);
  });
}

function statisticsRoute(context: GatewayContext): Route {
  const description: AuditDescription = {
    path: '/v1/audit/statistics',
    operationId: 'auditStatistics',
    summary: 'Approvals, revocations, refusals, fees and their use over a period',
    description:
      'Counted from the export by the same rules as signed reports, so that anyone can recompute it; `releases` is this ' +
      'operator’s own record of content keys, over the same time where one is given.',
    parameters: [
      queryParameter('from_block', 'First block; the genesis block without it.', NUMBER),
      queryParameter('to_block', 'Last block; the newest without it.', NUMBER),
      ...TIME,
      MIN_HEIGHT,
    ],
    responses: { 200: { description: 'The counts.', schema: OBJECT, headers: [HEIGHT_HEADER] } },
  };
  return auditRoute(context, description, (request) => statisticsAnswer(context, request));
}

async function statisticsAnswer(
  { pool, config }: GatewayContext,
  request: ValidRequest,
): Promise<AuditAnswer> {
  const period: Period = {
    fromBlock: numberOf(request, 'from_block'),
    toBlock: numberOf(request, 'to_block'),
    from: numberOf(request, 'from'),
    to: numberOf(request, 'to'),
  };
  const range = await blocksOf(pool, period);
  await assertCountable(pool, range);
  const { organization, network } = config;
  const summary = await foldRange({ pool, chaincode: network.entry.chaincode }, range);
  const releases = await countReleases(pool, organization.msp_id, period);
  return jsonAnswer({ ...summary, operator: organization.msp_id, releases }, 1);
}

function queriesRoute(context: GatewayContext): Route {
  const description = page({
    path: '/v1/audit/queries',
    operationId: 'auditQueries',
    summary: 'What regulators and auditors asked of this gateway, oldest first',
    description: 'Callers go by the digest of their certificate. This question is on record too.',
    parameters: [
      queryParameter(
        'subject',
        'Digest of the caller’s certificate, or of a token’s issuer and subject.',
        HEX32,
      ),
      CURSOR,
      LIMIT,
      MIN_HEIGHT,
    ],
  });
  return auditRoute(context, description, async (request) => {
    const found = await readQueries(
      context.pool,
      textOf(request, 'subject'),
      textOf(request, 'cursor'),
      limitOf(request),
    );
    return jsonAnswer(found, found.items.length);
  });
}

function limitOf(request: ValidRequest): number {
  return numberOf(request, 'limit') ?? DEFAULT_PAGE_SIZE;
}
