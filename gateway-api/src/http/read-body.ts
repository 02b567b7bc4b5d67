import { RegistryError } from '@maker-registry/protocol';
import { type Request } from 'express';

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/**
 * Reads a body as bytes, once and bounded: JSON, or of the one media type that is expected. Content encodings are not
 * taken, so a small body can't unfold into a large one.
 *
 * @throws RegistryError TOO_LARGE, JSON_MALFORMED
 */
export function readBody(request: Request, maxBytes: number, mediaType?: string): Promise<Buffer> {
  assertType(request, mediaType);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  return collect(request, maxBytes);
}

/** By events: an asynchronous iterator costs as much as all the rest of reading a small body. */
function collect(request: Request, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else {
        // What still comes is read and dropped, so that the answer reaches the sender.
        request.removeAllListeners('data').resume();
        reject(tooLarge(maxBytes));
      }
    });
    request.on('end', () => {
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    });
    request.on('error', reject);
  });
}

function assertType(request: Request, mediaType: string | undefined): void {
  const { 'content-type': type = '', 'content-encoding': encoding } = request.headers;
  const isExpected = mediaType === undefined ? JSON_TYPE.test(type) : type.toLowerCase().trim() === mediaType;
  if (isExpected && (encoding === undefined || encoding === 'identity')) return;
  throw new RegistryError(
    'JSON_MALFORMED',
    `Send the body as ${mediaType ?? 'application/json in UTF-8'}, without a content encoding.`,
    { subject: '/headers/content-type' },
  );
}

function tooLarge(maxBytes: number): RegistryError {
  return new RegistryError('TOO_LARGE', `The body may have at most ${maxBytes} bytes.`);
}
