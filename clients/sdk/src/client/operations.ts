import { intentId, type Envelope, serializeEnvelope } from '@maker-registry/protocol';
import { ClientError } from '../errors/client-error';
import { readObject } from '../http/problem';
import { DEFAULT_WAIT_S, MAX_WAIT_PER_REQUEST_S, WAIT_SLACK_MS } from '../limits';
import { type GatewayConnection } from './gateway-connection';
import {
  type CommittedOperation,
  isEnded,
  type Operation,
  readOperation,
  requireCommitted,
} from './operation';

export interface SubmitOptions {
  /** Seconds to wait for the ledger. */
  readonly wait?: number;
  /** Names the request, so that repeating it never acts twice; the intent's id unless given. */
  readonly idempotencyKey?: string;
}

const MS_PER_SECOND = 1_000;

/** Submits envelopes and follows operations to their end. */
export class Operations {
  readonly #gateway: GatewayConnection;

  constructor(gateway: GatewayConnection) {
    this.#gateway = gateway;
  }

  /**
   * Submits a signed intent and waits until it is in the ledger. Throws the ledger's RegistryError when it is refused,
   * ClientError OPERATION_UNFINISHED when the wait ends first (ask again by the operation's id in `subject`).
   */
  async submit(envelope: Envelope, options: SubmitOptions = {}): Promise<CommittedOperation> {
    const operation = await this.start(envelope, options);
    return await this.follow(operation, options.wait ?? DEFAULT_WAIT_S);
  }

  /** Submits a signed intent; gives the operation as it stands when the gateway answers. */
  async start(envelope: Envelope, options: SubmitOptions = {}): Promise<Operation> {
    const wait = Math.min(options.wait ?? DEFAULT_WAIT_S, MAX_WAIT_PER_REQUEST_S);
    const answer = await this.#gateway.post('/v1/intents', serializeEnvelope(envelope), {
      headers: {
        'idempotency-key': options.idempotencyKey ?? intentId(envelope),
        ...(wait > 0 ? { prefer: `wait=${wait}` } : {}),
      },
      timeoutMs: wait * MS_PER_SECOND + WAIT_SLACK_MS,
      repeatable: true,
    });
    return readOperation(answer);
  }

  /** The operation as it is now, or after at most `waitS` seconds when it has not ended. */
  async get(operationId: string, waitS = 0): Promise<Operation> {
    const wait = Math.min(waitS, MAX_WAIT_PER_REQUEST_S);
    const response = await this.#gateway.send({
      method: 'GET',
      path: `/v1/operations/${encodeURIComponent(operationId)}`,
      query: { wait: wait > 0 ? wait : undefined },
      timeoutMs: wait * MS_PER_SECOND + WAIT_SLACK_MS,
      repeatable: true,
    });
    return readOperation(readObject(response));
  }

  /** Waits for the end of an operation; see `submit`. */
  async follow(operation: Operation, waitS: number): Promise<CommittedOperation> {
    const deadline = Date.now() + waitS * MS_PER_SECOND;
    let current = operation;
    while (!isEnded(current)) {
      const leftS = Math.ceil((deadline - Date.now()) / MS_PER_SECOND);
      if (leftS <= 0) break;
      current = await this.get(operation.operation_id, leftS);
      if (current.operation_id !== operation.operation_id) {
        throw new ClientError('RESPONSE_MALFORMED', 'The gateway answered with another operation.');
      }
    }
    const committed = requireCommitted(current);
    this.#gateway.noteBlock(committed.block);
    return committed;
  }
}
