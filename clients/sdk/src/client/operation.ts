import { isErrorCode, isPlainObject, RegistryError } from '@maker-registry/protocol';
import { ClientError } from '../errors/client-error';
import { problemError } from '../http/problem';

export const OPERATION_STATUSES = ['pending', 'submitted', 'committed', 'refused', 'failed'] as const;
export type OperationStatus = (typeof OPERATION_STATUSES)[number];

/** One request to a gateway and its progress, as `GET /v1/operations/{id}` shows it. */
export interface Operation {
  readonly operation_id: string;
  readonly status: OperationStatus;
  /** Of operations that relay an intent. */
  readonly intent_id?: string;
  readonly tx_id?: string;
  /** Number of the block that holds the transaction. */
  readonly block?: number;
  /** What chaincode answered: `{id, type, …}`. */
  readonly result?: OperationResult;
  readonly code?: string;
  readonly problem?: unknown;
}

export interface OperationResult {
  readonly id: string;
  readonly type: string;
  readonly first_number?: number;
  readonly last_number?: number;
  readonly state?: string;
  /** Of a batch: how many things it made. */
  readonly count?: number;
}

/** A committed operation: its place in the ledger is known. */
export interface CommittedOperation extends Operation {
  readonly status: 'committed';
  readonly tx_id: string;
  readonly block: number;
  readonly result: OperationResult;
}

/** Reads an operation out of an answer. Throws RESPONSE_MALFORMED. */
export function readOperation(value: Record<string, unknown>): Operation {
  const { operation_id: id, status } = value;
  if (typeof id !== 'string' || !OPERATION_STATUSES.some((one) => one === status)) {
    throw new ClientError('RESPONSE_MALFORMED', 'The gateway’s answer is not an operation.');
  }
  return value as unknown as Operation;
}

export function isEnded(operation: Operation): boolean {
  return operation.status !== 'pending' && operation.status !== 'submitted';
}

/**
 * The operation when it committed. Throws the ledger's RegistryError when it was refused, OPERATION_FAILED when it
 * failed without a reason of the registry, OPERATION_UNFINISHED when it has not ended.
 */
export function requireCommitted(operation: Operation): CommittedOperation {
  if (operation.status === 'committed') return committed(operation);
  if (!isEnded(operation)) {
    throw new ClientError(
      'OPERATION_UNFINISHED',
      `Operation ${operation.operation_id} is still ${operation.status}.`,
      {
        subject: operation.operation_id,
      },
    );
  }
  throw refusal(operation);
}

function committed(operation: Operation): CommittedOperation {
  const { tx_id: txId, block, result } = operation;
  if (txId === undefined || block === undefined) {
    throw new ClientError(
      'RESPONSE_MALFORMED',
      'The gateway calls the operation committed but does not say where.',
    );
  }
  if (!isPlainObject(result)) {
    throw new ClientError(
      'RESULT_UNKNOWN',
      `The intent is in the ledger by another submission, transaction ${txId}.`,
      {
        subject: txId,
      },
    );
  }
  return { ...operation, status: 'committed', tx_id: txId, block, result };
}

function refusal(operation: Operation): Error {
  const fromProblem = problemError(operation.problem);
  if (fromProblem !== undefined) return fromProblem;
  const { code } = operation;
  const message = `Operation ${operation.operation_id} was ${operation.status}.`;
  return code !== undefined && isErrorCode(code)
    ? new RegistryError(code, message, { subject: operation.operation_id })
    : new ClientError('OPERATION_FAILED', message, { subject: operation.operation_id });
}
