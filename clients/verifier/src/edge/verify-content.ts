import { basename } from 'node:path';
import { MAX_CONTENT_BYTES, MAX_FETCHED_CONTENT_BYTES } from '../limits';
import { type Subject, type Verification, type VerifyOptions } from '../verification';
import { VerifierError } from '../verifier-error';
import { verify } from '../verify';
import { fetchDocument, type FetchOptions, paramsFetcher } from './fetch-document';
import { readBounded } from './read-file';

/** Content in a file or at an https URL, content in memory, or a record without content. */
export type VerificationInput =
  { readonly kind: 'file'; readonly path: string } | { readonly kind: 'url'; readonly url: string } | Subject;

/** As VerifyOptions; the clock and the network are at hand here. */
export interface ContentOptions extends Omit<VerifyOptions, 'at' | 'fetchParams'> {
  /** Unix seconds; this machine's clock by default. */
  readonly at?: number;
  /** How parameter documents and content URLs are fetched; `false` for not at all. */
  readonly fetch?: FetchOptions | false;
}

/** Verifies content wherever it is; see `verify`. Throws also what reading and fetching the content throws. */
export async function verifyContent(
  input: VerificationInput,
  { fetch = {}, at = Math.floor(Date.now() / 1000), ...options }: ContentOptions,
): Promise<Verification> {
  return await verify(await subjectOf(input, fetch), {
    ...options,
    at,
    ...(fetch === false ? {} : { fetchParams: paramsFetcher(fetch) }),
  });
}

async function subjectOf(input: VerificationInput, fetch: FetchOptions | false): Promise<Subject> {
  if (input.kind === 'file') {
    const bytes = await readBounded(input.path, MAX_CONTENT_BYTES);
    return { kind: 'bytes', bytes, name: basename(input.path) };
  }
  if (input.kind !== 'url') return input;
  if (fetch === false)
    throw new VerifierError('URI_REFUSED', 'Nothing may be fetched here.', { subject: 'url' });
  const { bytes, mediaType } = await fetchDocument(input.url, {
    maxBytes: MAX_FETCHED_CONTENT_BYTES,
    ...fetch,
  });
  return { kind: 'bytes', bytes, name: nameOf(input.url), ...(mediaType === undefined ? {} : { mediaType }) };
}

/** A URL as a result names it: a query may hold a secret of whoever shared it. */
function nameOf(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return protocol === 'file:' ? basename(pathname) : `${protocol}//${host}${pathname}`;
}
