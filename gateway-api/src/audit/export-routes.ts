import { type AuditRelease, exportLine, RegistryError } from '@maker-registry/protocol';
import { type Response } from 'express';
import { type GatewayContext } from '../context';
import { decodeCursor, encodeCursor } from '../http/cursor';
import { type Route, type ValidRequest } from '../http/route';
import { CURSOR, HEX32, MIN_HEIGHT, NUMBER, queryParameter } from '../openapi/schemas';
import { announceHeight, HEIGHT_HEADER } from '../routes/respond';
import { numberOf, textOf } from '../routes/read-routes';
import {
  type AuditAnswer,
  auditDescription,
  type AuditDescription,
  auditRoute,
  LINES_TYPE,
} from './audit-route';
import { DEFAULT_EXPORT_LINES, MAX_EXPORT_LINES, MAX_EXPORT_PAGE_BYTES, MAX_STREAMS } from './limits';
import { QueryLog } from './query-log';
import {
  beforeBlock,
  decodePlace,
  encodePlace,
  type ExportPlace,
  type ExportSource,
  readExport,
} from './read-export';
import { readReleases } from './read-releases';
import { ExportStream, type StreamResult } from './stream-export';

/** Where to go on, also on the last page: later lines follow it. */
const CURSOR_HEADER = 'Registry-Next-Cursor';
/** Whether more lines were there already. */
const MORE_HEADER = 'Registry-More';

const LINES = {
  description: 'Lines of JSON in canonical form.',
  mediaType: 'application/x-ndjson',
  schema: { type: 'string' },
  headers: [HEIGHT_HEADER, CURSOR_HEADER, MORE_HEADER],
} as const;

const LIMIT = queryParameter('limit', `Lines of a page; ${DEFAULT_EXPORT_LINES} by default.`, {
  type: 'integer',
  minimum: 1,
  maximum: MAX_EXPORT_LINES,
});

const PLACE = [
  queryParameter('from_block', 'Where to begin without a cursor; the genesis block without it.', NUMBER),
  { ...CURSOR, description: `\`${CURSOR_HEADER}\` of the page before.` },
];

/** Everything, for those who examine all of it: in pages, as it comes, and this operator's record of releases. */
export function exportRoutes(context: GatewayContext): Route[] {
  return [exportRoute(context), streamRoute(context), releasesRoute(context)];
}

function sourceOf({ pool, config }: GatewayContext): ExportSource {
  return { pool, chaincode: config.network.entry.chaincode };
}

function placeOf(request: ValidRequest): ExportPlace {
  const cursor = textOf(request, 'cursor');
  return cursor === undefined ? beforeBlock(numberOf(request, 'from_block') ?? 0) : decodePlace(cursor);
}

function exportRoute(context: GatewayContext): Route {
  const description: AuditDescription = {
    path: '/v1/audit/export',
    operationId: 'auditExport',
    summary: 'The whole ledger, line by line',
    description:
      'Each block, then its transactions, each followed by what it wrote. Order and bytes are the same at every operator. ' +
      'Without certificates and without arguments of calls, and so without what may name a person.',
    parameters: [
      ...PLACE,
      queryParameter('to_block', 'Last block; the newest without it.', NUMBER),
      LIMIT,
      MIN_HEIGHT,
    ],
    responses: { 200: LINES },
  };
  return auditRoute(context, description, (request) => exportPage(context, request));
}

async function exportPage(context: GatewayContext, request: ValidRequest): Promise<AuditAnswer> {
  const limit = numberOf(request, 'limit') ?? DEFAULT_EXPORT_LINES;
  const toBlock = numberOf(request, 'to_block') ?? Number.MAX_SAFE_INTEGER;
  let place = placeOf(request);
  const lines: string[] = [];
  let bytes = 0;
  let more = false;
  for await (const next of readExport(sourceOf(context), place, toBlock)) {
    more = lines.length >= limit || bytes >= MAX_EXPORT_PAGE_BYTES;
    if (more) break;
    const line = exportLine(next.item);
    lines.push(line);
    bytes += Buffer.byteLength(line);
    ({ place } = next);
  }
  return linesAnswer(lines, encodePlace(place), more);
}

