import {
  MAX_REVOCATION_LIST_BYTES,
  MAX_STATUS_TOKEN_CHARACTERS,
  type ListScope,
  type ListSubject,
} from '@maker-registry/protocol';
import { MAX_WAIT_PER_REQUEST_S, WAIT_SLACK_MS } from '../limits';
import { type GatewayConnection } from './gateway-connection';

/** What a client asks of the combined lists. */
export interface RegistryListRequest {
  /** Numbers of the lists at hand: those scopes come as deltas, or as headers where nothing changed. */
  readonly have?: ReadonlyMap<ListScope, number>;
  /** Wait until the ledger has a revocation above this number … */
  readonly after?: number;
  /** … for at most this many seconds. */
  readonly waitS?: number;
  readonly signal?: AbortSignal;
}

const MS_PER_SECOND = 1_000;
const STATUS_LIST = /\/v1\/status-lists\/([0-9]{1,9}-[0-9]{1,3})$/;

/** Combined lists, proofs and token status lists of a gateway, as bytes: to be verified before anything in them is believed. */
export class RegistryListReads {
  readonly #gateway: GatewayConnection;

  constructor(gateway: GatewayConnection) {
    this.#gateway = gateway;
  }

  /** The lists of all scopes with the statements of several operators. See checkRegistryLists. */
  async combined(request: RegistryListRequest = {}): Promise<Uint8Array> {
    const wait = Math.min(request.waitS ?? 0, MAX_WAIT_PER_REQUEST_S);
    const have = [...(request.have ?? [])].map(([scope, number]) => `${scope}:${number}`).join(',');
    const response = await this.#gateway.send({
      method: 'GET',
      path: '/v1/registry-lists',
      query: {
        have: have === '' ? undefined : have,
        after: request.after,
        wait: wait > 0 ? wait : undefined,
      },
      timeoutMs: wait * MS_PER_SECOND + WAIT_SLACK_MS,
      maxBytes: MAX_REVOCATION_LIST_BYTES,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    return response.body;
  }

  /** What a list says of one subject, with proof, in a few kilobytes. */
  async proof(scope: ListScope, { subject_id, key_version }: ListSubject): Promise<Uint8Array> {
    const query = { subject: subject_id, key_version };
    const response = await this.#gateway.send({
      method: 'GET',
      path: `/v1/registry-lists/${scope}/proof`,
      query,
      repeatable: true,
    });
    return response.body;
  }

  /** This operator's own statement, DSSE. */
  async statement(): Promise<Uint8Array> {
    const path = '/v1/registry-lists/statement';
    return (await this.#gateway.send({ method: 'GET', path, repeatable: true })).body;
  }

  /**
   * The status list of this name, or with the name in this address. It is asked of this client's own gateway, whatever host
   * the address names: a token must not be able to send a client anywhere.
   */
  async statusList(nameOrUri: string): Promise<Uint8Array> {
    const name = STATUS_LIST.exec(nameOrUri)?.[1] ?? nameOrUri;
    const response = await this.#gateway.send({
      method: 'GET',
      path: `/v1/status-lists/${encodeURIComponent(name)}`,
      headers: { accept: 'application/statuslist+jwt' },
      maxBytes: MAX_STATUS_TOKEN_CHARACTERS,
      repeatable: true,
    });
    return response.body;
  }
}
