import { type ParameterDescription, type ResponseDescription, type RouteDescription } from '../http/route';
import { PROBLEM_MEDIA_TYPE } from '../http/problem';
import { COMPONENT_SCHEMAS, schemaRef } from './schemas';

type Json = Readonly<Record<string, unknown>>;

/** An OpenAPI 3.1 document, as far as we make use of it. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: Json & { readonly schemas: Json };
}

export interface OpenApiOperation extends Json {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly parameters: readonly OpenApiParameter[];
  readonly responses: Readonly<Record<string, Json>>;
}

interface OpenApiParameter extends Json {
  readonly name: string;
  readonly in: string;
  readonly description: string;
  readonly required: boolean;
}

const TAGS = [
  { name: 'Submitting', description: 'Intents of actors, acts of roles, and the operations they become.' },
  { name: 'Reading', description: 'What the ledger says, from the mirror of this operator.' },
  { name: 'Provenance', description: 'Models, watermark schemes, generation records and their lineage.' },
  {
    name: 'Royalties',
    description:
      'Policies, settlements, what they owe, payouts, streams and shares. Amounts are minor units.',
  },
  { name: 'Exports', description: 'Everything of a kind, for auditors and regulators.' },
  {
    name: 'Audit',
    description:
      'For regulators and auditors: search, timelines, statistics, the whole export, signed reports.',
  },
  { name: 'Trust', description: 'Keys, revocation lists, devices, tokens and the release of content keys.' },
  {
    name: 'Proving',
    description: 'Receipts that anybody verifies alone, with `registry verify receipt` or the library.',
  },
  { name: 'Operating', description: 'For those who run the gateway.' },
];

const DESCRIPTION =
  'REST gateway of an operator of the registry. Every error is a problem document with a stable `code`. Reads carry ' +
  'the height of the mirror in `Registry-Height`; `minHeight` asks for at least a block.';

/** The document of the given routes: the same descriptions by which requests are validated. */
export function openApiDocument(routes: readonly RouteDescription[]): OpenApiDocument {
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const route of routes) {
    const path = (paths[route.path] ??= {});
    path[route.method] = operation(route);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Maker Registry gateway', version: '1', description: DESCRIPTION },
    tags: TAGS,
    paths,
    components: {
      schemas: COMPONENT_SCHEMAS,
      responses: {
        Problem: {
          description: 'The request was refused or failed; `code` says why.',
          content: { [PROBLEM_MEDIA_TYPE]: { schema: schemaRef('Problem') } },
        },
      },
      securitySchemes: {
        certificate: { type: 'mutualTLS', description: 'Client certificate of a CA of the network.' },
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Of the configured OIDC issuer.',
        },
      },
    },
  };
}

function operation(route: RouteDescription): OpenApiOperation {
  const { body } = route;
  return {
    operationId: route.operationId,
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    tags: [route.tag],
    security: security(route),
    parameters: (route.parameters ?? []).map(parameter),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            description: `${body.description}; at most ${body.maxBytes} bytes.`,
            content: { [body.mediaType ?? 'application/json']: { schema: body.schema } },
          },
        }),
    responses: {
      ...Object.fromEntries(
        Object.entries(route.responses).map(([status, value]) => [status, response(value)]),
      ),
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

/** An empty alternative says that nothing is needed. */
function security({ access }: RouteDescription): Json[] {
  const schemes = [{ certificate: rolesOf(access) }, { token: rolesOf(access) }];
  return access === 'anyone' || access === 'reader' ? [{}, ...schemes] : schemes;
}

function rolesOf(access: RouteDescription['access']): readonly string[] {
  return typeof access === 'string' ? [] : access;
}

function parameter({ name, in: place, description, schema }: ParameterDescription): OpenApiParameter {
  return { name, in: place, description, required: place === 'path', schema };
}

function response({ description, schema, mediaType, headers }: ResponseDescription): Json {
  return {
    description,
    ...(headers === undefined
      ? {}
      : { headers: Object.fromEntries(headers.map((name) => [name, { schema: { type: 'string' } }])) }),
    ...(schema === undefined ? {} : { content: { [mediaType ?? 'application/json']: { schema } } }),
  };
}
