import { type ErrorCode } from '@maker-registry/protocol';

/** pending: not endorsed yet; submitted: signed bytes are stored and on their way; the others are final. */
export type OperationStatus = 'pending' | 'submitted' | 'committed' | 'refused' | 'failed';

/** Why an operation was refused (by a rule, nothing written) or failed (by a fault, nothing written). */
export interface OperationProblem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly subject?: string;
}

/** What a caller asked for; never changes. */
export interface OperationRequest {
  readonly operationId: string;
  /** An intent is endorsed under the gateway's identity as often as needed; an act carries its creator's signature. */
  readonly kind: 'intent' | 'act';
  readonly caller: string;
  readonly idempotencyKey: string | undefined;
  /** SHA-256 of the request body, hex. */
  readonly requestHash: string;
  readonly intentId: string | undefined;
  /** 'contract:Function' */
  readonly function: string;
  readonly argument: string;
}

/** One request to the gateway and its progress until committed, refused or failed. */
export interface Operation extends OperationRequest {
  status: OperationStatus;
  /** Signed PreparedTransaction. */
  transaction: Uint8Array | undefined;
  txId: string | undefined;
  /** Endorsements so far. */
  attempts: number;
  block: number | undefined;
  /** Canonical JSON that the contract returned. */
  result: string | undefined;
  problem: OperationProblem | undefined;
}

export function newOperation(request: OperationRequest): Operation {
  return {
    ...request,
    status: 'pending',
    transaction: undefined,
    txId: undefined,
    attempts: 0,
    block: undefined,
    result: undefined,
    problem: undefined,
  };
}

export function isEnded(operation: Pick<Operation, 'status'>): boolean {
  return operation.status !== 'pending' && operation.status !== 'submitted';
}
