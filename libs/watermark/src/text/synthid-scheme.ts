import { WatermarkError } from '../errors/watermark-error';
import { readTextBytes } from '../media/text-file';
import { confidenceOf, detectionOf } from '../scheme/decide';
import {
  type Detection,
  type LocalEvidence,
  type WatermarkScheme,
  type WatermarkTask,
} from '../scheme/watermark-scheme';
import { atMost, decimalOf, timesHypotheses } from '../statistics/probability';
import { SynthIdDetector, type SynthIdReport } from './synthid-detector';
import { STATISTICS, SYNTHID_PARAMS, type SynthIdParams, synthIdParamsOf } from './synthid-params';
import { readTokens, type TokenReading } from './text-content';

/**
 * Detection of SynthID-Text as Hugging Face transformers embeds it (S. Dathathri et al., Nature 634, 2024):
 * docs/specification/watermark-text.md. There is no embedder here: the model's own sampler makes the mark.
 */
export const TEXT_SYNTHID: WatermarkScheme = {
  name: 'text-synthid',
  version: '1.0.0',
  medium: 'text',
  robust: true,
  paramsSchema: SYNTHID_PARAMS,
  payloadBits: () => 0,
  placesSearched: () => 0,
  detect,
};

async function detect({ document, key, content, signal, onProgress }: WatermarkTask): Promise<Detection> {
  const params = synthIdParamsOf(document);
  key.assertCommitted(document.key_commitment);
  if (signal?.aborted === true) throw new WatermarkError('ABORTED', 'The detection was stopped.');
  const detector = new SynthIdDetector(params, key);
  const { tokenizer, readings, ngram_len } = params;
  const found = readTokens(await readTextBytes(content, signal), {
    tokenizer,
    readings,
    context_width: ngram_len - 1,
  });
  const detection = judge(found, params, detector);
  onProgress?.(1);
  return detection;
}

/** The reading that speaks most for the mark, corrected for all of them. */
function judge(
  readings: readonly TokenReading[],
  params: SynthIdParams,
  detector: SynthIdDetector,
): Detection {
  const hypotheses = BigInt(readings.length);
  const chance = (report: SynthIdReport) => report.statistics[params.statistic].probability;
  const best = readings
    .map(({ ids }) => detector.report(ids))
    .reduce((a, b) => (atMost(chance(a), chance(b)) ? a : b));
  return detectionOf(
    {
      probability: timesHypotheses(chance(best), hypotheses),
      matches: best.ones,
      total: best.scored * params.depth,
      hypotheses,
      payloadBits: 0,
      local: scoresAsEvidence(best, hypotheses),
    },
    params,
  );
}

/** The library's scores in words, each with its own p-value, in the place of local evidence. */
function scoresAsEvidence({ scored, statistics }: SynthIdReport, hypotheses: bigint): LocalEvidence[] {
  return STATISTICS.map((name) => {
    const probability = timesHypotheses(statistics[name].probability, hypotheses);
    return {
      place: `${name} score ${decimalOf(statistics[name].score)} of ${scored} n-grams`,
      confidence: confidenceOf(probability),
      p_value: decimalOf(probability),
    };
  });
}
