import { ACTS, type ActName, type JsonSchema } from '@maker-registry/protocol';
import { type GatewayContext } from '../context';
import { type ActRequest } from '../acts/act-service';
import { signingDigest, type Unsigned } from '../fabric/offline-signing';
import { type Route } from '../http/route';
import { MAX_ACT_BODY_BYTES, MAX_BODY_BYTES, MAX_CERTIFICATE_LENGTH } from '../limits';
import { HEX32, pathParameter, PREFER, UUID } from '../openapi/schemas';
import { answerOperation, OPERATION_RESPONSES } from './operations';

const BASE64: JsonSchema = { type: 'string', pattern: '^[A-Za-z0-9+/]+={0,2}$' };
const ACT_ID = pathParameter('act_id', 'Id of the act', UUID);

const CREATOR: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['msp_id', 'certificate'],
  properties: {
    msp_id: { type: 'string', minLength: 1, maxLength: 64 },
    certificate: { type: 'string', minLength: 1, maxLength: MAX_CERTIFICATE_LENGTH, description: 'PEM' },
  },
};

const REQUEST: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['act', 'argument', 'creator'],
  properties: {
    act: { type: 'string', enum: Object.keys(ACTS) },
    argument: { type: 'object', description: 'As the schema `act.<name>` says.' },
    creator: CREATOR,
  },
};

const SIGNATURE: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['signature'],
  properties: { signature: { ...BASE64, maxLength: 128, description: 'DER of a low-S ECDSA signature' } },
};

function unsignedSchema(name: 'proposal' | 'transaction'): JsonSchema {
  return {
    type: 'object',
    required: ['act_id', name, 'digest'],
    properties: {
      act_id: UUID,
      [name]: { ...BASE64, description: 'Bytes as the Fabric client libraries write and read them' },
      digest: {
        ...HEX32,
        description: 'SHA-256 of what is to be signed; compute it yourself from the bytes',
      },
    },
  };
}

/** Role acts signed offline: proposal, its signature, transaction, its signature. */
export function actRoutes(context: GatewayContext): Route[] {
  return [prepareAct(context), signProposal(context), signTransaction(context)];
}

function prepareAct(context: GatewayContext): Route {
  return {
    method: 'post',
    path: '/v1/acts',
    operationId: 'prepareAct',
    tag: 'Submitting',
    summary: 'Prepare a role act for offline signing',
    description:
      'The act is signed by the key of `creator`, which never reaches the gateway. Decode the bytes and check that ' +
      'they say what you mean before you sign.',
    access: 'anyone',
    limit: 'writes',
    body: { description: 'The act and who performs it', maxBytes: MAX_ACT_BODY_BYTES, schema: REQUEST },
    responses: { 200: { description: 'The proposal to sign.', schema: unsignedSchema('proposal') } },
    handle: async (request, response) => {
      const { act, argument, creator } = request.body as ActRequest & { readonly act: ActName };
      const { actId, proposal } = await context.acts.prepare({ act, argument, creator });
      response.json(unsignedDocument(actId, 'proposal', proposal));
    },
  };
}

function signProposal(context: GatewayContext): Route {
  return {
    ...signatureRoute('proposal-signature', 'signActProposal', 'Give the signature of the proposal'),
    responses: {
      200: { description: 'The endorsed transaction to sign.', schema: unsignedSchema('transaction') },
    },
    handle: async (request, response) => {
      const actId = request.path['act_id'] ?? '';
      const transaction = await context.acts.endorse(actId, signatureOf(request.body));
      response.json(unsignedDocument(actId, 'transaction', transaction));
    },
  };
}

function signTransaction(context: GatewayContext): Route {
  const route = signatureRoute(
    'transaction-signature',
    'signActTransaction',
    'Give the signature of the transaction',
  );
  return {
    ...route,
    parameters: [ACT_ID, PREFER],
    responses: OPERATION_RESPONSES,
    handle: async (request, response) => {
      const operation = await context.acts.submit(request.path['act_id'] ?? '', signatureOf(request.body));
      await answerOperation(context, request, response, operation);
    },
  };
}

function signatureRoute(
  name: string,
  operationId: string,
  summary: string,
): Omit<Route, 'handle' | 'responses'> {
  return {
    method: 'post',
    path: `/v1/acts/{act_id}/${name}`,
    operationId,
    tag: 'Submitting',
    summary,
    access: 'anyone',
    limit: 'writes',
    parameters: [ACT_ID],
    body: { description: 'The signature by the creator’s key', maxBytes: MAX_BODY_BYTES, schema: SIGNATURE },
  };
}

function signatureOf(body: unknown): Uint8Array {
  return Buffer.from((body as { readonly signature: string }).signature, 'base64');
}

function unsignedDocument(actId: string, name: string, { bytes, message }: Unsigned): Record<string, string> {
  return { act_id: actId, [name]: Buffer.from(bytes).toString('base64'), digest: signingDigest(message) };
}
