import { Ajv2020 } from 'ajv/dist/2020';
import { type GatewayContext } from '../context';
import { gatewayRoutes } from '../routes/gateway-routes';
import { docsPage, escapeHtml } from './docs-page';
import { openApiDocument } from './document';

// Routes only look at the context when a request comes.
const routes = gatewayRoutes({ config: {} } as GatewayContext);
const document = openApiDocument(routes);

describe('the OpenAPI document', () => {
  it('has every route, and no other', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(described.sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort());
  });

  it('names every operation once', () => {
    const names = routes.map((route) => route.operationId);
    expect(new Set(names).size).toBe(names.length);
  });

  it('describes every parameter of a path, and only those', () => {
    for (const route of routes) {
      const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const described = (route.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(described.map((parameter) => parameter.name)).toEqual(inPath);
    }
  });

  it('refers only to schemas that are there', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(10);
    for (const [, kind = '', name = ''] of references) {
      expect((document.components as Record<string, Record<string, unknown>>)[kind]).toHaveProperty([name]);
    }
  });

  it('holds schemas that compile', () => {
    const ajv = new Ajv2020({ strict: false });
    ajv.addSchema(document, 'openapi');
    for (const name of Object.keys(document.components.schemas)) {
      expect(() => ajv.compile({ $ref: `openapi#/components/schemas/${name}` })).not.toThrow();
    }
  });

  it('asks for an identity where a route does', () => {
    const open = Object.values(document.paths['/healthz'] ?? {})[0];
    expect(open?.['security']).toContainEqual({});
  });
});

describe('the page', () => {
  const page = docsPage(document);

  it('shows every route', () => {
    for (const route of routes) expect(page).toContain(`id="${route.operationId}"`);
  });

  it('loads and runs nothing', () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\son\w+=|style="/i);
    expect(page).not.toMatch(/(?:src|href)="(?!#|\/openapi\.json")/);
  });

  it('is usable without sight: language, landmarks, headings, captions', () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    for (const part of [
      '<main>',
      '<nav aria-label=',
      '<h1>',
      '<caption>',
      'scope="col"',
      'name="viewport"',
    ]) {
      expect(page).toContain(part);
    }
    expect(page.match(/<h1>/g)).toHaveLength(1);
  });

  it('escapes', () => {
    expect(escapeHtml(`<a href="x" title='y'>&</a>`)).toBe(
      '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&lt;/a&gt;',
    );
  });
});
