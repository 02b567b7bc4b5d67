import { type JsonSchema, schemas } from '@maker-registry/protocol';
import { type Route, type ValidRequest } from '../http/route';
import { HEX32 } from '../openapi/schemas';
import { KBS_VERSION, type KbsAttestation, TEE, TEE_KEY_ALGORITHM } from './key-broker';
import { MAX_EVIDENCE_BYTES, MAX_RELEASE_BYTES, SESSION_LIFETIME_S } from './limits';
import { closed, EVIDENCE, posting, route, TOKEN, type TrustSource } from './trust-routes';

const SESSION_COOKIE = 'kbs-session-id';
const OBJECT = { type: 'object' } as const;
const COORDINATE: JsonSchema = { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$' };

const REQUEST = closed({
  version: { type: 'string', const: KBS_VERSION },
  tee: { type: 'string', const: TEE },
  // Reserved by the protocol; clients send an empty string or object where they have nothing to say.
  'extra-params': { anyOf: [{ const: '' }, { type: 'object', maxProperties: 0 }] },
});

const TEE_PUBLIC_KEY = closed({
  kty: { const: 'EC' },
  crv: { const: 'P-256' },
  alg: { const: TEE_KEY_ALGORITHM },
  x: COORDINATE,
  y: COORDINATE,
});

const ATTESTATION = closed(
  {
    // Init data would be a claim about the environment that this evidence does not cover.
    'init-data': { type: 'null' },
    'runtime-data': closed({
      nonce: { type: 'string', pattern: '^[A-Za-z0-9+/]{43}=$' },
      'tee-pubkey': TEE_PUBLIC_KEY,
      registry: closed({ token: TOKEN, request: schemas.envelope }),
    }),
    'tee-evidence': closed(
      { primary_evidence: closed(EVIDENCE), additional_evidence: { enum: ['', '{}'] } },
      ['additional_evidence'],
    ),
  },
  ['init-data'],
);

/** The key broker's routes, at the paths that its protocol gives them. */
export function keyBrokerRoutes(source: TrustSource): Route[] {
  return [authRoute(source), attestRoute(source), resourceRoute(source)];
}

function authRoute(source: TrustSource): Route {
  return route(
    source,
    {
      ...posting(
        '/kbs/v0/auth',
        'openReleaseSession',
        'Open a release session (key broker: Request, Challenge)',
      ),
      description: `The session is the cookie ${SESSION_COOKIE}; it lasts ${SESSION_LIFETIME_S} seconds.`,
      body: { description: 'KBS Request', maxBytes: MAX_EVIDENCE_BYTES, schema: REQUEST },
      responses: { 200: { description: 'KBS Challenge.', schema: OBJECT, headers: ['Set-Cookie'] } },
    },
    async ({ keyBroker }, _request, response) => {
      const { cookie, challenge } = await keyBroker.auth();
      const attributes = `Path=/kbs/v0; Max-Age=${SESSION_LIFETIME_S}; Secure; HttpOnly; SameSite=Strict`;
      response.set('Set-Cookie', `${SESSION_COOKIE}=${cookie}; ${attributes}`);
      response.set('Cache-Control', 'no-store').json(challenge);
    },
  );
}

function attestRoute(source: TrustSource): Route {
  return route(
    source,
    {
      ...posting(
        '/kbs/v0/attest',
        'attestReleaseSession',
        'Show evidence in a release session (Attestation)',
      ),
      body: {
        description:
          'KBS Attestation: runtime data with token and signed request, and the TPM’s evidence in hex',
        maxBytes: MAX_RELEASE_BYTES,
        schema: ATTESTATION,
      },
      responses: { 200: { description: 'The attestation result as a JWT.', schema: OBJECT } },
    },
    async ({ keyBroker }, request, response) => {
      const result = await keyBroker.attest(sessionOf(request), request.body as KbsAttestation);
      response.set('Cache-Control', 'no-store').json(result);
    },
  );
}

function resourceRoute(source: TrustSource): Route {
  return route(
    source,
    {
      method: 'get',
      path: '/kbs/v0/resource/{right_id}/{artifact_id}/{version}',
      operationId: 'takeReleasedKey',
      summary: 'Take the content key that a release session was admitted to (Response)',
      access: 'anyone',
      limit: 'writes',
      parameters: [
        { name: 'right_id', in: 'path', description: 'The right (repository).', schema: HEX32 },
        { name: 'artifact_id', in: 'path', description: 'The artifact (type).', schema: HEX32 },
        {
          name: 'version',
          in: 'path',
          description: 'The version of its content key (tag).',
          schema: { type: 'string', pattern: '^[1-9][0-9]{0,2}$' },
        },
      ],
      responses: { 200: { description: 'Flattened JWE to the TEE key.', schema: OBJECT } },
    },
    async ({ keyBroker }, request, response) => {
      const { right_id = '', artifact_id = '', version } = request.path;
      const name = { right_id, artifact_id, version: Number(version) };
      response.set('Cache-Control', 'no-store').json(await keyBroker.resource(sessionOf(request), name));
    },
  );
}

/** The session's cookie among those sent, where there is exactly one: two would leave open which of them counts. */
function sessionOf(request: ValidRequest): string | undefined {
  const values = (request.header('cookie') ?? '').split(';').flatMap((pair) => {
    const [name, value] = pair.trim().split('=', 2);
    return name === SESSION_COOKIE && value !== undefined ? [value] : [];
  });
  return values.length === 1 ? values[0] : undefined;
}
