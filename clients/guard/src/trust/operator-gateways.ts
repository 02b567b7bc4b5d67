import { ERROR_CODES, isRegistryError } from '@maker-registry/protocol';
import { type ClientErrorCode, isClientError, RegistryClient } from '@maker-registry/sdk';
import { type PinnedOperators } from './pinned-operators';

/** One operator's gateway, ready to be asked. */
export interface OperatorGateway {
  /** MSP id; undefined where the address is none of the pinned ones. */
  readonly mspId: string | undefined;
  readonly client: RegistryClient;
}

/** What a gateway that is away, or not itself, fails with. */
const AWAY: ReadonlySet<ClientErrorCode> = new Set([
  'GATEWAY_UNREACHABLE',
  'GATEWAY_TIMEOUT',
  'GATEWAY_UNTRUSTED',
  'RESPONSE_MALFORMED',
  'RESPONSE_TOO_LARGE',
]);
const SERVER_ERROR = 500;

/** Whether an error says that a gateway can't answer now, rather than that the registry says no. */
export function isAway(error: unknown): boolean {
  if (isRegistryError(error)) return ERROR_CODES[error.code].http_status >= SERVER_ERROR;
  return isClientError(error) && AWAY.has(error.code);
}

/** The gateways of several operators: whichever answers will do, and none is needed. */
export class OperatorGateways {
  readonly all: readonly OperatorGateway[];
  #preferred = 0;

  /** In the order in which they are asked. */
  constructor(all: readonly OperatorGateway[]) {
    this.all = all;
  }

  /**
   * Asks one gateway after the other, first the one that answered last, until one answers. A refusal is an answer. Throws
   * what the first one failed with when all are away.
   */
  async any<T>(work: (client: RegistryClient) => Promise<T>): Promise<T> {
    const failures: unknown[] = [];
    for (const at of this.#order()) {
      const gateway = this.all[at];
      if (gateway === undefined) continue;
      try {
        const answer = await work(gateway.client);
        this.#preferred = at;
        return answer;
      } catch (error) {
        if (!isAway(error)) throw error;
        failures.push(error);
      }
    }
    throw failures[0];
  }

  close(): void {
    for (const { client } of this.all) client.close();
  }

  #order(): readonly number[] {
    return this.all.map((_, at) => (at + this.#preferred) % this.all.length);
  }
}

/**
 * The gateway that was named, where one was, and then those of the pinned operators. What the caller authenticates with
 * goes to the named one alone: another operator has no business with its bearer token.
 */
export function gatewaysOf(
  pinned: PinnedOperators,
  named: { readonly url: string; readonly client: RegistryClient } | undefined,
): OperatorGateways {
  const known = pinned.operators.flatMap(({ mspId, gateway }) =>
    gateway === undefined ? [] : [{ mspId, gateway }],
  );
  const origin = named === undefined ? undefined : originOf(named.url);
  const first =
    named === undefined
      ? []
      : [
          {
            mspId: known.find(({ gateway }) => originOf(gateway.url) === origin)?.mspId,
            client: named.client,
          },
        ];
  const others = known
    .filter(({ gateway }) => originOf(gateway.url) !== origin)
    .map(({ mspId, gateway: { url, ca } }) => ({
      mspId,
      client: new RegistryClient({
        baseUrl: url,
        network: pinned.network,
        ...(ca === undefined ? {} : { ca }),
      }),
    }));
  return new OperatorGateways([...first, ...others]);
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}
