import { type CertificateKey, type JsonSchema, schemas } from '@maker-registry/protocol';
import { type GatewayContext } from '../context';
import { type Route } from '../http/route';
import { MAX_BODY_BYTES } from '../limits';
import { AUTHORITY_NAMES, type AuthorityName } from '../crl';
import { MAX_ENROLLMENT_ID, MAX_FABRIC_CA_TOKEN } from './limits';

const OBJECT = { type: 'object' } as const;
const TOKEN: JsonSchema = { type: 'string', minLength: 1, maxLength: MAX_FABRIC_CA_TOKEN };

function body(properties: Readonly<Record<string, JsonSchema>>, required: readonly string[]): JsonSchema {
  return { type: 'object', additionalProperties: false, required, properties };
}

/** Requests of CA admins to the organization's Fabric CA. */
export function fabricCaRoutes(context: GatewayContext): Route[] {
  return [names(context), revoke(context), certificates(context)];
}

function names({ reach }: GatewayContext): Route {
  return {
    method: 'get',
    path: '/v1/fabric-ca',
    operationId: 'readFabricCa',
    tag: 'Trust',
    summary: "Names of the operator's CAs at its Fabric CA",
    access: 'reader',
    limit: 'reads',
    responses: { 200: { description: 'The names, by kind of CA.', schema: OBJECT } },
    handle: (_request, response) => {
      response.json({ names: reach.fabricCaRequests.names });
    },
  };
}

function revoke({ reach }: GatewayContext): Route {
  return {
    method: 'post',
    path: '/v1/fabric-ca/revocations',
    operationId: 'revokeAtFabricCa',
    tag: 'Trust',
    summary: 'Revoke at the Fabric CA what the ledger revokes for good',
    description:
      'The token is that of the CA admin for the request that Fabric CA gets: it is rebuilt here from what the ledger says, ' +
      'and its signature is checked before it is sent.',
    access: 'anyone',
    limit: 'writes',
    body: {
      description: 'The certificate, and the authorization token',
      maxBytes: MAX_BODY_BYTES,
      schema: body(
        { aki: schemas.parts.keyIdentifier, serial: schemas.parts.certificateSerial, token: TOKEN },
        ['aki', 'serial', 'token'],
      ),
    },
    responses: { 200: { description: 'Whether it was revoked there already.', schema: OBJECT } },
    handle: async (request, response) => {
      const { aki, serial, token } = request.body as CertificateKey & { readonly token: string };
      response.json(await reach.fabricCaRequests.revoke({ aki, serial }, token));
    },
  };
}

function certificates({ reach }: GatewayContext): Route {
  return {
    method: 'post',
    path: '/v1/fabric-ca/certificates',
    operationId: 'listFabricCaCertificates',
    tag: 'Trust',
    summary: 'Certificates that the Fabric CA has issued, to an enrolment id or to all',
    description:
      'For CA admins, who sign the request. The enrolment id goes to the Fabric CA and nowhere else.',
    access: 'anyone',
    limit: 'writes',
    body: {
      description: 'The CA, the enrolment id, and the authorization token',
      maxBytes: MAX_BODY_BYTES,
      schema: body(
        {
          authority: { type: 'string', enum: [...AUTHORITY_NAMES] },
          enrollment_id: { type: 'string', minLength: 1, maxLength: MAX_ENROLLMENT_ID },
          token: TOKEN,
        },
        ['authority', 'token'],
      ),
    },
    responses: { 200: { description: 'The certificates in PEM.', schema: OBJECT } },
    handle: async (request, response) => {
      const wanted = request.body as { authority: AuthorityName; enrollment_id?: string; token: string };
      const { authority, enrollment_id: enrollmentId, token } = wanted;
      const list = await reach.fabricCaRequests.certificates(authority, enrollmentId, token);
      response.set('Cache-Control', 'no-store').json({ certificates: list });
    },
  };
}
