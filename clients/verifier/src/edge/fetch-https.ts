import { type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { messageOf } from '@maker-registry/sdk';
import { FETCH_TIMEOUT_MS, MAX_REDIRECTS } from '../limits';
import { VerifierError } from '../verifier-error';
import { type HostAddress, publicHost, type Resolver, systemResolver } from './public-host';

/** How far a fetch may go. */
export interface HttpsLimits {
  readonly maxBytes: number;
  /** Milliseconds from the first look-up to the last byte, over all redirects. */
  readonly timeoutMs?: number;
  readonly maxRedirects?: number;
  /** How names are resolved; the system's way by default. */
  readonly resolve?: Resolver;
  /** Private addresses that may be reached nevertheless. None by default. */
  readonly permittedAddresses?: readonly string[];
  /** PEM of certificate authorities to trust instead of the system's. */
  readonly ca?: string;
}

export interface HttpsDocument {
  readonly bytes: Uint8Array;
  /** As the server says. */
  readonly mediaType?: string;
}

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const OK = 200;
const MAX_HEADER_BYTES = 16_384;

/** One hop's outcome: the document, or where else to look. */
type Hop = { readonly document: HttpsDocument } | { readonly next: URL };

/**
 * Fetches what a stranger named. Only https, without credentials, to an address that was judged and is the one connected
 * to; each redirect is judged like the first URL. Encoded answers are refused, so a small one cannot unfold in memory;
 * size is counted while reading, whatever the header says; one deadline covers everything.
 *
 * @throws VerifierError URI_REFUSED, ADDRESS_REFUSED, REDIRECT_REFUSED, ENCODING_REFUSED, FETCH_TOO_LARGE, FETCH_TIMEOUT
 *   or FETCH_FAILED
 */
export async function fetchHttps(url: string, limits: HttpsLimits): Promise<HttpsDocument> {
  const timeoutMs = limits.timeoutMs ?? FETCH_TIMEOUT_MS;
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort();
  }, timeoutMs);
  try {
    return await Promise.race([follow(url, limits, deadline.signal), expiry(deadline.signal, timeoutMs)]);
  } finally {
    clearTimeout(timer);
    // Whatever still runs is of no use any more: a look-up, a connection, a body.
    deadline.abort();
  }
}

function expiry(signal: AbortSignal, timeoutMs: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new VerifierError('FETCH_TIMEOUT', `There was no whole answer within ${timeoutMs} ms.`));
    });
  });
}

async function follow(url: string, limits: HttpsLimits, signal: AbortSignal): Promise<HttpsDocument> {
  let target = readUrl(url);
  for (let hops = 0; hops <= (limits.maxRedirects ?? MAX_REDIRECTS); hops += 1) {
    const hop = await fetchOnce(target, limits, signal);
    if ('document' in hop) return hop.document;
    target = hop.next;
  }
  throw new VerifierError('REDIRECT_REFUSED', 'The server redirects too often.', { subject: target.host });
}

/** Judges a URL before anything is connected to. Throws URI_REFUSED. */
function readUrl(text: string, base?: URL): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
  if (url?.protocol !== 'https:') throw new VerifierError('URI_REFUSED', 'The address is not an https URL.');
  if (url.username !== '' || url.password !== '') {
    throw new VerifierError('URI_REFUSED', 'The address carries credentials.', { subject: url.host });
  }
  return url;
}

async function fetchOnce(url: URL, limits: HttpsLimits, signal: AbortSignal): Promise<Hop> {
  const { resolve = systemResolver, permittedAddresses = [] } = limits;
  const response = await connect(url, limits, signal, await addressOf(url, resolve, permittedAddresses));
  try {
    const location = response.headers.location;
    if (REDIRECTS.includes(response.statusCode ?? 0) && location !== undefined) {
      return { next: readUrl(location, url) };
    }
    return { document: await readDocument(response, url, limits.maxBytes) };
  } finally {
    response.destroy();
  }
}

async function addressOf(url: URL, resolve: Resolver, permitted: readonly string[]): Promise<HostAddress> {
  try {
    return await publicHost(url.hostname, resolve, permitted);
  } catch (error) {
    throw asFetchError(error, url);
  }
}

function connect(
  url: URL,
  { ca }: HttpsLimits,
  signal: AbortSignal,
  { address, family }: HostAddress,
): Promise<IncomingMessage> {
  const options: RequestOptions = {
    // No agent: a kept connection would be one whose address nobody judged for this request.
    agent: false,
    signal,
    maxHeaderSize: MAX_HEADER_BYTES,
    headers: { accept: '*/*', 'accept-encoding': 'identity' },
    lookup: (_host, { all }, done) => {
      if (all === true) (done as (error: null, found: unknown) => void)(null, [{ address, family }]);
      else done(null, address, family);
    },
    ...(ca === undefined ? {} : { ca }),
  };
  return new Promise((resolve, reject) => {
    httpsRequest(url, options, resolve)
      .on('error', (error) => {
        reject(asFetchError(error, url));
      })
      .end();
  });
}

async function readDocument(response: IncomingMessage, url: URL, maxBytes: number): Promise<HttpsDocument> {
  if (response.statusCode !== OK) {
    throw new VerifierError('FETCH_FAILED', `${url.host} answered ${response.statusCode ?? 'nothing'}.`, {
      subject: url.host,
    });
  }
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new VerifierError('ENCODING_REFUSED', `${url.host} sends the document encoded.`, {
      subject: url.host,
    });
  }
  const mediaType = response.headers['content-type'];
  return {
    bytes: await readBody(response, url, maxBytes),
    ...(mediaType === undefined ? {} : { mediaType }),
  };
}

async function readBody(response: IncomingMessage, url: URL, maxBytes: number): Promise<Uint8Array> {
  const blocks: Buffer[] = [];
  let size = 0;
  try {
    for await (const block of response as AsyncIterable<Buffer>) {
      size += block.length;
      if (size > maxBytes) throw tooLarge(url, maxBytes);
      blocks.push(block);
    }
  } catch (error) {
    throw asFetchError(error, url);
  }
  return new Uint8Array(Buffer.concat(blocks));
}

function tooLarge(url: URL, maxBytes: number): VerifierError {
  return new VerifierError('FETCH_TOO_LARGE', `${url.host} sends more than ${maxBytes} bytes.`, {
    subject: url.host,
  });
}

function asFetchError(error: unknown, url: URL): VerifierError {
  if (error instanceof VerifierError) return error;
  return new VerifierError('FETCH_FAILED', `${url.host} cannot be fetched from: ${messageOf(error)}`, {
    subject: url.host,
    cause: error,
  });
}
