import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { JWKS_FETCH_MS, MAX_JWKS_BYTES } from '../limits';
import { publicAddress } from './private-address';

/**
 * Fetches a document of an issuer: no redirects, bounded size and time. Unless private addresses are permitted, only
 * https to a public address, and the connection goes to the address that was checked.
 */
export async function fetchDocument(url: URL, allowPrivate: boolean): Promise<Buffer> {
  if (!allowPrivate && url.protocol !== 'https:') throw new Error(`${url.href} is not https`);
  const options: RequestOptions = {
    signal: AbortSignal.timeout(JWKS_FETCH_MS),
    headers: { accept: 'application/json' },
  };
  if (!allowPrivate) {
    const { address, family } = await publicAddress(url.hostname);
    options.lookup = (_host, { all }, done) => {
      if (all === true) (done as (error: null, found: unknown) => void)(null, [{ address, family }]);
      else done(null, address, family);
    };
  }
  return readResponse(await send(url, options));
}

function send(url: URL, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const make = url.protocol === 'https:' ? httpsRequest : httpRequest;
    make(url, options, resolve).on('error', reject).end();
  });
}

async function readResponse(response: IncomingMessage): Promise<Buffer> {
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`the issuer answered ${response.statusCode ?? 'nothing'}`);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_JWKS_BYTES) throw new Error('the document is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
