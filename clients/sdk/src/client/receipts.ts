import { ClientError } from '../errors/client-error';
import { type HttpRequest, type HttpResponse } from '../http/transport';
import { DEFAULT_WAIT_S, MAX_RECEIPT_BYTES } from '../limits';
import { type GatewayConnection } from './gateway-connection';

/** `attested`: the verdict as operators signed it; `block`: also the transaction's place in the chain. */
export type ReceiptKindAsked = 'attested' | 'block';

export interface ReceiptRequest {
  readonly kind?: ReceiptKindAsked;
  /** Without the channel's configurations, for a verifier that has them. */
  readonly core?: boolean;
  /** Seconds to wait while the transaction settles; 30 unless given. */
  readonly wait?: number;
}

const ACCEPTED = 202;
const MS_PER_SECOND = 1_000;

/**
 * Fetches receipts. A gateway that lies in one is found out by whoever verifies it (`verifyReceipt` of the verifier), so
 * nothing is checked here.
 */
export class Receipts {
  readonly #gateway: GatewayConnection;

  constructor(gateway: GatewayConnection) {
    this.#gateway = gateway;
  }

  /**
   * The receipt of a transaction, valid or not.
   *
   * @throws RegistryError TRANSACTION_UNKNOWN, RECEIPT_UNAVAILABLE
   * @throws ClientError OPERATION_UNFINISHED when it has not settled within the time
   */
  async transaction(txId: string, request: ReceiptRequest = {}): Promise<Uint8Array> {
    return await this.#fetch(`/v1/transactions/${encodeURIComponent(txId)}/receipt`, request, txId);
  }

  /** The receipt of an operation's transaction; see `transaction`. */
  async operation(operationId: string, request: ReceiptRequest = {}): Promise<Uint8Array> {
    return await this.#fetch(
      `/v1/operations/${encodeURIComponent(operationId)}/receipt`,
      request,
      operationId,
    );
  }

  /** The receipt of one document: a contract's function that reads it, e.g. 'actors:Get', and its arguments. */
  async state(
    name: string,
    args: readonly string[],
    request: Pick<ReceiptRequest, 'core'> = {},
  ): Promise<Uint8Array> {
    const query = { function: name, arguments: args.join(',') };
    return await this.#fetch('/v1/receipts/state', request, name, query);
  }

  /** What operators state of the ledger up to a block; the newest unless one is named. */
  async prefix(block?: number, request: Pick<ReceiptRequest, 'core'> = {}): Promise<Uint8Array> {
    return await this.#fetch('/v1/receipts/prefix', request, 'the newest block', { block });
  }

  async #fetch(
    path: string,
    { kind, core, wait = DEFAULT_WAIT_S }: ReceiptRequest,
    subject: string,
    query: HttpRequest['query'] = {},
  ): Promise<Uint8Array> {
    const deadline = Date.now() + wait * MS_PER_SECOND;
    for (;;) {
      const response = await this.#gateway.send({
        method: 'GET',
        path,
        query: { ...query, kind, core: core === true ? 'true' : undefined },
        maxBytes: MAX_RECEIPT_BYTES,
        repeatable: true,
      });
      if (response.status !== ACCEPTED) return response.body;
      const pause = retryAfterMs(response);
      if (Date.now() + pause > deadline) {
        throw new ClientError('OPERATION_UNFINISHED', `The transaction has not settled within ${wait} s.`, {
          subject,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** Retry-After in whole seconds, at least one: a server must not make a client spin. */
function retryAfterMs({ headers }: HttpResponse): number {
  const seconds = Number(headers['retry-after']);
  return Math.max(1, Number.isFinite(seconds) ? seconds : 1) * MS_PER_SECOND;
}
