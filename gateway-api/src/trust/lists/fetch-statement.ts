import { request } from 'node:https';
import { type Envelope, parseEnvelope } from '@maker-registry/protocol';
import { type PeerOperator } from './peer-operators';
import { MAX_STATEMENT_RESPONSE_BYTES, STATEMENT_FETCH_MS } from './limits';

const PATH = '/v1/registry-lists/statement';
const OK = 200;

/** Asks another operator's gateway for its statement: no redirects, bounded size and time. */
export function fetchStatement(peer: PeerOperator, stopping: AbortSignal): Promise<Envelope> {
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(PATH, peer.url),
      {
        signal: AbortSignal.any([stopping, AbortSignal.timeout(STATEMENT_FETCH_MS)]),
        headers: { accept: 'application/json' },
        ...(peer.tlsCa === undefined ? {} : { ca: peer.tlsCa }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        if (response.statusCode !== OK) {
          sent.destroy(new Error(`${peer.mspId} answered ${response.statusCode ?? 'nothing'}`));
        }
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          chunks.push(chunk);
          if (size > MAX_STATEMENT_RESPONSE_BYTES) sent.destroy(new Error(`${peer.mspId} sent too much`));
        });
        response.on('error', reject);
        response.on('end', () => {
          try {
            resolve(parseEnvelope(Buffer.concat(chunks)));
          } catch (error) {
            reject(error instanceof Error ? error : new Error('no envelope'));
          }
        });
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}
