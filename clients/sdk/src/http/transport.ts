import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { ClientError } from '../errors/client-error';
import { messageOf, systemCode } from '../errors/system-error';
import { MAX_ATTEMPTS, MAX_RESPONSE_BYTES, MAX_SOCKETS, REQUEST_TIMEOUT_MS, RETRY_DELAY_MS } from '../limits';

export interface TransportOptions {
  /** Origin of the gateway, https only: `https://127.0.0.1:10800`. */
  readonly baseUrl: string;
  /** PEM certificates that the gateway's certificate must chain to; the system's CAs are used without it. */
  readonly ca?: string | Buffer;
  /** PEM of the caller's certificate and key for mutual TLS. */
  readonly clientCert?: string | Buffer;
  readonly clientKey?: string | Buffer;
  /** OIDC bearer token. */
  readonly token?: string;
  readonly timeoutMs?: number;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body's bytes or text, sent as `application/json`. */
  readonly body?: string;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
  /** Whether sending it twice does no harm: reads, and writes with an Idempotency-Key. */
  readonly repeatable?: boolean;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const CERTIFICATE_FAILURES = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ALTNAME/;

/**
 * HTTPS with kept connections, bounded answers and one deadline per request. It follows no redirect: a gateway has no
 * reason to send a client, with its certificate, elsewhere.
 */
export class Transport {
  readonly #base: URL;
  readonly #agent: Agent;
  readonly #token: string | undefined;
  readonly #timeoutMs: number;

  constructor(options: TransportOptions) {
    this.#base = readBaseUrl(options.baseUrl);
    this.#token = options.token;
    this.#timeoutMs = options.timeoutMs ?? REQUEST_TIMEOUT_MS;
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: MAX_SOCKETS,
      minVersion: 'TLSv1.2',
      ...(options.ca === undefined ? {} : { ca: options.ca }),
      ...(options.clientCert === undefined ? {} : { cert: options.clientCert }),
      ...(options.clientKey === undefined ? {} : { key: options.clientKey }),
    });
  }

  /** Sends `request`; a repeatable one is tried again when the connection fails. Throws ClientError. */
  async send(request: HttpRequest): Promise<HttpResponse> {
    const attempts = request.repeatable === true ? MAX_ATTEMPTS : 1;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once(request);
      } catch (error) {
        if (attempt >= attempts || !isWorthRepeating(error, request.signal)) throw error;
        await delay(RETRY_DELAY_MS * 2 ** (attempt - 1));
      }
    }
  }

  /** Closes kept connections; running requests end with an error. */
  close(): void {
    this.#agent.destroy();
  }

  #once(request: HttpRequest): Promise<HttpResponse> {
    const url = withQuery(this.#base, request);
    const timeoutMs = request.timeoutMs ?? this.#timeoutMs;
    return new Promise((resolve, reject) => {
      const outgoing = this.#open(url, request);
      // One deadline over connect, headers and body: a server that drips bytes cannot hold the caller.
      const timer = setTimeout(() => {
        outgoing.destroy(timeoutError(url, timeoutMs));
      }, timeoutMs);
      const fail = (error: unknown): void => {
        clearTimeout(timer);
        outgoing.destroy();
        reject(asClientError(error, url));
      };
      outgoing.on('error', fail);
      outgoing.on('response', (incoming) => {
        collect(incoming, request.maxBytes ?? MAX_RESPONSE_BYTES).then((body) => {
          clearTimeout(timer);
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body });
        }, fail);
      });
      outgoing.end(request.body);
    });
  }

  /** Certificates and keys are read here, so what is wrong with them shows here. */
  #open(url: URL, request: HttpRequest): ClientRequest {
    try {
      return httpsRequest(url, this.#requestOptions(request));
    } catch (error) {
      throw new ClientError('CONFIGURATION', `The TLS settings are not usable: ${messageOf(error)}.`, {
        subject: 'ca, clientCert or clientKey',
        cause: error,
      });
    }
  }

  #requestOptions(request: HttpRequest): RequestOptions {
    const headers: Record<string, string> = { accept: 'application/json', ...request.headers };
    if (this.#token !== undefined) headers['authorization'] = `Bearer ${this.#token}`;
    if (request.body !== undefined) {
      headers['content-type'] ??= 'application/json';
      headers['content-length'] = String(Buffer.byteLength(request.body));
    }
    return {
      method: request.method,
      agent: this.#agent,
      headers,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    };
  }
}

function readBaseUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch (error) {
    throw new ClientError('CONFIGURATION', `The gateway's address "${text}" is not a URL.`, {
      subject: 'baseUrl',
      cause: error,
    });
  }
  if (url.protocol !== 'https:') {
    throw new ClientError('CONFIGURATION', 'The gateway is reached over https only.', { subject: 'baseUrl' });
  }
  return url;
}

function withQuery(base: URL, request: HttpRequest): URL {
  const url = new URL(request.path, base);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

async function collect(incoming: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of incoming as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes) {
      throw new ClientError(
        'RESPONSE_TOO_LARGE',
        `The gateway's answer exceeds ${maxBytes} bytes; it was dropped.`,
      );
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function timeoutError(url: URL, timeoutMs: number): ClientError {
  return new ClientError(
    'GATEWAY_TIMEOUT',
    `${url.host} did not answer ${url.pathname} within ${timeoutMs} ms.`,
    {
      subject: url.host,
    },
  );
}

function asClientError(error: unknown, url: URL): Error {
  if (error instanceof ClientError) return error;
  const code = systemCode(error);
  // The caller's own signal ended it: the caller gets its own error back.
  if (code === 'ABORT_ERR') return error as Error;
  if (code !== undefined && CERTIFICATE_FAILURES.test(code)) {
    return new ClientError(
      'GATEWAY_UNTRUSTED',
      `The certificate of ${url.host} was refused: ${messageOf(error)}.`,
      {
        subject: url.host,
        cause: error,
      },
    );
  }
  return new ClientError('GATEWAY_UNREACHABLE', `${url.host} cannot be reached: ${messageOf(error)}.`, {
    subject: url.host,
    cause: error,
  });
}

function isWorthRepeating(error: unknown, signal: AbortSignal | undefined): boolean {
  return signal?.aborted !== true && error instanceof ClientError && error.code === 'GATEWAY_UNREACHABLE';
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
