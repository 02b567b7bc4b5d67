import { CERTIFICATE_REASONS, CERTIFICATE_STATES, schemas } from '@maker-registry/protocol';
import { type GatewayContext } from '../context';
import { type Route } from '../http/route';
import { pathParameter, queryParameter } from '../openapi/schemas';
import { created, type DocumentRead, documentRoute, type ListingRead, listingRoute } from './read-routes';

const MSP_ID = schemas.parts.mspId;
const KEY_IDENTIFIER = schemas.parts.keyIdentifier;
const SERIAL = schemas.parts.certificateSerial;

const DOCUMENT: DocumentRead = {
  name: 'readCertificateRevocation',
  path: '/v1/certificates/{msp_id}/{aki}/{serial}',
  tag: 'Reading',
  summary: 'What an organization says of one certificate of its CAs',
  ids: [
    pathParameter('msp_id', 'Organization of the CA', MSP_ID),
    pathParameter('aki', 'authorityKeyIdentifier of the certificate, lower-case hex', KEY_IDENTIFIER),
    pathParameter('serial', 'Serial number, lower-case hex without leading zero bytes', SERIAL),
  ],
  missing: ['REVOCATION_UNKNOWN', 'The organization has never revoked this certificate or put it on hold.'],
  read: (reads, path) => reads.document('certificate_revocations', path),
};

const LISTING: ListingRead = {
  name: 'listCertificateRevocations',
  path: '/v1/certificates',
  tag: 'Reading',
  summary: 'Certificates that were revoked or held, oldest first',
  description:
    'As the ledger has them, lifted holds included. An entry counts for certificates of its organization’s own CAs only.',
  filters: [
    queryParameter('msp_id', 'Organization of the CA', MSP_ID),
    queryParameter('aki', 'authorityKeyIdentifier', KEY_IDENTIFIER),
    queryParameter('serial', 'Serial number', SERIAL),
    queryParameter('state', 'State', { type: 'string', enum: CERTIFICATE_STATES }),
    queryParameter('reason', 'Reason', { type: 'string', enum: CERTIFICATE_REASONS }),
  ],
  definition: {
    table: 'registry.certificate_revocations',
    order: created('msp_id', 'aki', 'serial'),
    filters: { msp_id: 'msp_id', aki: 'aki', serial: 'serial', state: 'state', reason: 'reason' },
  },
};

/** Revocations of X.509 certificates as the ledger has them. */
export function certificateReadRoutes(context: GatewayContext): Route[] {
  return [documentRoute(context, DOCUMENT), listingRoute(context, LISTING)];
}
