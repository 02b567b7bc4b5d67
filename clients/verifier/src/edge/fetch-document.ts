import { MAX_PARAMS_BYTES, sha256Hex } from '@maker-registry/protocol';
import { type FetchedParams, type ParamsFetcher } from '../verification';
import { VerifierError } from '../verifier-error';
import { fetchHttps, type HttpsLimits } from './fetch-https';
import { parseIpfsUri } from './ipfs-uri';
import { confinedPath, readBounded } from './read-file';

/** What may be fetched, and from where. */
export interface FetchOptions extends Partial<HttpsLimits> {
  /** Origin of an https gateway to IPFS. Without it ipfs addresses are refused. */
  readonly ipfsGateway?: string;
  /** Folder below which file URIs are read. Without it they are refused. */
  readonly filesUnder?: string;
}

/** A document and how it came. */
export interface FetchedDocument extends FetchedParams {
  readonly mediaType?: string;
}

/**
 * Fetches a document that the ledger or a person names: parameter documents, licenses, content. At most 64 KiB unless
 * `maxBytes` says otherwise.
 *
 * @throws VerifierError of fetchHttps; CONTENT_ID_MISMATCH, FILE_REFUSED; ClientError FILE_UNREADABLE
 */
export async function fetchDocument(uri: string, options: FetchOptions = {}): Promise<FetchedDocument> {
  const limits = { ...options, maxBytes: options.maxBytes ?? MAX_PARAMS_BYTES };
  const scheme = /^([a-z]+):/i.exec(uri)?.[1]?.toLowerCase();
  if (scheme === 'ipfs') return await fetchIpfs(uri, limits, options.ipfsGateway);
  if (scheme === 'file' && options.filesUnder !== undefined) {
    return { bytes: await readBounded(await confinedPath(uri, options.filesUnder), limits.maxBytes) };
  }
  return await fetchHttps(uri, limits);
}

/** Fetches parameter documents; see fetchDocument. */
export function paramsFetcher(options: FetchOptions = {}): ParamsFetcher {
  return async (uri) => await fetchDocument(uri, { ...options, maxBytes: MAX_PARAMS_BYTES });
}

/** Where the id is the document's own hash the gateway need not be trusted; elsewhere the note says that it was. */
async function fetchIpfs(
  uri: string,
  limits: HttpsLimits,
  gateway: string | undefined,
): Promise<FetchedDocument> {
  if (gateway === undefined) {
    throw new VerifierError('URI_REFUSED', 'No IPFS gateway is configured.', { subject: uri });
  }
  const { cid, path, sha256 } = parseIpfsUri(uri);
  const origin = URL.canParse(gateway) ? new URL(gateway).origin : gateway;
  const document = await fetchHttps(`${origin}/ipfs/${cid}${path}`, limits);
  if (sha256 === undefined) {
    return { ...document, note: 'It came through an IPFS gateway, and the content id was not checked.' };
  }
  if (sha256Hex(document.bytes) !== sha256) {
    throw new VerifierError('CONTENT_ID_MISMATCH', 'The IPFS gateway sent another document.', {
      subject: uri,
    });
  }
  return document;
}