function linesAnswer(lines: readonly string[], cursor: string, more: boolean): AuditAnswer {
  return {
    items: lines.length,
    contentType: LINES_TYPE,
    text: lines.join(''),
    headers: { [CURSOR_HEADER]: cursor, [MORE_HEADER]: String(more) },
  };
}

function releasesRoute(context: GatewayContext): Route {
  const description: AuditDescription = {
    path: '/v1/audit/releases',
    operationId: 'auditReleases',
    summary: 'This operator’s record of content keys released and refused, in its order',
    description: 'Not on the ledger: the operator’s own word, counted and digested in its signed reports.',
    parameters: [
      queryParameter('after_seq', 'Number after which to begin without a cursor; 0 without it.', NUMBER),
      queryParameter('to_seq', 'Number of the last; the newest without it.', NUMBER),
      queryParameter('artifact_id', 'Whose key', HEX32),
      queryParameter('right_id', 'Under which right', HEX32),
      { ...CURSOR, description: `\`${CURSOR_HEADER}\` of the page before.` },
      LIMIT,
      MIN_HEIGHT,
    ],
    responses: { 200: LINES },
  };
  return auditRoute(context, description, (request) => releasesPage(context, request));
}

async function releasesPage({ pool, config }: GatewayContext, request: ValidRequest): Promise<AuditAnswer> {
  const limit = numberOf(request, 'limit') ?? DEFAULT_EXPORT_LINES;
  const cursor = textOf(request, 'cursor');
  const to = numberOf(request, 'to_seq');
  let after =
    cursor === undefined
      ? (numberOf(request, 'after_seq') ?? 0)
      : Number(decodeCursor(cursor, ['number'])[0]);
  const range = {
    operator: config.organization.msp_id,
    after,
    ...(to === undefined ? {} : { to }),
    artifactId: textOf(request, 'artifact_id'),
    rightId: textOf(request, 'right_id'),
  };
  const items: AuditRelease[] = [];
  let more = false;
  for await (const item of readReleases(pool, range)) {
    more = items.length >= limit;
    if (more) break;
    items.push(item);
    after = item.seq;
  }
  return linesAnswer(items.map(exportLine), encodeCursor([after]), more);
}

function streamRoute(context: GatewayContext): Route {
  const description = auditDescription({
    path: '/v1/audit/stream',
    operationId: 'auditStream',
    summary: 'The export as blocks come',
    description:
      'Lines as in the export; after each batch, and every few seconds without one, a line `{"type":"cursor",…}` to come ' +
      'again with. It ends after some minutes, and at once for a client that does not read.',
    parameters: [...PLACE, MIN_HEIGHT],
    responses: { 200: { ...LINES, headers: [HEIGHT_HEADER] } },
  });
  const log = new QueryLog(context.pool);
  let open = 0;
  return {
    ...description,
    handle: async (request, response) => {
      await announceHeight(context.head, request, response);
      const place = placeOf(request);
      if (open >= MAX_STREAMS)
        throw new RegistryError('RATE_LIMITED', 'Too many streams are open; use pages, or come later.');
      open += 1;
      try {
        const query = {
          caller: request.caller,
          operation: description.operationId,
          request,
          height: context.head.height,
        };
        const id = await log.record({ ...query, outcome: 'open', items: 0, bytes: 0 });
        await log.end(id, await serve(context, request, response, place));
      } finally {
        open -= 1;
      }
    },
  };
}

async function serve(
  context: GatewayContext,
  request: ValidRequest,
  response: Response,
  place: ExportPlace,
): Promise<StreamResult> {
  response.set('Content-Type', LINES_TYPE).set('Cache-Control', 'no-store');
  response.flushHeaders();
  const ending = [request.gone(), context.stopping];
  const stream = new ExportStream({ source: sourceOf(context), head: context.head, ending }, response, place);
  try {
    return await stream.serve();
  } catch (error) {
    context.logger.warn({ err: error }, 'A stream of the export was cut');
    response.destroy();
    return { outcome: 'gone', items: 0, bytes: 0 };
  }
}
