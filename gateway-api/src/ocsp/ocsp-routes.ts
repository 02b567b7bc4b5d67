import { X509Certificate } from 'node:crypto';
import { RegistryError } from '@maker-registry/protocol';
import { normalizeSerial } from '@maker-registry/pki';
import { type Response } from 'express';
import { issuingAuthority } from '../auth/certificate-authorities';
import { type GatewayContext } from '../context';
import { type ResponseDescription, type Route } from '../http/route';
import { pathParameter } from '../openapi/schemas';
import { IssuedCertificates } from './issued-certificates';
import { ANSWER_CACHE_S, MAX_REQUEST_BYTES, MAX_REQUEST_TEXT, MAX_SHOWN_BYTES } from './limits';
import { type OcspResponder } from './ocsp-responder';

const REQUEST_TYPE = 'application/ocsp-request';
const RESPONSE_TYPE = 'application/ocsp-response';
const RESPONSES: Readonly<Record<string, ResponseDescription>> = {
  200: { description: 'OCSPResponse, DER.', mediaType: RESPONSE_TYPE, schema: { type: 'string' } },
};
const DESCRIPTION =
  'For certificates of this operator’s CAs. `good` is said only of certificates that were shown here, for example by ' +
  '`POST /v1/certificates`; a revoked one is `revoked` in any case.';

/** The responder once it is open; undefined where the operator runs no HSM. */
export type OcspSource = () => OcspResponder | undefined;

/** Routes of the OCSP responder (RFC 6960, appendix A), and of showing a certificate to it. */
export function ocspRoutes(context: GatewayContext, source: OcspSource): Route[] {
  return [postRoute(source), getRoute(source), showRoute(context)];
}

function responder(source: OcspSource): OcspResponder {
  const found = source();
  if (found !== undefined) return found;
  throw new RegistryError(
    'HSM_UNAVAILABLE',
    'This gateway runs without an HSM and answers no OCSP requests.',
  );
}

function postRoute(source: OcspSource): Route {
  return {
    method: 'post',
    path: '/v1/ocsp',
    operationId: 'askOcsp',
    tag: 'Trust',
    summary: 'The status of certificates (OCSP)',
    description: DESCRIPTION,
    access: 'anyone',
    limit: 'reads',
    body: {
      description: 'OCSPRequest, DER',
      maxBytes: MAX_REQUEST_BYTES,
      schema: { type: 'string' },
      mediaType: REQUEST_TYPE,
      parsedByHandler: true,
    },
    responses: RESPONSES,
    handle: async ({ bodyBytes }, response) => {
      send(response.set('Cache-Control', 'no-store'), await responder(source).answer(bodyBytes));
    },
  };
}

function getRoute(source: OcspSource): Route {
  return {
    method: 'get',
    path: '/v1/ocsp/{request}',
    operationId: 'readOcsp',
    tag: 'Trust',
    summary: 'The same with the request in the address, for caches',
    description: DESCRIPTION,
    access: 'anyone',
    limit: 'reads',
    parameters: [
      pathParameter('request', 'OCSPRequest, DER in base64, URL-encoded', {
        type: 'string',
        pattern: '^[A-Za-z0-9+/]+={0,2}$',
        maxLength: MAX_REQUEST_TEXT,
      }),
    ],
    responses: RESPONSES,
    handle: async ({ path }, response) => {
      const request = Buffer.from(path['request'] ?? '', 'base64');
      response.set('Cache-Control', `max-age=${ANSWER_CACHE_S}, must-revalidate`);
      send(response, await responder(source).answer(request));
    },
  };
}

function send(response: Response, der: Buffer): void {
  response.status(200).type(RESPONSE_TYPE).send(der);
}

function showRoute(context: GatewayContext): Route {
  const issued = new IssuedCertificates(context.pool);
  return {
    method: 'post',
    path: '/v1/certificates',
    operationId: 'showCertificate',
    tag: 'Trust',
    summary: 'Show a certificate, so that OCSP knows that it was issued',
    description: 'Its signature by one of this operator’s CAs is the proof; who shows it does not matter.',
    access: 'anyone',
    limit: 'writes',
    body: {
      description: 'The certificate in PEM',
      maxBytes: MAX_SHOWN_BYTES,
      schema: {
        type: 'object',
        additionalProperties: false,
        required: ['certificate'],
        properties: { certificate: { type: 'string', maxLength: MAX_SHOWN_BYTES } },
      },
    },
    responses: { 200: { description: 'How it is named in revocations.', schema: { type: 'object' } } },
    handle: async ({ body }, response) => {
      const { authorities, config } = context;
      const own = authorities.filter(({ mspId }) => mspId === config.organization.msp_id);
      const certificate = parse((body as { certificate: string }).certificate);
      const issuer = issuingAuthority(certificate, own, new Date());
      if (issuer?.keyId === undefined) {
        throw new RegistryError(
          'CERTIFICATE_INVALID',
          'No CA of this operator issued this certificate, or it is not valid now.',
          { subject: '/certificate' },
        );
      }
      await issued.witness(certificate, issuer);
      const serial = normalizeSerial(certificate.serialNumber);
      response.json({ msp_id: issuer.mspId, aki: issuer.keyId, serial });
    },
  };
}

function parse(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new RegistryError('CERTIFICATE_MALFORMED', 'Give one X.509 certificate in PEM.', {
      subject: '/certificate',
      cause,
    });
  }
}
