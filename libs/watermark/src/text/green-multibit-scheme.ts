import { type ParamsDocument } from '@maker-registry/protocol';
import { assertPayload } from '../coding/payload-frame';
import { WatermarkError } from '../errors/watermark-error';
import { type WatermarkKey } from '../keys/watermark-key';
import { readTextBytes, type TextBytes } from '../media/text-file';
import { payloadParamsSchema } from '../scheme/params-schema';
import {
  type Detection,
  type EmbedReport,
  type EmbedTask,
  type WatermarkScheme,
  type WatermarkTask,
} from '../scheme/watermark-scheme';
import { findMultibit } from './green-multibit';
import { type MultibitParams, PositionCode } from './position-code';
import { readTokens } from './text-content';
import { assertTokenParams, OPTIONAL_TOKEN_MEMBERS, tokenSchema } from './text-params';
import { embedTokens } from './token-embedder';
import { tokenEvidence } from './token-evidence';

/** One colour of two or of four is favoured. */
const COLOURS = {
  type: 'object',
  additionalProperties: false,
  required: ['numerator', 'denominator'],
  properties: { numerator: { const: 1 }, denominator: { enum: [2, 4] } },
};
/** Check bits stand beside the payload, and both must fit in the code with room to correct. */
const MAX_RATE_BITS = 16;

/** The mark with a payload: each token votes for bits of a code word that carries it (docs/specification/watermark-text.md). */
export const TEXT_GREEN_MULTIBIT: WatermarkScheme = {
  name: 'text-green-multibit',
  version: '1.0.0',
  medium: 'text',
  robust: true,
  paramsSchema: payloadParamsSchema(tokenSchema(COLOURS), [...OPTIONAL_TOKEN_MEMBERS, 'hypotheses']),
  payloadBits: (document) => multibitParams(document).payload_bits,
  embed,
  detect,
};

/** @throws WatermarkError PARAMS_OUT_OF_RANGE */
export function multibitParams(document: ParamsDocument): MultibitParams {
  const params = document.params as unknown as MultibitParams;
  assertTokenParams(params);
  if (params.payload_bits + MAX_RATE_BITS > params.code.length) {
    throw new WatermarkError('PARAMS_OUT_OF_RANGE', 'The payload does not fit in the code.', {
      subject: '/params/payload_bits',
    });
  }
  if ('hypotheses' in params) {
    throw new WatermarkError(
      'PARAMS_OUT_OF_RANGE',
      'The hypotheses follow from the windows; leave them out.',
      {
        subject: '/params/hypotheses',
      },
    );
  }
  return params;
}

async function embed(task: EmbedTask): Promise<EmbedReport> {
  const { document, key, payload } = task;
  const params = multibitParams(document);
  assertPayload(payload, params.payload_bits);
  key.assertCommitted(document.key_commitment);
  const code = new PositionCode(key, params, document.scheme_id);
  const symbols = code.symbols(payload);
  return await embedTokens(
    task,
    params,
    (ids) => code.isFavoured(ids, ids.length - code.width, symbols),
    (bytes) => judge({ bytes, isIdList: false }, params, key, document.scheme_id),
  );
}

async function detect({ document, key, content, signal, onProgress }: WatermarkTask): Promise<Detection> {
  const params = multibitParams(document);
  key.assertCommitted(document.key_commitment);
  const detection = judge(await readTextBytes(content, signal), params, key, document.scheme_id);
  onProgress?.(1);
  return detection;
}

function judge(text: TextBytes, params: MultibitParams, key: WatermarkKey, schemeId: string): Detection {
  const readings = readTokens(text, params);
  const finding = findMultibit(
    readings.map(({ ids }) => ids),
    params,
    key,
    schemeId,
  );
  return tokenEvidence(finding, readings, params, params.payload_bits);
}
