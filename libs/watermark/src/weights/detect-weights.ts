import { agreements } from '../coding/agreements';
import { betterJudgement, type CodeJudgement, judgeCode } from '../coding/judge-code';
import { codeMask, unmask } from '../coding/code-mask';
import { maskedWord } from '../coding/masked-word';
import { type WatermarkKey } from '../keys/watermark-key';
import { confidenceOf, detectionOfCode, nothingFound } from '../scheme/decide';
import { type Detection, type LocalEvidence } from '../scheme/watermark-scheme';
import { binomialTail } from '../statistics/binomial-tail';
import {
  atMost,
  CERTAIN,
  decimalOf,
  type Probability,
  probabilityOf,
  timesHypotheses,
} from '../statistics/probability';
import { type FileProjection } from './file-projection';
import { type TensorEntry } from './safetensors-header';
import { type WeightsParams } from './weights-params';

/** Own label, as of every medium: mask bits say nothing of chips. */
const MASK_LABEL = 'weights-mask';
/** Characters of a place that are left for the name of a tensor. */
const MAX_SHOWN_NAME = 180;

/** What the judgement of all projections of a file needs. */
export interface ProjectedFile {
  readonly schemeId: string;
  readonly key: WatermarkKey;
  readonly params: WeightsParams;
  readonly projection: FileProjection;
}

/** The masked code word of a payload. @throws WatermarkError PAYLOAD_MALFORMED */
export function weightsWord(
  key: WatermarkKey,
  payload: Uint8Array,
  schemeId: string,
  { payload_bits: payloadBits, code }: WeightsParams,
): Uint8Array {
  return maskedWord(key, payload, { schemeId, payloadBits, length: code.length }, MASK_LABEL);
}

/**
 * The evidence of a file: all tensors are read together; where that says nothing, the largest ones are read one by one (a
 * model of which layers were replaced). Every reading is counted in `hypotheses`.
 */
export function judgeWeights(file: ProjectedFile): Detection {
  const { params, key, projection } = file;
  const mask = codeMask(key, params.code.length, MASK_LABEL);
  const { total } = projection;
  if (total.weights === 0) {
    return nothingFound(
      params,
      params.payload_bits,
      BigInt(params.hypotheses) << BigInt(params.payload_bits),
    );
  }
  const soft = unmask(total.sums, mask);
  const places = projection.largest().map(({ tensor, projection: { sums } }) => ({
    tensor,
    soft: unmask(sums, mask),
  }));
  const best = bestReading(file, soft, places);
  const local = places.map((place) =>
    localEvidence(place.tensor, localProbability(file, best, soft, place.soft)),
  );
  return detectionOfCode(best, local, params);
}

interface Place {
  readonly tensor: TensorEntry;
  readonly soft: Float64Array;
}

/** The whole where that is a finding, or else the likeliest of the whole and the single tensors. */
function bestReading(file: ProjectedFile, soft: Float64Array, places: readonly Place[]): CodeJudgement {
  const threshold = probabilityOf(file.params.threshold.p_value);
  let best = judged(file, soft);
  for (const place of places) {
    if (atMost(best.probability, threshold)) return best;
    best = betterJudgement(best, judged(file, place.soft));
  }
  return best;
}

function judged(file: ProjectedFile, soft: Float64Array): CodeJudgement {
  const { params, schemeId } = file;
  return judgeCode(soft, {
    schemeId,
    payloadBits: params.payload_bits,
    listSize: params.code.list_size,
    hypotheses: BigInt(params.hypotheses),
  });
}

/**
 * How likely one tensor agrees so well with the word that the others carry, if it carries nothing itself. The others know
 * nothing of its chips, so over a random key each of its signs agrees with chance one half and no payload need be counted.
 * Where the others alone are not marked beyond doubt, the word may come from this tensor, and all payloads count.
 */
function localProbability(
  file: ProjectedFile,
  best: CodeJudgement,
  whole: Float64Array,
  soft: Float64Array,
): Probability {
  if (best.payload === undefined) return CERTAIN;
  const { params } = file;
  const others = judged(
    file,
    whole.map((value, index) => value - soft[index]),
  );
  if (atMost(others.probability, probabilityOf(params.threshold.p_value))) {
    return binomialTail(soft.length, agreements(soft, others.word));
  }
  const searched = BigInt(params.hypotheses) << BigInt(params.payload_bits);
  return timesHypotheses(binomialTail(soft.length, agreements(soft, best.word)), searched);
}

function localEvidence({ name }: TensorEntry, probability: Probability): LocalEvidence {
  const shown = name.slice(0, MAX_SHOWN_NAME).replace(/[^ -~]/g, '?');
  return {
    place: `tensor ${shown}`,
    confidence: confidenceOf(probability),
    p_value: decimalOf(probability),
  };
}
