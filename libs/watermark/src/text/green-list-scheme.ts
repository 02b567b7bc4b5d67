import { type ParamsDocument } from '@maker-registry/protocol';
import { assertPayload } from '../coding/payload-frame';
import { type WatermarkKey } from '../keys/watermark-key';
import { readTextBytes, type TextBytes } from '../media/text-file';
import { paramsSchema } from '../scheme/params-schema';
import {
  type Detection,
  type EmbedReport,
  type EmbedTask,
  type WatermarkScheme,
  type WatermarkTask,
} from '../scheme/watermark-scheme';
import { findGreenList, GreenList } from './green-list';
import { readTokens } from './text-content';
import {
  assertTokenParams,
  FRACTION,
  OPTIONAL_TOKEN_MEMBERS,
  type TokenParams,
  tokenSchema,
} from './text-params';
import { embedTokens } from './token-embedder';
import { tokenEvidence } from './token-evidence';

/**
 * The green list (J. Kirchenbauer et al., 2023) with a keyed function defined to the bit, an exact p-value and a scan for pasted
 * spans: docs/specification/watermark-text.md. Without a payload.
 */
export const TEXT_GREEN_LIST: WatermarkScheme = {
  name: 'text-green-list',
  version: '1.0.0',
  medium: 'text',
  robust: true,
  paramsSchema: paramsSchema(tokenSchema(FRACTION), OPTIONAL_TOKEN_MEMBERS),
  payloadBits: () => 0,
  embed,
  detect,
};

/** @throws WatermarkError PARAMS_OUT_OF_RANGE */
export function greenListParams(document: ParamsDocument): TokenParams {
  const params = document.params as unknown as TokenParams;
  assertTokenParams(params);
  return params;
}

async function embed(task: EmbedTask): Promise<EmbedReport> {
  const params = greenListParams(task.document);
  assertPayload(task.payload, 0);
  task.key.assertCommitted(task.document.key_commitment);
  const list = new GreenList(task.key, params);
  return await embedTokens(
    task,
    params,
    (ids) => list.isGreen(ids, ids.length - list.width),
    (bytes) => judge({ bytes, isIdList: false }, params, task.key),
  );
}

async function detect({ document, key, content, signal, onProgress }: WatermarkTask): Promise<Detection> {
  const params = greenListParams(document);
  key.assertCommitted(document.key_commitment);
  const detection = judge(await readTextBytes(content, signal), params, key);
  onProgress?.(1);
  return detection;
}

function judge(text: TextBytes, params: TokenParams, key: WatermarkKey): Detection {
  const readings = readTokens(text, params);
  const finding = findGreenList(
    readings.map(({ ids }) => ids),
    params,
    key,
  );
  return tokenEvidence(finding, readings, params, 0);
}
