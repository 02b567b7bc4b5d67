import { type GatewayContext } from '../context';
import { EXPORT_NAMES, type ExportName, EXPORTS } from '../exports/export-kinds';
import { EXPORT_FORMATS, type ExportFormat, writeExport } from '../exports/write-export';
import { type Route } from '../http/route';
import { DEFAULT_EXPORT_DOCUMENTS, MAX_EXPORT_DOCUMENTS } from '../limits';
import { CURSOR, MIN_HEIGHT, pathParameter, queryParameter } from '../openapi/schemas';
import { listDocuments } from '../reads/listing';
import { numberOf, textOf } from './read-routes';
import { announceHeight, HEIGHT_HEADER } from './respond';

/** Where the next page begins; absent on the last. */
const CURSOR_HEADER = 'Registry-Next-Cursor';

/** Who may take everything at once: what each document says, anyone who may read can read one by one. */
const ROLES = ['auditor', 'regulator', 'operator-admin'];

const PARAMETERS = [
  pathParameter('kind', 'What to export', { type: 'string', enum: EXPORT_NAMES }),
  queryParameter('format', '`jsonl` (the default): the documents, one a line. `csv`: RFC 4180.', {
    type: 'string',
    enum: EXPORT_FORMATS,
  }),
  queryParameter('limit', `Ledger documents of a page; ${DEFAULT_EXPORT_DOCUMENTS} by default.`, {
    type: 'integer',
    minimum: 1,
    maximum: MAX_EXPORT_DOCUMENTS,
  }),
  { ...CURSOR, description: `\`${CURSOR_HEADER}\` of the page before.` },
  MIN_HEIGHT,
];

/** Everything of a kind, page by page, for those who examine all of it. */
export function exportRoutes(context: GatewayContext): Route[] {
  return [
    {
      method: 'get',
      path: '/v1/exports/{kind}',
      operationId: 'export',
      tag: 'Exports',
      summary: 'All documents of a kind, oldest first',
      description:
        'For an `auditor` or `operator-admin` of this operator, and a `regulator` of it or of a regulator’s organization of ' +
        'the network. CSV names its columns on the first page only, and no cell of it begins as a formula does.',
      access: ROLES,
      limit: 'reads',
      parameters: PARAMETERS,
      responses: {
        200: {
          description: 'A page.',
          mediaType: 'application/x-ndjson',
          schema: { type: 'string' },
          headers: [HEIGHT_HEADER, CURSOR_HEADER],
        },
      },
      handle: async (request, response) => {
        await announceHeight(context.head, request, response);
        const name = request.path['kind'] as ExportName;
        const format = (textOf(request, 'format') ?? 'jsonl') as ExportFormat;
        const cursor = textOf(request, 'cursor');
        const limit = numberOf(request, 'limit') ?? DEFAULT_EXPORT_DOCUMENTS;
        const kind = EXPORTS[name];
        const page = await listDocuments(context.pool, kind.listing, { filters: {}, cursor, limit });
        const { contentType, text } = writeExport(kind, format, page.items, cursor === undefined);
        if (page.next_cursor !== undefined) response.set(CURSOR_HEADER, page.next_cursor);
        response.set('Content-Disposition', `attachment; filename="${name}.${format}"`);
        response.set('Content-Type', contentType).send(text);
      },
    },
  ];
}
