import {
  CERTIFICATE_STATES,
  type CertificateRevocation,
  type JsonSchema,
  schemas,
} from '@maker-registry/protocol';
import { type GatewayContext } from '../context';
import { type Route } from '../http/route';
import { CURSOR, NUMBER, queryParameter } from '../openapi/schemas';
import { type ListingDefinition, listDocuments } from '../reads/listing';
import { created, pageQuery, pageRoute } from '../routes/read-routes';
import { announceHeight } from '../routes/respond';
import { MAX_CONFIGURATION_PAGE_BYTES, MAX_UPDATE_BODY_BYTES } from './limits';

const OBJECT = { type: 'object' } as const;
/** Characters of a signature header: a certificate of 64 KiB at the most, in base64. */
const MAX_HEADER = 96 * 1024;
const MAX_SIGNATURE = 128;
const MAX_SIGNATURES = 16;

function base64(maxLength: number): JsonSchema {
  return {
    type: 'string',
    pattern: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
    maxLength,
  };
}

const SIGNATURE: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['signature_header', 'signature'],
  properties: { signature_header: base64(MAX_HEADER), signature: base64(MAX_SIGNATURE) },
};

const UPDATE: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['config_update', 'signatures'],
  properties: {
    config_update: base64(MAX_UPDATE_BODY_BYTES),
    signatures: { type: 'array', items: SIGNATURE, minItems: 1, maxItems: MAX_SIGNATURES },
  },
};

interface UpdateBody {
  readonly config_update: string;
  readonly signatures: readonly { readonly signature_header: string; readonly signature: string }[];
}

/** The channel's configuration: to be read and verified by anyone, and updated by who may sign for it. */
export function reachRoutes(context: GatewayContext): Route[] {
  return [configurationBlocks(context), relayUpdate(context), certificateReach(context)];
}

function configurationBlocks({ reach }: GatewayContext): Route {
  return {
    method: 'get',
    path: '/v1/channel/configuration-blocks',
    operationId: 'readConfigurationBlocks',
    tag: 'Trust',
    summary: "The blocks with the channel's configurations, from the genesis block",
    description:
      'Each is signed by the orderers under the configuration before it, so that whoever knows the genesis hash ' +
      `believes nobody. A page has about ${MAX_CONFIGURATION_PAGE_BYTES / 1024 / 1024} MiB at the most.`,
    access: 'anyone',
    limit: 'reads',
    parameters: [queryParameter('from', 'Lowest block number of the page; 0 unless given.', NUMBER)],
    responses: {
      200: { description: 'Blocks in base64, and whether there are later ones.', schema: OBJECT },
    },
    handle: async ({ query }, response) => {
      const from = typeof query['from'] === 'number' ? query['from'] : 0;
      const { items, more } = await reach.configurations.page(from);
      response.json({
        channel: reach.configurations.channel,
        items: items.map(({ number, block }) => ({ number, block: Buffer.from(block).toString('base64') })),
        more,
      });
    },
  };
}

function relayUpdate({ reach }: GatewayContext): Route {
  return {
    method: 'post',
    path: '/v1/channel/revocation-updates',
    operationId: 'relayRevocationUpdate',
    tag: 'Trust',
    summary: "Put this operator's CRL into the channel's configuration",
    description:
      'Takes a common.ConfigUpdate that changes nothing but the revocation list of this organization, signed by one of ' +
      'its administrators. It is judged once more before the orderers get it, and answered when it is in force.',
    access: 'anyone',
    limit: 'writes',
    body: { description: 'The update and its signatures', maxBytes: MAX_UPDATE_BODY_BYTES, schema: UPDATE },
    responses: { 200: { description: 'The block, and what changed.', schema: OBJECT } },
    handle: async ({ body }, response) => {
      const { config_update: update, signatures } = body as UpdateBody;
      response.json(
        await reach.updates.relay({
          update: bytes(update),
          signatures: signatures.map(({ signature_header: header, signature }) => ({
            signatureHeader: bytes(header),
            signature: bytes(signature),
          })),
        }),
      );
    },
  };
}

const LISTING: ListingDefinition = {
  table: 'registry.certificate_revocations',
  order: created('msp_id', 'aki', 'serial'),
  filters: { msp_id: 'msp_id', aki: 'aki', serial: 'serial', state: 'state' },
};

function certificateReach(context: GatewayContext): Route {
  const { reach, pool, head, config } = context;
  const parameters = [
    queryParameter('aki', 'authorityKeyIdentifier', schemas.parts.keyIdentifier),
    queryParameter('serial', 'Serial number', schemas.parts.certificateSerial),
    queryParameter('state', 'State', { type: 'string', enum: CERTIFICATE_STATES }),
    CURSOR,
  ];
  return {
    ...pageRoute({
      name: 'readCertificateReach',
      path: '/v1/certificate-reach',
      tag: 'Trust',
      summary: "Where the revocations of this operator's certificates have reached",
      parameters,
      schema: OBJECT,
    }),
    description:
      'For each: ledger, CRL, Fabric CA, and per channel the configuration and the peers that work under it. Derived from ' +
      'what these say now.',
    handle: async (request, response) => {
      await announceHeight(head, request, response);
      const { filters, ...place } = pageQuery(request);
      const query = { ...place, filters: { ...filters, msp_id: config.organization.msp_id } };
      const { items, ...rest } = await listDocuments(pool, LISTING, query);
      response.json({ ...(await reach.status.report(items as CertificateRevocation[])), ...rest });
    },
  };
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}
