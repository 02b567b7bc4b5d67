import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { RunningNetwork } from '@maker-registry/testbed';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The parsed body, when it is JSON. */
  readonly json: Record<string, unknown>;
}

export interface HttpCall {
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly origin?: string;
}

/** One bare HTTPS request to the gateway: what a client that is not ours could send. */
export function http(network: RunningNetwork, path: string, call: HttpCall = {}): Promise<HttpAnswer> {
  const { gateway } = network.file;
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, call.origin ?? gateway.url),
      {
        method: call.method ?? (call.body === undefined ? 'GET' : 'POST'),
        ca: readFileSync(network.path(gateway.tls_ca_cert)),
        headers: { 'content-type': 'application/json', ...call.headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: asObject(text),
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(call.body);
  });
}

function asObject(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
