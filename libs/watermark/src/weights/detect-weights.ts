import { judgeCode, type CodeJudgement } from '../coding/judge-code';
import { codeMask, unmask } from '../coding/code-mask';
import { type WatermarkKey } from '../keys/watermark-key';
import { confidenceOf, detectionOfCode, nothingFound } from '../scheme/decide';
import { type Detection, type LocalEvidence } from '../scheme/watermark-scheme';
import { binomialTail } from '../statistics/binomial-tail';
import { CERTAIN, decimalOf, type Probability, timesHypotheses } from '../statistics/probability';
import { addProjection, emptyProjection, type Projection } from './projection';
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
  readonly tensors: readonly TensorEntry[];
  /** Of the tensors, in their order. */
  readonly projections: readonly Projection[];
}

/** Masked code word that carries a frame: what is embedded. */
export function maskedWord(key: WatermarkKey, word: Uint8Array): Uint8Array {
  const mask = codeMask(key, word.length, MASK_LABEL);
  return word.map((bit, index) => bit ^ mask[index]);
}

/** All tensors together, in their order. */
export function totalProjection(projections: readonly Projection[], codeLength: number): Projection {
  const total = emptyProjection(codeLength);
  for (const projection of projections) addProjection(total, projection);
  return total;
}

/**
 * The evidence of a file: all tensors are read together; where that says nothing, the largest ones are read one by one (a
 * model of which layers were replaced). Every reading is counted in `hypotheses`.
 */
export function judgeWeights(file: ProjectedFile): Detection {
  const { params, key, projections } = file;
  const mask = codeMask(key, params.code.length, MASK_LABEL);
  const total = totalProjection(projections, params.code.length);
  if (total.weights === 0) {
    return nothingFound(
      params,
      params.payload_bits,
      BigInt(params.hypotheses) << BigInt(params.payload_bits),
    );
  }
  const readings = largest(file).map(({ tensor, projection }) => ({
    tensor,
    soft: unmask(projection.sums, mask),
  }));
  let best = judged(file, unmask(total.sums, mask));
  for (const { soft } of readings) {
    if (best.payload !== undefined) break;
    const reading = judged(file, soft);
    if (reading.payload !== undefined) best = reading;
  }
  const local = readings.map(({ tensor, soft }) => localEvidence(tensor, agreement(soft, best, params)));
  return detectionOfCode(best, local, params);
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

/** The tensors with most weights, at most `local_tensors`; of equal ones the first by name. */
function largest({
  tensors,
  projections,
  params,
}: ProjectedFile): { tensor: TensorEntry; projection: Projection }[] {
  return tensors
    .map((tensor, index) => ({ tensor, projection: projections[index], index }))
    .filter(({ projection }) => projection.weights > 0)
    .sort((a, b) => b.tensor.elements - a.tensor.elements || a.index - b.index)
    .slice(0, params.local_tensors);
}

/**
 * How likely one tensor agrees so well with the word that was read, without the mark. The word was chosen by looking at all
 * tensors, this one included; counting every payload and every tensor makes up for it.
 */
function agreement(soft: Float64Array, best: CodeJudgement, params: WeightsParams): Probability {
  if (best.payload === undefined) return CERTAIN;
  let matches = 0;
  for (let index = 0; index < soft.length; index += 1) {
    if (best.word[index] === 0 ? soft[index] > 0 : soft[index] < 0) matches += 1;
  }
  const searched = BigInt(params.hypotheses) << BigInt(params.payload_bits);
  return timesHypotheses(binomialTail(soft.length, matches), searched);
}

function localEvidence({ name }: TensorEntry, probability: Probability): LocalEvidence {
  const shown = name.slice(0, MAX_SHOWN_NAME).replace(/[^ -~]/g, '?');
  return {
    place: `tensor ${shown}`,
    confidence: confidenceOf(probability),
    p_value: decimalOf(probability),
  };
}
