import { MAX_PAYLOAD_BITS, type ParamsDocument } from '@maker-registry/protocol';
import { WatermarkError } from '../errors/watermark-error';
import { readTextBytes, writeTextFile } from '../media/text-file';
import { detectionOf } from '../scheme/decide';
import { type CommonParams, paramsSchema } from '../scheme/params-schema';
import {
  type ContentSource,
  type Detection,
  type EmbedReport,
  type EmbedTask,
  type WatermarkScheme,
  type WatermarkTask,
} from '../scheme/watermark-scheme';
import { CERTAIN, timesHypotheses } from '../statistics/probability';
import { decodeText } from './text-content';
import { readUnicodePayload, TAG_BITS, withUnicodePayload } from './unicode-layer';

interface UnicodeParams extends CommonParams {
  readonly payload_bits: number;
}

/**
 * Invisible characters in a text. Not robust: it is metadata, which a verifier takes as no evidence, and `detected` says of it only
 * that characters written with the key are there.
 */
export const TEXT_UNICODE_METADATA: WatermarkScheme = {
  name: 'text-unicode-metadata',
  version: '1.0.0',
  medium: 'text',
  robust: false,
  paramsSchema: paramsSchema({ payload_bits: { type: 'integer', minimum: 1, maximum: MAX_PAYLOAD_BITS } }),
  payloadBits: (document) => unicodeParams(document).payload_bits,
  embed,
  detect,
};

function unicodeParams(document: ParamsDocument): UnicodeParams {
  return document.params as unknown as UnicodeParams;
}

async function embed({
  document,
  key,
  content,
  signal,
  payload,
  output,
  onProgress,
}: EmbedTask): Promise<EmbedReport> {
  const { payload_bits: payloadBits } = unicodeParams(document);
  key.assertCommitted(document.key_commitment);
  const text = await readPlainText(content, signal);
  const marked = withUnicodePayload(text, { key, schemeId: document.scheme_id, payloadBits }, payload);
  await writeTextFile(output, marked);
  onProgress?.(1);
  return {
    payload_bits: payloadBits,
    added_characters: marked.length - text.length,
    note: 'Invisible characters were added. They are metadata: any editor or cleaner may remove them, and anybody can copy them.',
  };
}

async function detect({ document, key, content, signal, onProgress }: WatermarkTask): Promise<Detection> {
  const params = unicodeParams(document);
  key.assertCommitted(document.key_commitment);
  const question = { key, schemeId: document.scheme_id, payloadBits: params.payload_bits };
  const { runs, payload, copies, at } = readUnicodePayload(await readPlainText(content, signal), question);
  onProgress?.(1);
  // Over a random key the check of a run that was made without it is right once in 2^32.
  const chance = { numerator: 1n, denominator: 1n << BigInt(TAG_BITS) };
  const isFound = payload !== undefined;
  return detectionOf(
    {
      probability: isFound ? timesHypotheses(chance, BigInt(runs)) : CERTAIN,
      matches: isFound ? TAG_BITS : 0,
      total: isFound ? TAG_BITS : 0,
      hypotheses: BigInt(Math.max(1, runs)),
      payloadBits: params.payload_bits,
      local: isFound
        ? [
            {
              place: `metadata of invisible characters, ${copies} times, first after character ${at}`,
              confidence: '0',
            },
          ]
        : [],
      ...(isFound ? { payload } : {}),
    },
    params,
  );
}

/** @throws WatermarkError MEDIA_TOO_SMALL for a text without a word, MEDIA_UNSUPPORTED for token ids */
async function readPlainText(content: ContentSource, signal?: AbortSignal): Promise<string> {
  const { bytes, isIdList } = await readTextBytes(content, signal);
  if (isIdList) {
    throw new WatermarkError('MEDIA_UNSUPPORTED', 'Token ids have no invisible characters. Give the text.');
  }
  const text = decodeText(bytes);
  if (/\S/.test(text)) return text;
  throw new WatermarkError('MEDIA_TOO_SMALL', 'The text has no word.');
}
