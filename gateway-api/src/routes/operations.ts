import { createHash } from 'node:crypto';
import { serializeEnvelope } from '@maker-registry/protocol';
import { type Response } from 'express';
import { type GatewayContext } from '../context';
import { type Caller } from '../http/caller';
import { type Route, type ValidRequest } from '../http/route';
import { preferredWait } from '../http/wait';
import { MAX_BODY_BYTES } from '../limits';
import { IDEMPOTENCY_KEY, PREFER, schemaRef, pathParameter, UUID, WAIT } from '../openapi/schemas';
import { checkIntent } from '../operations/check-intent';
import { isEnded, type Operation } from '../operations/operation';
import { operationDocument, operationPath } from '../operations/operation-document';

const SECOND_MS = 1_000;

/** Submission of intents and the progress of operations. */
export function operationRoutes(context: GatewayContext): Route[] {
  return [submitIntent(context), readOperation(context)];
}

function submitIntent(context: GatewayContext): Route {
  return {
    method: 'post',
    path: '/v1/intents',
    operationId: 'submitIntent',
    tag: 'Submitting',
    summary: 'Submit a signed intent',
    description:
      'Anyone may relay an intent: the signature inside it is what the ledger believes. The same intent sent twice is ' +
      'one operation; a refused or failed one is tried again.',
    access: 'anyone',
    limit: 'writes',
    parameters: [IDEMPOTENCY_KEY, PREFER],
    body: {
      description: 'DSSE envelope of payload type application/vnd.maker-registry.intent+json',
      maxBytes: MAX_BODY_BYTES,
      schema: schemaRef('Envelope'),
      parsedByHandler: true,
    },
    responses: OPERATION_RESPONSES,
    handle: async (request, response) => {
      const key = request.header('idempotency-key');
      const checked = await checkIntent(request.bodyBytes, {
        network: context.config.network.entry.genesis_hash,
        now: Math.floor(Date.now() / SECOND_MS),
        findKey: (actorId, keyid) => context.actorKeys.find(actorId, keyid),
      });
      const caller = scopeOf(request.caller, `actor:${checked.opened.intent.actor}`);
      await context.operations.answering(caller, key, async () => {
        const operation = await context.operations.accept({
          kind: 'intent',
          caller,
          idempotencyKey: key,
          requestHash: createHash('sha256').update(request.bodyBytes).digest('hex'),
          intentId: checked.opened.intentId,
          function: checked.function,
          argument: serializeEnvelope(checked.opened.envelope),
        });
        await answerOperation(context, request, response, operation);
      });
    },
  };
}

/** Idempotency keys of callers without an identity are kept apart by the party that signed. */
export function scopeOf(caller: Caller, signer: string): string {
  return caller.kind === 'anonymous' ? signer : caller.id;
}

export const OPERATION_RESPONSES: Route['responses'] = {
  200: { description: 'The operation has ended.', schema: schemaRef('Operation') },
  202: {
    description: 'The operation is under way; `Location` tells its progress.',
    schema: schemaRef('Operation'),
    headers: ['Location'],
  },
};

/** 200 with the ended operation, waiting as the caller prefers; otherwise 202. */
export async function answerOperation(
  context: GatewayContext,
  request: ValidRequest,
  response: Response,
  operation: Operation,
): Promise<void> {
  const wait = preferredWait(request.header('prefer'));
  if (wait !== undefined) response.set('Preference-Applied', `wait=${wait}`);
  const current = await context.operations.wait(operation, (wait ?? 0) * SECOND_MS, request.gone);
  response
    .status(isEnded(current) ? 200 : 202)
    .set('Location', operationPath(current.operationId))
    .json(operationDocument(current));
}

function readOperation(context: GatewayContext): Route {
  return {
    method: 'get',
    path: '/v1/operations/{operation_id}',
    operationId: 'readOperation',
    tag: 'Submitting',
    summary: 'Progress of an operation',
    access: 'anyone',
    limit: 'reads',
    parameters: [pathParameter('operation_id', 'Id of the operation', UUID), WAIT],
    responses: { 200: { description: 'The operation as it is now.', schema: schemaRef('Operation') } },
    handle: async (request, response) => {
      const { wait } = request.query;
      const operation = await context.operations.find(request.path['operation_id'] ?? '');
      const milliseconds = typeof wait === 'number' ? wait * SECOND_MS : 0;
      response.json(operationDocument(await context.operations.wait(operation, milliseconds, request.gone)));
    },
  };
}
