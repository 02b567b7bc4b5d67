import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { PROBE_TIMEOUT_MS, RESPONSE_LIMIT_BYTES } from '../limits';

/** Client side of a TLS request: files, read at each call so that renewed certificates count. */
export interface TlsFiles {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Whether something accepts connections on a local port. */
export function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    const end = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, () => {
      end(false);
    });
    socket.once('connect', () => {
      end(true);
    });
    socket.once('error', () => {
      end(false);
    });
  });
}

/** GET; undefined when nobody answers in time. */
export async function probe(url: string, tls?: TlsFiles): Promise<Answer | undefined> {
  try {
    return await request({
      url,
      method: 'GET',
      timeoutMs: PROBE_TIMEOUT_MS,
      ...(tls === undefined ? {} : { tls }),
    });
  } catch {
    return undefined;
  }
}

export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly tls?: TlsFiles;
  readonly agent?: https.Agent;
  readonly timeoutMs: number;
}

/** One HTTP or HTTPS exchange with a size limit on the answer. */
export function request(call: HttpRequest): Promise<Answer> {
  const { tls } = call;
  const secure = call.url.startsWith('https:');
  const files = tls === undefined ? {} : readTls(tls);
  return new Promise((resolve, reject) => {
    const options = { method: call.method, headers: { ...call.headers }, timeout: call.timeoutMs };
    const started = secure
      ? https.request(call.url, {
          ...options,
          ...files,
          ...(call.agent === undefined ? {} : { agent: call.agent }),
        })
      : http.request(call.url, options);
    started.once('timeout', () => started.destroy(new Error(`no answer in ${call.timeoutMs} ms`)));
    started.once('error', reject);
    started.once('response', (response) => {
      collect(response).then((body) => {
        resolve({ status: response.statusCode ?? 0, body });
      }, reject);
    });
    started.end(call.body);
  });
}

function readTls(tls: TlsFiles): { ca: Buffer; cert?: Buffer; key?: Buffer } {
  return {
    ca: readFileSync(tls.ca),
    ...(tls.cert === undefined ? {} : { cert: readFileSync(tls.cert) }),
    ...(tls.key === undefined ? {} : { key: readFileSync(tls.key) }),
  };
}

async function collect(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > RESPONSE_LIMIT_BYTES) {
      response.destroy();
      throw new Error(`answer exceeds ${RESPONSE_LIMIT_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
