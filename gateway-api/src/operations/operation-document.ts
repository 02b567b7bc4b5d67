import { type Problem, problemOf } from '../http/problem';
import { type Operation } from './operation';

/** An operation as callers see it. */
export interface OperationDocument {
  readonly operation_id: string;
  readonly status: Operation['status'];
  readonly intent_id?: string;
  readonly tx_id?: string;
  readonly block?: number;
  readonly code?: string;
  readonly problem?: Problem;
  /** What the contract returned; absent when another transaction committed the intent. */
  readonly result?: unknown;
  /** Transactions endorsed for it. */
  readonly attempts: number;
  readonly links: { readonly self: string; readonly transaction?: string };
}

export function operationPath(operationId: string): string {
  return `/v1/operations/${operationId}`;
}

export function operationDocument(operation: Operation): OperationDocument {
  const { operationId, status, intentId, txId, block, problem, result, attempts } = operation;
  const committed = status === 'committed';
  return {
    operation_id: operationId,
    status,
    ...(intentId === undefined ? {} : { intent_id: intentId }),
    ...(txId === undefined ? {} : { tx_id: txId }),
    ...(block === undefined ? {} : { block }),
    ...(problem === undefined ? {} : { code: problem.code, problem: problemOf(problem) }),
    ...(committed && result !== undefined ? { result: JSON.parse(result) as unknown } : {}),
    attempts,
    links: {
      self: operationPath(operationId),
      ...(committed && txId !== undefined ? { transaction: `/v1/transactions/${txId}` } : {}),
    },
  };
}
