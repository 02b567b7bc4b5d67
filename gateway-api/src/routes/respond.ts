import { RegistryError } from '@maker-registry/protocol';
import { type Response } from 'express';
import { type HeadTracker } from '../reads/head-tracker';
import { type Stored } from '../reads/mirror-reads';
import { type ValidRequest } from '../http/route';
import { MIN_HEIGHT_WAIT_MS } from '../limits';

/** Header of every read: the mirror has at least this block. */
export const HEIGHT_HEADER = 'Registry-Height';

/** Waits as `minHeight` asks. Throws RegistryError MIRROR_BEHIND or MIRROR_UNAVAILABLE. */
export async function awaitHeight(head: HeadTracker, request: ValidRequest): Promise<void> {
  const { minHeight } = request.query;
  if (typeof minHeight !== 'number') return;
  try {
    await head.waitFor(minHeight, MIN_HEIGHT_WAIT_MS);
  } catch (error) {
    if (head.connected) throw error;
    throw new RegistryError('MIRROR_UNAVAILABLE', 'The mirror’s database is away; try again later.', {
      cause: error,
    });
  }
}

/** Answers with a document that no ETag names. */
export function sendRead(response: Response, head: HeadTracker, body: unknown): void {
  response.set(HEIGHT_HEADER, String(head.height)).json(body);
}

/** Answers with a ledger document and its version; 304 when the caller has it, 404 with the code when there is none. */
export function sendDocument(
  request: ValidRequest,
  response: Response,
  head: HeadTracker,
  found: Stored<unknown> | undefined,
  missing: RegistryError,
): void {
  response.set(HEIGHT_HEADER, String(Math.max(head.height, found?.block ?? -1)));
  if (found === undefined) throw missing;
  const etag = `"${found.block}.${found.txIndex}"`;
  response.set('ETag', etag).set('Cache-Control', 'no-cache');
  if (matches(request.header('if-none-match'), etag)) {
    response.status(304).end();
    return;
  }
  response.json(found.doc);
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag);
}
