import { type JsonSchema, RegistryError } from '@maker-registry/protocol';
import { type Response } from 'express';
import { type Route, type RouteDescription, type ValidRequest } from '../http/route';
import { HEX32, IF_NONE_MATCH, pathParameter, queryParameter } from '../openapi/schemas';
import { unixNow } from '../trust/clock';
import { AUTHORITY_NAMES } from './authority-names';
import { type CrlService, type ServedCrl } from './crl-service';
import { type CrlKind } from './crl-store';
import { DELTA_CACHE_S, LONE_BASE_CACHE_S, MAX_CRL_PAGE, MAX_CRL_SHARDS } from './limits';
import { type CrlScope, FULL, shardScope } from './scope';

/** The service once it is open; undefined where the operator runs no HSM. */
export type CrlSource = () => CrlService | undefined;

type Handler = (service: CrlService, request: ValidRequest, response: Response) => Promise<void>;

const AUTHORITY = queryParameter('authority', 'The CA of identities (default) or of TLS certificates.', {
  type: 'string',
  enum: [...AUTHORITY_NAMES],
});
const SHARD: JsonSchema = { type: 'integer', minimum: 0, maximum: MAX_CRL_SHARDS - 1 };
const SHARDS: JsonSchema = { type: 'integer', minimum: 1, maximum: MAX_CRL_SHARDS };
const CRL_FILE = {
  200: {
    description: 'RFC 5280 CRL, DER.',
    mediaType: 'application/pkix-crl',
    schema: { type: 'string' },
    headers: ['ETag'],
  },
  304: { description: 'The CRL has not changed.' },
} as const;

/** Routes of the CRLs. */
export function crlRoutes(source: CrlSource): Route[] {
  return [currentRoute(source), listRoute(source), fileRoute(source)];
}

function route(
  source: CrlSource,
  description: Omit<RouteDescription, 'tag' | 'method'>,
  handle: Handler,
): Route {
  return {
    ...description,
    method: 'get',
    tag: 'Trust',
    handle: async (request, response) => {
      const service = source();
      if (service === undefined) {
        throw new RegistryError('HSM_UNAVAILABLE', 'This gateway runs without an HSM and issues no CRLs.');
      }
      await handle(service, request, response);
    },
  };
}

function currentRoute(source: CrlSource): Route {
  return route(
    source,
    {
      path: '/v1/crl',
      operationId: 'readCrl',
      summary: "The certificate revocation list of the operator's CA",
      description:
        'The list of all certificates, or with `shard` and `shards` that of one shard; with `delta=true` what changed since ' +
        'the full lists that are still in use.',
      // Revocation is public: who must stop has to be able to learn it.
      access: 'anyone',
      limit: 'reads',
      parameters: [
        AUTHORITY,
        queryParameter('shard', 'Number of the shard, from 0; with `shards`.', SHARD),
        queryParameter('shards', 'How many shards there are, as the certificate’s address says.', SHARDS),
        queryParameter('delta', 'The delta instead of the full list.', { type: 'boolean' }),
        IF_NONE_MATCH,
      ],
      responses: CRL_FILE,
    },
    serveCurrent,
  );
}

async function serveCurrent(service: CrlService, request: ValidRequest, response: Response): Promise<void> {
  const authority = String(request.query['authority'] ?? AUTHORITY_NAMES[0]);
  const scope = scopeAsked(request.query);
  const kind = request.query['delta'] === true ? 'delta' : 'base';
  const crl = await service.current(authority, scope, kind);
  const etag = `"${authority}-${scope.name}-${kind}-${crl.number}"`;
  response.set('ETag', etag).set('Cache-Control', `max-age=${cacheSeconds(crl, kind)}, must-revalidate`);
  send(request, response, etag, crl.der);
}

function scopeAsked({ shard, shards }: ValidRequest['query']): CrlScope {
  if (shard === undefined && shards === undefined) return FULL;
  if (typeof shard === 'number' && typeof shards === 'number') return shardScope(shard, shards);
  throw new RegistryError('SCHEMA_VIOLATION', 'A shard is named by `shard` and `shards` together.', {
    subject: '/query/shard',
  });
}

/**
 * A full list that names its deltas may stay in caches until its nextUpdate: the news is in the delta, which caches keep for
 * seconds. Where it names none, a cache would hide revocations for a day, so it is asked for again each minute.
 */
function cacheSeconds({ nextUpdate, namesDeltas }: ServedCrl, kind: CrlKind): number {
  const left = Math.max(0, nextUpdate - unixNow());
  if (kind === 'delta') return Math.min(left, DELTA_CACHE_S);
  return namesDeltas ? left : Math.min(left, LONE_BASE_CACHE_S);
}

function listRoute(source: CrlSource): Route {
  return route(
    source,
    {
      path: '/v1/crls',
      operationId: 'listCrls',
      summary: 'Every CRL that was ever issued, newest first',
      description:
        'For auditors. `before` is the number of the last one known; numbers are decimal strings of 64 bits.',
      access: 'reader',
      limit: 'reads',
      parameters: [
        AUTHORITY,
        queryParameter('scope', '`full`, or such as `shard-3-of-8`', {
          type: 'string',
          pattern: '^(?:full|shard-[0-9]{1,4}-of-[0-9]{1,4})$',
        }),
        queryParameter('kind', 'Full lists or deltas', { type: 'string', enum: ['base', 'delta'] }),
        queryParameter('before', 'Only lower numbers', { type: 'string', pattern: '^[0-9]{1,18}$' }),
        queryParameter('limit', 'How many', { type: 'integer', minimum: 1, maximum: MAX_CRL_PAGE }),
      ],
      responses: { 200: { description: 'What was issued.', schema: { type: 'object' } } },
    },
    async (service, { query }, response) => {
      const authority = String(query['authority'] ?? AUTHORITY_NAMES[0]);
      const { scope, kind, before, limit } = query;
      const items = await service.issued(authority, {
        scope: typeof scope === 'string' ? scope : undefined,
        kind: kind === 'base' || kind === 'delta' ? kind : undefined,
        before: typeof before === 'string' ? before : undefined,
        limit: typeof limit === 'number' ? limit : undefined,
      });
      response.json({ items });
    },
  );
}

function fileRoute(source: CrlSource): Route {
  return route(
    source,
    {
      path: '/v1/crls/{sha256}',
      operationId: 'readIssuedCrl',
      summary: 'A CRL that was issued, by its digest',
      access: 'reader',
      limit: 'reads',
      parameters: [pathParameter('sha256', 'SHA-256 of the DER', HEX32), IF_NONE_MATCH],
      responses: CRL_FILE,
    },
    async (service, request, response) => {
      const sha256 = request.path['sha256'] ?? '';
      const der = await service.issuedBytes(sha256);
      const etag = `"${sha256}"`;
      response.set('ETag', etag).set('Cache-Control', 'max-age=31536000, immutable');
      send(request, response, etag, der);
    },
  );
}

function send(request: ValidRequest, response: Response, etag: string, der: Buffer): void {
  const known = request.header('if-none-match')?.split(',') ?? [];
  if (known.some((candidate) => candidate.trim().replace(/^W\//, '') === etag)) response.status(304).end();
  else response.type('application/pkix-crl').send(der);
}
