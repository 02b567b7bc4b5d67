import {
  LIST_SCOPES,
  type ListScope,
  MAX_KEY_VERSIONS,
  MAX_LIST_NUMBER,
  RegistryError,
} from '@maker-registry/protocol';
import { type Response } from 'express';
import { type Route, type RouteDescription, type ValidRequest } from '../../http/route';
import { MAX_WAIT_S } from '../../limits';
import { HEX32, IF_NONE_MATCH, pathParameter, queryParameter, schemaRef } from '../../openapi/schemas';
import { unixNow } from '../clock';
import { type TrustServices } from '../trust-services';
import { STATUS_TTL_S } from './limits';

type Handler = (services: TrustServices, request: ValidRequest, response: Response) => Promise<void> | void;
type MakeRoute = (description: Omit<RouteDescription, 'tag'>, handle: Handler) => Route;

const OBJECT = { type: 'object' } as const;
const NOT_MODIFIED = 304;
const HELD_PATTERN =
  '^(keys|artifacts|actors|rights|devices):[0-9]{1,13}(,(keys|artifacts|actors|rights|devices):[0-9]{1,13})*$';
const STATUS_LIST_PATTERN = '^[0-9]{1,9}-[0-9]{1,3}$';
const JSON_TYPE = 'application/json';
const STATUS_LIST_MEDIA_TYPE = 'application/statuslist+jwt';

/** Revocation is public: who must stop has to be able to learn it. */
const PUBLIC = { method: 'get', access: 'anyone', limit: 'reads' } as const;

/** Routes of the lists of scopes and of the token status lists. */
export function listRoutes(route: MakeRoute): Route[] {
  return [combined(route), statement(route), proof(route), statusList(route)];
}

function combined(route: MakeRoute): Route {
  return route(
    {
      ...PUBLIC,
      path: '/v1/registry-lists',
      operationId: 'readRegistryLists',
      summary: 'The revocation lists of all scopes with statements of several operators',
      description:
        'The lists are derived from the ledger and carry no signature of their own; the statements vouch for them. With ' +
        '`have`, scopes come as deltas or, unchanged, as headers only. With `wait`, answers as soon as the ledger has a ' +
        'revocation above `after`, and at the latest then.',
      parameters: [
        queryParameter('have', 'Numbers of the lists that the caller has, as `keys:3,artifacts:8`.', {
          type: 'string',
          maxLength: 128,
          pattern: HELD_PATTERN,
        }),
        queryParameter('after', 'Number of the newest revocation that the caller knows.', {
          type: 'integer',
          minimum: 0,
          maximum: MAX_LIST_NUMBER,
        }),
        queryParameter('wait', 'Seconds to wait.', { type: 'integer', minimum: 0, maximum: MAX_WAIT_S }),
        IF_NONE_MATCH,
      ],
      responses: { 200: { description: 'Lists and statements.', schema: OBJECT, headers: ['ETag'] } },
    },
    async ({ lists, registryLists }, request, response) => {
      const { after, wait, have } = request.query;
      const seconds = typeof wait === 'number' ? wait : 0;
      if (typeof after === 'number' && seconds > 0) await lists.waitFor(after, seconds, request.gone());
      const { text, etag } = await registryLists.combined(heldNumbers(have));
      answer(request, response, { etag, text, type: JSON_TYPE });
    },
  );
}

function heldNumbers(have: string | number | boolean | undefined): ReadonlyMap<ListScope, number> {
  if (typeof have !== 'string') return new Map();
  return new Map(
    have.split(',').map((part): [ListScope, number] => {
      const [name, number] = part.split(':');
      const scope = LIST_SCOPES.find((one) => one === name);
      if (scope === undefined) throw new RegistryError('SCHEMA_VIOLATION', 'There is no such scope.');
      return [scope, Number(number)];
    }),
  );
}

function statement(route: MakeRoute): Route {
  return route(
    {
      ...PUBLIC,
      path: '/v1/registry-lists/statement',
      operationId: 'readListStatement',
      summary: 'This operator’s own statement on the revocation lists',
      description:
        'Numbers and digests of the lists at one height, signed with the list key. Other operators collect it.',
      responses: { 200: { description: 'DSSE envelope.', schema: schemaRef('Envelope') } },
    },
    async ({ registryLists }, _request, response) => {
      const { text } = await registryLists.own();
      response.set('Cache-Control', 'no-store').type(JSON_TYPE).send(text);
    },
  );
}

function proof(route: MakeRoute): Route {
  return route(
    {
      ...PUBLIC,
      path: '/v1/registry-lists/{scope}/proof',
      operationId: 'proveListed',
      summary: 'What a list says of one subject, with proof',
      description:
        'Proves the subject’s restrictions, or that it has none, in a few kilobytes instead of the whole list.',
      parameters: [
        pathParameter('scope', 'The list.', { type: 'string', enum: [...LIST_SCOPES] }),
        queryParameter('subject', 'Id of the subject.', HEX32),
        queryParameter('key_version', 'For keys: the version; all of them unless given.', {
          type: 'integer',
          minimum: 1,
          maximum: MAX_KEY_VERSIONS,
        }),
      ],
      responses: { 200: { description: 'List header, proof and statements.', schema: OBJECT } },
    },
    async ({ registryLists }, request, response) => {
      const { subject, key_version: version } = request.query;
      if (typeof subject !== 'string') {
        throw new RegistryError('SCHEMA_VIOLATION', 'Name the subject.', { subject: '/subject' });
      }
      const scope = request.path['scope'] as ListScope;
      const about = { subject_id: subject, ...(typeof version === 'number' ? { key_version: version } : {}) };
      response.type(JSON_TYPE).send(await registryLists.proof(scope, about));
    },
  );
}

function statusList(route: MakeRoute): Route {
  return route(
    {
      ...PUBLIC,
      path: '/v1/status-lists/{list}',
      operationId: 'readStatusList',
      summary: 'A token status list of this operator',
      description: 'draft-ietf-oauth-status-list, JWT form; two bits: 0 valid, 1 invalid, 2 suspended.',
      parameters: [
        pathParameter('list', 'As in the token’s `status`.', {
          type: 'string',
          pattern: STATUS_LIST_PATTERN,
        }),
        IF_NONE_MATCH,
      ],
      responses: {
        200: {
          description: 'The status list token.',
          mediaType: STATUS_LIST_MEDIA_TYPE,
          schema: { type: 'string' },
          headers: ['ETag'],
        },
      },
    },
    async ({ statusLists }, request, response) => {
      if (statusLists === undefined)
        throw new RegistryError('STATUS_LIST_UNKNOWN', 'This gateway has no status lists.');
      const { token, etag, issuedAt } = await statusLists.list(request.path['list'] ?? '');
      const age = Math.max(0, issuedAt + STATUS_TTL_S - unixNow());
      response
        .set('Cache-Control', `max-age=${age}, must-revalidate`)
        .set('Access-Control-Allow-Origin', '*');
      answer(request, response, { etag, text: token, type: STATUS_LIST_MEDIA_TYPE });
    },
  );
}

function answer(
  request: ValidRequest,
  response: Response,
  { etag, text, type }: { readonly etag: string; readonly text: string; readonly type: string },
): void {
  const header = request.header('if-none-match');
  const isKnown = header?.split(',').some((one) => one.trim().replace(/^W\//, '') === etag) ?? false;
  response.set('ETag', etag);
  if (isKnown) response.status(NOT_MODIFIED).end();
  else response.type(type).send(Buffer.from(text, 'utf8'));
}
