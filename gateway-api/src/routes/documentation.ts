import { type Route, type RouteDescription } from '../http/route';
import { openApiDocument } from '../openapi/document';
import { docsPage } from '../openapi/docs-page';

/** The description of all routes, for programs and for people. */
export function documentationRoutes(others: readonly RouteDescription[]): Route[] {
  const descriptions = [
    ...others,
    documentation('/openapi.json', 'readOpenApi', 'This description, OpenAPI 3.1', 'application/json'),
    documentation('/docs', 'readDocs', 'This description, for people', 'text/html'),
  ];
  const document = openApiDocument(descriptions);
  const json = JSON.stringify(document);
  const page = docsPage(document);
  return descriptions.slice(others.length).map((description) => ({
    ...description,
    handle: (_request, response) => {
      if (description.path === '/docs') response.set('Content-Type', 'text/html; charset=utf-8').send(page);
      else response.set('Content-Type', 'application/json').send(json);
    },
  }));
}

function documentation(
  path: string,
  operationId: string,
  summary: string,
  mediaType: string,
): RouteDescription {
  return {
    method: 'get',
    path,
    operationId,
    tag: 'Operating',
    summary,
    access: 'anyone',
    limit: 'reads',
    responses: { 200: { description: 'The description.', mediaType, schema: { type: 'string' } } },
  };
}
