import { RegistryError } from '@maker-registry/protocol';
import { type Response } from 'express';
import { type HeadTracker } from '../reads/head-tracker';
import { type Stored } from '../reads/mirror-reads';
import { type ValidRequest } from '../http/route';
import { MIN_HEIGHT_WAIT_MS } from '../limits';

/** Header of every read: the mirror has at least this block. */
export const HEIGHT_HEADER = 'Registry-Height';

/**
 * Asserts that the mirror may be believed: what it found to be contradictory must not be answered from.
 *
 * @throws RegistryError MIRROR_CONTRADICTED
 */
export function assertBelievable({ contradicted }: Pick<HeadTracker, 'contradicted'>): void {
  if (!contradicted) return;
  throw new RegistryError(
    'MIRROR_CONTRADICTED',
    'This operator’s mirror found that peers or its tables contradict each other, and answers nothing until that is resolved.',
  );
}

/**
 * Waits as `minHeight` asks, and announces the height. To be called before the read, which then sees at least what the
 * header says.
 *
 * @throws RegistryError MIRROR_BEHIND, MIRROR_UNAVAILABLE or MIRROR_CONTRADICTED
 */
export async function announceHeight(
  head: HeadTracker,
  request: ValidRequest,
  response: Response,
): Promise<void> {
  assertBelievable(head);
  const { minHeight } = request.query;
  if (typeof minHeight === 'number') await reach(head, minHeight);
  if (head.height >= 0) response.set(HEIGHT_HEADER, String(head.height));
}

async function reach(head: HeadTracker, height: number): Promise<void> {
  try {
    await head.waitFor(height, MIN_HEIGHT_WAIT_MS);
  } catch (error) {
    if (head.connected) throw error;
    throw new RegistryError('MIRROR_UNAVAILABLE', 'The mirror’s database is away; try again later.', {
      cause: error,
    });
  }
}

/** Answers with a ledger document and its version; 304 when the caller has it. */
export function sendDocument(request: ValidRequest, response: Response, found: Stored<unknown>): void {
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
