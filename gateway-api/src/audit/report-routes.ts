import { RegistryError } from '@maker-registry/protocol';
import { type GatewayContext } from '../context';
import { type Route } from '../http/route';
import { DEFAULT_PAGE_SIZE } from '../limits';
import { LIMIT, MIN_HEIGHT, NUMBER, pathParameter, queryParameter, schemaRef } from '../openapi/schemas';
import { HEIGHT_HEADER } from '../routes/respond';
import { numberOf } from '../routes/read-routes';
import { type AuditDescription, auditRoute, JSON_TYPE, jsonAnswer } from './audit-route';
import { type AuditReports } from './audit-reports';
import { openReports } from './open-reports';

const OBJECT = { type: 'object' } as const;

/** The operator's signed reports. */
export function reportRoutes(context: GatewayContext): Route[] {
  let opened: AuditReports | undefined;
  const reports = (): AuditReports => {
    opened ??= openReports(context);
    if (opened !== undefined) return opened;
    throw new RegistryError('HSM_UNAVAILABLE', 'This gateway runs without an HSM and signs no reports.');
  };
  return [listRoute(context, reports), readRoute(context, reports), issueRoute(context, reports)];
}

function listRoute(context: GatewayContext, reports: () => AuditReports): Route {
  const description: AuditDescription = {
    path: '/v1/audit/reports',
    operationId: 'auditReports',
    summary: 'This operator’s signed reports, oldest first',
    parameters: [
      queryParameter('after', 'Number of the last report known; 0 without it.', NUMBER),
      LIMIT,
      MIN_HEIGHT,
    ],
    responses: { 200: { description: 'A page.', schema: schemaRef('Page'), headers: [HEIGHT_HEADER] } },
  };
  return auditRoute(context, description, async (request) => {
    const items = await reports().list(
      numberOf(request, 'after') ?? 0,
      numberOf(request, 'limit') ?? DEFAULT_PAGE_SIZE,
    );
    return jsonAnswer({ items }, items.length);
  });
}

function readRoute(context: GatewayContext, reports: () => AuditReports): Route {
  const description: AuditDescription = {
    path: '/v1/audit/reports/{number}',
    operationId: 'auditReport',
    summary: 'A signed report',
    description:
      'DSSE by the operator’s key of use `report`. It names its blocks, what their export comes to, and the report before.',
    parameters: [pathParameter('number', 'Its number, from 1', NUMBER)],
    responses: {
      200: { description: 'DSSE envelope.', schema: schemaRef('Envelope'), headers: [HEIGHT_HEADER] },
    },
  };
  return auditRoute(context, description, async ({ path }) => {
    const number = path['number'] ?? '';
    const text = await reports().read(Number(number));
    if (text === undefined) {
      throw new RegistryError('NOT_FOUND', 'This operator has issued no report of this number.', {
        subject: number,
      });
    }
    return { items: 1, contentType: JSON_TYPE, text };
  });
}

function issueRoute(context: GatewayContext, reports: () => AuditReports): Route {
  const description: AuditDescription = {
    path: '/v1/audit/reports',
    operationId: 'auditIssueReport',
    summary: 'Issue the next report now',
    description: 'Over the blocks since the last one. Answers no item when none came.',
    responses: { 200: { description: 'The report issued.', schema: OBJECT, headers: [HEIGHT_HEADER] } },
  };
  const route = auditRoute(context, description, async () => {
    const issued = await reports().issue();
    return jsonAnswer({ items: issued === undefined ? [] : [issued] }, issued === undefined ? 0 : 1);
  });
  return { ...route, method: 'post', limit: 'writes' };
}
