import { createHash } from 'node:crypto';
import { type OpenApiDocument, type OpenApiOperation } from './document';

const STYLE = `
:root { color-scheme: light dark; --line: #8886; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
nav ul { columns: 2; padding-left: 1.2rem; }
article { border-top: 1px solid var(--line); padding: .5rem 0 1rem; }
h3 { margin-bottom: .25rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .9rem; }
pre { overflow-x: auto; border: 1px solid var(--line); padding: .5rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: 600; padding-top: .5rem; }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); padding: .25rem .5rem .25rem 0; }
.method { text-transform: uppercase; font-weight: 700; }
@media (max-width: 40rem) { nav ul { columns: 1; } }
`;

/** CSP source of the page's only style sheet; nothing else is loaded or run. */
export const DOCS_STYLE_SOURCE = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

/** Text as it may stand between tags and in attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** The OpenAPI document as one page without scripts or external assets. */
export function docsPage(document: OpenApiDocument): string {
  const { title, description } = document.info;
  const sections = document.tags
    .map(({ name, description: about }) => section(document, name, about))
    .join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p>${prose(description)}</p>
<p>For programs: <a href="/openapi.json">OpenAPI 3.1 document</a>.</p>
</header>
<nav aria-label="Routes"><ul>${contents(document)}</ul></nav>
<main>${sections}${schemaSection(document)}</main>
</body>
</html>
`;
}

interface Entry {
  readonly path: string;
  readonly method: string;
  readonly operation: OpenApiOperation;
}

function entries(document: OpenApiDocument): Entry[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

function contents(document: OpenApiDocument): string {
  return entries(document)
    .map(({ path, method, operation }) => {
      const id = escapeHtml(operation.operationId);
      return `<li><a href="#${id}"><span class="method">${method}</span> <code>${escapeHtml(path)}</code></a></li>`;
    })
    .join('');
}

function section(document: OpenApiDocument, tag: string, about: string): string {
  const articles = entries(document)
    .filter(({ operation }) => operation.tags.includes(tag))
    .map(article);
  if (articles.length === 0) return '';
  return `<section><h2>${escapeHtml(tag)}</h2><p>${prose(about)}</p>${articles.join('')}</section>`;
}

function article({ path, method, operation }: Entry): string {
  const id = escapeHtml(operation.operationId);
  const heading = `<span class="method">${method}</span> <code>${escapeHtml(path)}</code>`;
  const about = operation.description === undefined ? '' : `<p>${prose(operation.description)}</p>`;
  return `<article id="${id}" aria-labelledby="${id}-name"><h3 id="${id}-name">${heading}</h3>
<p>${prose(operation.summary)}.</p>${about}${parameters(operation)}${requestBody(operation)}${responses(operation)}</article>`;
}

function parameters(operation: OpenApiOperation): string {
  if (operation.parameters.length === 0) return '';
  const rows = operation.parameters
    .map(({ name, in: place, description }) =>
      row([`<code>${escapeHtml(name)}</code>`, place, prose(description)]),
    )
    .join('');
  return table('Parameters', ['Name', 'In', 'Meaning'], rows);
}

function requestBody(operation: OpenApiOperation): string {
  const body = operation['requestBody'] as
    | {
        readonly description: string;
        readonly content: Readonly<Record<string, { readonly schema: unknown }>>;
      }
    | undefined;
  if (body === undefined) return '';
  const schemas = Object.values(body.content).map(({ schema }) => details('Schema of the body', schema));
  return `<p>Body: ${prose(body.description)}</p>${schemas.join('')}`;
}

function responses(operation: OpenApiOperation): string {
  const rows = Object.entries(operation.responses)
    .map(([status, { description }]) =>
      row([escapeHtml(status), typeof description === 'string' ? prose(description) : 'A problem document.']),
    )
    .join('');
  return table('Answers', ['Status', 'Meaning'], rows);
}

function schemaSection(document: OpenApiDocument): string {
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) => details(name, schema));
  return `<section><h2>Schemas</h2>${schemas.join('')}</section>`;
}

function table(caption: string, columns: readonly string[], rows: string): string {
  const head = columns.map((column) => `<th scope="col">${column}</th>`).join('');
  return `<table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>`;
}

function row(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function details(summary: string, schema: unknown): string {
  const json = escapeHtml(JSON.stringify(schema, undefined, 2));
  return `<details><summary>${escapeHtml(summary)}</summary><pre tabindex="0">${json}</pre></details>`;
}

/** Escaped text in which `x` becomes code. */
function prose(text: string): string {
  return escapeHtml(text).replaceAll(/`([^`]*)`/g, '<code>$1</code>');
}
