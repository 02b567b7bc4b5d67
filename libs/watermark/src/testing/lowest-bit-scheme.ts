import { readFile, rename, writeFile } from 'node:fs/promises';
import { type ParamsDocument } from '@maker-registry/protocol';
import { codeMask, unmask } from '../coding/code-mask';
import { judgeCode } from '../coding/judge-code';
import { CHECK_BITS, frameBits } from '../coding/payload-frame';
import { PolarCode } from '../coding/polar-code';
import { WatermarkError } from '../errors/watermark-error';
import { NO_KEY_COMMITMENT } from '../keys/watermark-key';
import { detectionOfCode } from '../scheme/decide';
import { payloadParamsSchema } from '../scheme/params-schema';
import { type ContentSource, type WatermarkScheme } from '../scheme/watermark-scheme';

const PAYLOAD_BITS = 64;
const LENGTH = 256;
const LIST_SIZE = 8;
const THRESHOLD = { p_value: '0.000001', inconclusive_p_value: '0.001' };

/** A scheme document for tests. */
export const LOWEST_BIT_DOCUMENT: ParamsDocument = {
  scheme_id: 'lowest-bit-1',
  detector_spec: { name: 'lowest-bit', version: '1.0.0', output: '1 − p' },
  params: {
    payload_bits: PAYLOAD_BITS,
    code: { type: 'polar', length: LENGTH, check_bits: CHECK_BITS, list_size: LIST_SIZE },
    hypotheses: 1,
    threshold: THRESHOLD,
  },
  key_commitment: NO_KEY_COMMITMENT,
  compatibility: { media_types: ['application/octet-stream'], preprocessing: 'none' },
};

async function bytesOf(content: ContentSource): Promise<Uint8Array> {
  const bytes = 'path' in content ? await readFile(content.path) : content.bytes;
  if (bytes.length >= LENGTH) return Uint8Array.from(bytes);
  throw new WatermarkError('MEDIA_TOO_SMALL', `The content has ${bytes.length} bytes; ${LENGTH} are needed.`);
}

/** The code bits in the lowest bits of a file's first bytes: of use for tests of what surrounds schemes, and for nothing else. */
export const LOWEST_BIT_SCHEME: WatermarkScheme = {
  name: 'lowest-bit',
  version: '1.0.0',
  medium: 'image',
  robust: true,
  paramsSchema: payloadParamsSchema({}),
  payloadBits: () => PAYLOAD_BITS,
  embed: async ({ document, key, content, payload, output, onProgress }) => {
    const bytes = await bytesOf(content);
    const word = new PolarCode(LENGTH, PAYLOAD_BITS + CHECK_BITS).encode(
      frameBits(document.scheme_id, payload, PAYLOAD_BITS),
    );
    const mask = codeMask(key, LENGTH);
    for (let bit = 0; bit < LENGTH; bit += 1) bytes[bit] = (bytes[bit] & 0xfe) | (word[bit] ^ mask[bit]);
    onProgress?.(1);
    await writeFile(`${output}.part`, bytes);
    await rename(`${output}.part`, output);
    return { payload_bits: PAYLOAD_BITS, psnr: '51.14' };
  },
  detect: async ({ document, key, content, signal }) => {
    if (signal?.aborted === true) throw new WatermarkError('ABORTED', 'The detection was stopped.');
    const bytes = await bytesOf(content);
    const soft = Float64Array.from({ length: LENGTH }, (_, bit) => ((bytes[bit] & 1) === 0 ? 1 : -1));
    const judgement = judgeCode(unmask(soft, codeMask(key, LENGTH)), {
      ...{ schemeId: document.scheme_id, payloadBits: PAYLOAD_BITS, listSize: LIST_SIZE, hypotheses: 1n },
    });
    return detectionOfCode(judgement, [], {
      threshold: THRESHOLD,
      payload_bits: PAYLOAD_BITS,
      hypotheses: 1,
    });
  },
};
