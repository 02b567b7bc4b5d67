import { open } from 'node:fs/promises';
import { WatermarkError } from '../errors/watermark-error';
import { detectionOf } from '../scheme/decide';
import {
  type ContentSource,
  type Detection,
  type LocalEvidence,
  type WatermarkScheme,
  type WatermarkTask,
} from '../scheme/watermark-scheme';
import { decimalOf } from '../statistics/probability';
import { SynthIdDetector, type SynthIdReport } from './synthid-detector';
import { STATISTICS, SYNTHID_PARAMS, synthIdParamsOf } from './synthid-params';
import { MAX_TOKEN_LIST_BYTES, readTokenList } from './token-list';

/**
 * Detection of SynthID-Text as Hugging Face transformers embeds it (Dathathri et al., Nature 634, 2024). There is no
 * embedder here: the mark is made by the model's own sampler.
 */
export const TEXT_SYNTHID: WatermarkScheme = {
  name: 'text-synthid',
  version: '1.0.0',
  medium: 'text',
  robust: true,
  paramsSchema: SYNTHID_PARAMS,
  payloadBits: () => 0,
  detect,
};

async function detect({ document, key, content, signal, onProgress }: WatermarkTask): Promise<Detection> {
  const params = synthIdParamsOf(document);
  key.assertCommitted(document.key_commitment);
  const detector = new SynthIdDetector(params, key);
  const tokens = readTokenList(await bytesOf(content), params.tokenizer.vocabulary_size);
  if (signal?.aborted === true) throw new WatermarkError('ABORTED', 'The detection was stopped.');
  const report = detector.report(tokens);
  onProgress?.(1);
  return detectionOf(
    {
      probability: report.statistics[params.statistic].probability,
      matches: report.ones,
      total: report.scored * params.depth,
      hypotheses: 1n,
      payloadBits: 0,
      local: scoresAsEvidence(report),
    },
    params,
  );
}

/** The library's scores, each with its own p-value, in the place of local evidence. */
function scoresAsEvidence({ scored, statistics }: SynthIdReport): LocalEvidence[] {
  return STATISTICS.map((name) => ({
    place: `${name} score of ${scored} n-grams`,
    confidence: decimalOf(statistics[name].score),
    p_value: decimalOf(statistics[name].probability),
  }));
}

/** Content up to the limit and one byte, which tells that there is more. */
async function bytesOf(content: ContentSource): Promise<Uint8Array> {
  if ('bytes' in content) return content.bytes;
  const file = await open(content.path).catch((cause: unknown) => {
    throw new WatermarkError('MEDIA_UNREADABLE', `${content.path} cannot be opened.`, { cause });
  });
  try {
    const buffer = new Uint8Array(MAX_TOKEN_LIST_BYTES + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
