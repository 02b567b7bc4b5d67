import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { RunningNetwork } from '@maker-registry/testbed';

export interface BinaryAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

/** One HTTPS request to the gateway whose body, if any, and answer are bytes. */
export function binary(
  network: RunningNetwork,
  path: string,
  sent?: { readonly type: string; readonly body: Uint8Array },
): Promise<BinaryAnswer> {
  const { gateway } = network.file;
  return new Promise((resolve, reject) => {
    const call = request(
      new URL(path, gateway.url),
      {
        method: sent === undefined ? 'GET' : 'POST',
        ca: readFileSync(network.path(gateway.tls_ca_cert)),
        headers: sent === undefined ? {} : { 'content-type': sent.type },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? '',
            body: Buffer.concat(chunks),
          });
        });
      },
    );
    call.on('error', reject);
    call.end(sent?.body);
  });
}
