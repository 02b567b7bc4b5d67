import { type JsonSchema, MAX_TOKEN_BYTES, RegistryError, schemas } from '@maker-registry/protocol';
import { type Response } from 'express';
import { crlRoutes } from '../crl';
import { type BodyDescription, type Route, type RouteDescription, type ValidRequest } from '../http/route';
import { MAX_BODY_BYTES, MAX_WAIT_S } from '../limits';
import { HEX32, IF_NONE_MATCH, queryParameter, schemaRef, UUID } from '../openapi/schemas';
import { CHALLENGE_PURPOSES, type ChallengePurpose } from './challenges';
import { type EnrollRequest } from './devices';
import { type ReleaseRequest } from './key-release';
import {
  LIST_REFRESH_S,
  MAX_EK_CERTIFICATE_HEX,
  MAX_EVENT_LOG_HEX,
  MAX_EVIDENCE_BYTES,
  MAX_RELEASE_BYTES,
  MAX_TPM_HEX,
} from './limits';
import { listRoutes } from './lists/list-routes';
import { type TrustServices } from './trust-services';

/** The services once they are open; undefined where the operator runs no HSM. */
export type TrustSource = () => TrustServices | undefined;

type Handler = (services: TrustServices, request: ValidRequest, response: Response) => Promise<void> | void;

const OBJECT = { type: 'object' } as const;

function hex(maxLength: number): JsonSchema {
  return { type: 'string', pattern: '^(?:[0-9a-f]{2})+$', maxLength };
}

/** An object of exactly these members. */
export function closed(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', additionalProperties: false, required, properties };
}

const TPM = hex(MAX_TPM_HEX);
const PCR_VALUES: JsonSchema = {
  type: 'object',
  propertyNames: { pattern: '^(?:[0-9]|1[0-9]|2[0-3])$' },
  additionalProperties: HEX32,
};

/** Routes of the trust services. They look at the services only when a request comes. */
export function trustRoutes(source: TrustSource): Route[] {
  return [
    ...publicationRoutes(source),
    ...deviceRoutes(source),
    ...entitlementRoutes(source),
    ...listRoutes((description, handle) => route(source, description, handle)),
    ...crlRoutes(() => source()?.crls),
  ];
}

/** A route that exists only while the services do. */
export function route(
  source: TrustSource,
  description: Omit<RouteDescription, 'tag'>,
  handle: Handler,
): Route {
  return {
    ...description,
    tag: 'Trust',
    handle: async (request, response) => {
      const services = source();
      if (services === undefined) {
        throw new RegistryError(
          'HSM_UNAVAILABLE',
          'This gateway runs without an HSM and offers no trust services.',
        );
      }
      await handle(services, request, response);
    },
  };
}

function publicationRoutes(source: TrustSource): Route[] {
  return [
    route(
      source,
      {
        ...reading('/v1/jwks.json', 'readKeys', "The operator's public keys"),
        description: '`use`: token and list keys sign those; wrap receives content keys.',
        responses: { 200: { description: 'A JWK set.', schema: OBJECT } },
      },
      ({ jwks }, _request, response) => {
        response.set('Cache-Control', 'max-age=300').json(jwks);
      },
    ),
    route(
      source,
      {
        ...reading('/v1/revocation-list', 'readRevocationList', "The registry's revocation list, signed"),
        description:
          'With `wait`, answers as soon as the list has a number above `after` or other content, and at the latest then ' +
          'with a fresh list that says that nothing changed.',
        parameters: [
          queryParameter('after', 'The number that the caller has.', { type: 'integer', minimum: 0 }),
          queryParameter('wait', 'Seconds to wait.', { type: 'integer', minimum: 0, maximum: MAX_WAIT_S }),
          IF_NONE_MATCH,
        ],
        responses: {
          200: { description: 'DSSE envelope.', schema: schemaRef('Envelope'), headers: ['ETag'] },
        },
      },
      serveList,
    ),
  ];
}

function reading(
  path: string,
  operationId: string,
  summary: string,
): Pick<RouteDescription, 'method' | 'path' | 'operationId' | 'summary' | 'access' | 'limit'> {
  // Revocation is public: who must stop has to be able to learn it.
  return { method: 'get', path, operationId, summary, access: 'anyone', limit: 'reads' };
}

async function serveList({ lists }: TrustServices, request: ValidRequest, response: Response): Promise<void> {
  const { after, wait } = request.query;
  const seconds = typeof wait === 'number' ? wait : 0;
  // Without a number to compare with, whatever list there is is news.
  const known = typeof after === 'number' ? after : -1;
  const { text, etag, list } =
    seconds === 0 ? await lists.latest() : await lists.waitFor(known, seconds, request.gone());
  response.set('Registry-Height', String(list.height)).set('ETag', etag);
  response.set('Cache-Control', `max-age=${LIST_REFRESH_S}`);
  if (isKnown(request, etag)) response.status(304).end();
  else response.type('application/json').send(text);
}

