import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { LARGE_QUALITY, SMALL_BYTES, SMALL_QUALITY } from './limits';

const compress = promisify(brotliCompress);

/** Whether an Accept-Encoding header takes brotli (RFC 9110 §12.5.3: named with a weight above 0, or by `*`). */
export function acceptsBrotli(header: string | undefined): boolean {
  const weights = new Map(
    (header ?? '').split(',').map((entry) => {
      const [name = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return [name, weight === undefined ? 1 : Number(weight)] as const;
    }),
  );
  return (weights.get('br') ?? weights.get('*') ?? 0) > 0;
}

/** Brotli (RFC 7932), off the event loop. */
export function brotli(bytes: Uint8Array): Promise<Buffer> {
  const quality = bytes.length <= SMALL_BYTES ? SMALL_QUALITY : LARGE_QUALITY;
  return compress(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      // Names, JSON and hex outweigh keys and signatures.
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}
