import { ClientError } from '../errors/client-error';
import { errorOf, isSuccess, readObject } from '../http/problem';
import { type HttpRequest, type HttpResponse, Transport, type TransportOptions } from '../http/transport';
import { type ReadOptions } from './documents';

/** Header with the mirror's height on every read. */
const HEIGHT_HEADER = 'registry-height';

/** A gateway as the parts of the client share it: the connection, and the height this client's own writes have reached. */
export class GatewayConnection {
  readonly #transport: Transport;
  #ownHeight = 0;

  constructor(options: TransportOptions) {
    this.#transport = new Transport(options);
  }

  /** Sends a request; throws the registry's error when it is refused. */
  async send(request: HttpRequest): Promise<HttpResponse> {
    const response = await this.#transport.send(request);
    if (!isSuccess(response)) throw errorOf(response);
    return response;
  }

  /** GET that takes `minHeight`. */
  async read(
    path: string,
    options: ReadOptions = {},
    query: HttpRequest['query'] = {},
  ): Promise<HttpResponse> {
    const { minHeight = 'own', signal } = options;
    const height = minHeight === 'own' ? this.#ownHeight : minHeight;
    return await this.send({
      method: 'GET',
      path,
      query: { ...query, ...(height > 0 ? { minHeight: height } : {}) },
      repeatable: true,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** POST of a JSON body; gives the object in the answer. */
  async post(
    path: string,
    body: unknown,
    extra: Partial<HttpRequest> = {},
  ): Promise<Record<string, unknown>> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return readObject(await this.send({ method: 'POST', path, body: text, ...extra }));
  }

  /** Later reads with `own` wait for this block. */
  noteBlock(block: number): void {
    this.#ownHeight = Math.max(this.#ownHeight, block);
  }

  close(): void {
    this.#transport.close();
  }
}

/** Height of the mirror that a read was answered at: the number of the newest block it has taken in. */
export function heightOf(response: HttpResponse): number {
  const height = Number(response.headers[HEIGHT_HEADER]);
  if (!Number.isSafeInteger(height)) {
    throw new ClientError('RESPONSE_MALFORMED', 'The gateway does not say at which height it answered.');
  }
  return height;
}
