import { RECEIPT_MEDIA_TYPE } from '@maker-registry/fabric-proofs';
import { isRegistryError, RegistryError } from '@maker-registry/protocol';
import { type Response } from 'express';
import { type GatewayContext } from '../context';
import { type Route, type ValidRequest } from '../http/route';
import { HEX32, NUMBER, pathParameter, queryParameter, UUID } from '../openapi/schemas';
import { isEnded, type Operation } from '../operations/operation';
import { acceptsBrotli, brotli } from '../receipts/compressed';
import { saysUnknownTransaction } from '../receipts/ledger-questions';
import { SETTLING_RETRY_AFTER_S } from '../receipts/limits';
import { type TransactionReceiptKind } from '../receipts/receipt-service';

const KIND = queryParameter(
  'kind',
  '`attested` (default): the verdict as operators signed it; `block`: also the transaction’s place in the chain.',
  { type: 'string', enum: ['attested', 'block'] },
);
const CORE = queryParameter(
  'core',
  '`true`: without the channel’s configurations, for a verifier that has them already.',
  { type: 'boolean' },
);
const RECEIPT_RESPONSE: Route['responses'][string] = {
  description:
    'The receipt, to be verified without any server; compressed with brotli where that is accepted.',
  mediaType: RECEIPT_MEDIA_TYPE,
  schema: { type: 'string' },
};
const RESPONSES: Route['responses'] = {
  200: RECEIPT_RESPONSE,
  202: {
    description:
      'The transaction is under way or not yet with enough operators: ask again after `Retry-After`.',
    schema: { type: 'object' },
    headers: ['Retry-After'],
  },
};

/** Receipts: proofs of transactions that a regulator, or anybody, verifies alone. */
export function receiptRoutes(context: GatewayContext): Route[] {
  return [
    transactionReceipt(context),
    operationReceipt(context),
    stateReceipt(context),
    prefixReceipt(context),
  ];
}

function transactionReceipt(context: GatewayContext): Route {
  return {
    method: 'get',
    path: '/v1/transactions/{tx_id}/receipt',
    operationId: 'readTransactionReceipt',
    tag: 'Proving',
    summary: 'A transaction’s receipt',
    description: 'Also of a transaction that was refused: its receipt proves that it has no effect, and why.',
    access: 'reader',
    limit: 'reads',
    parameters: [pathParameter('tx_id', 'Id of the transaction', HEX32), KIND, CORE],
    responses: RESPONSES,
    handle: (request, response) => answer(context, request, response, request.path['tx_id'] ?? ''),
  };
}

function operationReceipt(context: GatewayContext): Route {
  return {
    method: 'get',
    path: '/v1/operations/{operation_id}/receipt',
    operationId: 'readOperationReceipt',
    tag: 'Proving',
    summary: 'The receipt of an operation’s transaction',
    access: 'reader',
    limit: 'reads',
    parameters: [pathParameter('operation_id', 'Id of the operation', UUID), KIND, CORE],
    responses: RESPONSES,
    handle: async (request, response) => {
      const operation = await context.operations.find(request.path['operation_id'] ?? '');
      if (!isEnded(operation)) {
        settling(response, { operation_id: operation.operationId, status: operation.status });
        return;
      }
      await answer(context, request, response, transactionOf(operation));
    },
  };
}

function stateReceipt({ receipts }: GatewayContext): Route {
  return {
    method: 'get',
    path: '/v1/receipts/state',
    operationId: 'readStateReceipt',
    tag: 'Proving',
    summary: 'The receipt of a document as the ledger has it',
    description:
      'Operators’ peers read it and sign what they read; with it goes the transaction that wrote it.',
    access: 'reader',
    limit: 'reads',
    parameters: [
      queryParameter('function', 'A contract’s function that reads one document, e.g. `actors:Get`.', {
        type: 'string',
        pattern: '^[a-z-]{1,32}:Get[A-Za-z]{0,32}$',
      }),
      queryParameter('arguments', 'Its arguments, separated by commas.', {
        type: 'string',
        maxLength: 512,
        pattern: '^[0-9A-Za-z:._,-]*$',
      }),
      CORE,
    ],
    responses: { 200: RECEIPT_RESPONSE },
    handle: async ({ query, header }, response) => {
      const { function: name, arguments: list } = query;
      if (typeof name !== 'string')
        throw new RegistryError('SCHEMA_VIOLATION', 'Name the function to read with.', {
          subject: 'function',
        });
      const args = typeof list === 'string' && list !== '' ? list.split(',') : [];
      await send(header, response, await receipts.state(name, args, query['core'] === true));
    },
  };
}

function prefixReceipt({ receipts }: GatewayContext): Route {
  return {
    method: 'get',
    path: '/v1/receipts/prefix',
    operationId: 'readPrefixReceipt',
    tag: 'Proving',
    summary: 'What operators state of the whole ledger up to a block',
    description:
      'Each operator’s peer signs the block with its commit hash. Choose small blocks: each is in the file.',
    access: 'reader',
    limit: 'reads',
    parameters: [queryParameter('block', 'Number of the block; the newest unless given.', NUMBER), CORE],
    responses: { 200: RECEIPT_RESPONSE },
    handle: async ({ query, header }, response) => {
      const { block } = query;
      const number = typeof block === 'number' ? block : undefined;
      await send(header, response, await receipts.prefix(number, query['core'] === true));
    },
  };
}

/** An operation that ended before any transaction has nothing on the ledger to prove. */
function transactionOf({ operationId, txId, status, problem }: Operation): string {
  if (txId !== undefined) return txId;
  throw new RegistryError(
    'TRANSACTION_UNKNOWN',
    `The operation ended as ${status}${problem === undefined ? '' : ` (${problem.code})`} without a transaction.`,
    { subject: operationId },
  );
}

async function answer(
  { receipts, operations, commits }: GatewayContext,
  request: ValidRequest,
  response: Response,
  txId: string,
): Promise<void> {
  const kind: TransactionReceiptKind = request.query['kind'] === 'block' ? 'block' : 'attested';
  const bytes = await receipts.transaction(txId, kind, request.query['core'] === true).catch(settled);
  if (bytes === BEHIND) {
    settling(response, { tx_id: txId, status: 'committed' });
    return;
  }
  if (bytes !== undefined) {
    await send(request.header, response, bytes);
    return;
  }
  if (operations.isUnderWay(txId)) {
    settling(response, { tx_id: txId, status: 'submitted' });
    return;
  }
  throw new RegistryError(
    'TRANSACTION_UNKNOWN',
    `The operator’s ledger, at block ${commits.height}, has no transaction of this id, and none is under way here.`,
    { subject: txId },
  );
}

/** The own peer has the transaction and others answer that they don't: they are some blocks behind. */
const BEHIND = 'behind';

function settled(error: unknown): typeof BEHIND {
  if (isRegistryError(error) && saysUnknownTransaction(error.cause)) return BEHIND;
  throw error;
}

async function send(header: ValidRequest['header'], response: Response, bytes: Uint8Array): Promise<void> {
  response.status(200).set('Content-Type', RECEIPT_MEDIA_TYPE).set('Vary', 'Accept-Encoding');
  if (!acceptsBrotli(header('accept-encoding'))) {
    response.end(bytes);
    return;
  }
  const compressed = await brotli(bytes);
  response.set('Content-Encoding', 'br').end(compressed);
}

function settling(response: Response, state: object): void {
  response.status(202).set('Retry-After', String(SETTLING_RETRY_AFTER_S)).json(state);
}