function isKnown(request: ValidRequest, etag: string): boolean {
  const header = request.header('if-none-match');
  return header?.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag) ?? false;
}

/** What the routes that take a body have in common. */
export function posting(
  path: string,
  operationId: string,
  summary: string,
): Pick<RouteDescription, 'method' | 'path' | 'operationId' | 'summary' | 'access' | 'limit'> {
  return { method: 'post', path, operationId, summary, access: 'anyone', limit: 'writes' };
}

function deviceRoutes(source: TrustSource): Route[] {
  return [
    route(
      source,
      {
        ...posting('/v1/devices/enroll', 'enrollDevice', 'Begin to enrol a TPM'),
        body: {
          description:
            'TPM2B_PUBLIC of both keys in hex, and the endorsement certificate (DER) where there is one',
          maxBytes: MAX_EVIDENCE_BYTES,
          schema: closed({ ek_certificate: hex(MAX_EK_CERTIFICATE_HEX), ek_public: TPM, ak_public: TPM }, [
            'ek_certificate',
          ]),
        },
        responses: { 200: { description: 'A credential that only this TPM opens.', schema: OBJECT } },
      },
      async ({ devices }, { body }, response) => {
        response.json(await devices.enroll(body as EnrollRequest));
      },
    ),
    route(
      source,
      {
        ...posting('/v1/devices/activate', 'activateDevice', 'Complete an enrolment with the opened secret'),
        body: {
          description: 'The enrolment and the secret in hex',
          maxBytes: MAX_EVIDENCE_BYTES,
          schema: closed({ enrollment_id: UUID, secret: HEX32 }),
        },
        responses: { 200: { description: "The device's id.", schema: OBJECT } },
      },
      async ({ devices }, { body }, response) => {
        const { enrollment_id: id, secret } = body as { enrollment_id: string; secret: string };
        response.json(await devices.activate(id, Buffer.from(secret, 'hex')));
      },
    ),
    route(
      source,
      {
        ...posting('/v1/challenges', 'issueChallenge', 'A fresh nonce for one attestation'),
        body: {
          description: 'What it is for',
          maxBytes: MAX_EVIDENCE_BYTES,
          schema: closed({ purpose: { type: 'string', enum: [...CHALLENGE_PURPOSES] } }),
        },
        responses: { 200: { description: 'The challenge.', schema: OBJECT } },
      },
      async ({ challenges }, { body }, response) => {
        response.json(await challenges.issue((body as { purpose: ChallengePurpose }).purpose));
      },
    ),
  ];
}

/** A rights token in a body. */
export const TOKEN: JsonSchema = { type: 'string', maxLength: MAX_TOKEN_BYTES };

/** A device's evidence: TPM structures in hex. */
export const EVIDENCE: Readonly<Record<string, JsonSchema>> = {
  quote: closed(
    { attest: TPM, signature: TPM, pcrs: closed({ sha256: PCR_VALUES }), event_log: hex(MAX_EVENT_LOG_HEX) },
    ['event_log'],
  ),
  certification: closed({ attest: TPM, signature: TPM }),
};

const RELEASE_BODY = closed({ token: TOKEN, request: schemas.envelope, ...EVIDENCE }, Object.keys(EVIDENCE));

/** A DSSE envelope, which the services parse with the ledger's own parser. */
function signedRequest(description: string): BodyDescription {
  return { description, maxBytes: MAX_BODY_BYTES, schema: schemaRef('Envelope'), parsedByHandler: true };
}

function entitlementRoutes(source: TrustSource): Route[] {
  return [
    route(
      source,
      {
        ...posting('/v1/tokens', 'issueToken', 'A rights token for the holder of a right'),
        body: signedRequest('DSSE envelope of a token.request by the holder'),
        responses: { 200: { description: 'The token (compact JWS, ES256).', schema: OBJECT } },
      },
      async ({ tokens }, { bodyBytes }, response) => {
        response.set('Cache-Control', 'no-store').json(await tokens.issue(bodyBytes));
      },
    ),
    route(
      source,
      {
        ...posting('/v1/keys/deposit', 'depositKey', 'Deposit a content key with this operator'),
        body: signedRequest('DSSE envelope of a key.deposit by the maker'),
        responses: { 200: { description: 'What was taken.', schema: OBJECT } },
      },
      async ({ contentKeys }, { bodyBytes }, response) => {
        response.json(await contentKeys.deposit(bodyBytes));
      },
    ),
    route(
      source,
      {
        ...posting('/v1/keys/release', 'releaseKey', 'Release a content key to an attested environment'),
        body: {
          description: "The token, the holder's signed key.release, and the device's evidence in hex",
          maxBytes: MAX_RELEASE_BYTES,
          schema: RELEASE_BODY,
        },
        responses: { 200: { description: 'The key as a JWE to the release key.', schema: OBJECT } },
      },
      async ({ keyRelease }, { body }, response) => {
        response.set('Cache-Control', 'no-store').json(await keyRelease.release(body as ReleaseRequest));
      },
    ),
  ];
}
