import { RegistryError } from '@maker-registry/protocol';
import { type Request } from 'express';

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/**
 * Reads a JSON body as bytes, once and bounded. Content encodings are not taken, so a small body can't unfold into a
 * large one.
 *
 * @throws RegistryError TOO_LARGE, JSON_MALFORMED
 */
export async function readBody(request: Request, maxBytes: number): Promise<Buffer> {
  assertJson(request);
  assertSize(Number(request.headers['content-length'] ?? 0), maxBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    assertSize(size, maxBytes);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

function assertJson(request: Request): void {
  const { 'content-type': type, 'content-encoding': encoding } = request.headers;
  if (type !== undefined && JSON_TYPE.test(type) && (encoding === undefined || encoding === 'identity'))
    return;
  throw new RegistryError(
    'JSON_MALFORMED',
    'Send the body as application/json in UTF-8, without a content encoding.',
    { subject: '/headers/content-type' },
  );
}

function assertSize(size: number, maxBytes: number): void {
  if (size > maxBytes) throw new RegistryError('TOO_LARGE', `The body may have at most ${maxBytes} bytes.`);
}
