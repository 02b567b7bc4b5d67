import { closedObject, type JsonSchema, type ParamsDocument, uniqueList } from '@maker-registry/protocol';
import { CHECK_BITS } from '../coding/payload-frame';
import { WatermarkError } from '../errors/watermark-error';
import { type CodeParams, type CommonParams, payloadParamsSchema } from '../scheme/params-schema';

/** Which tensors carry the mark. */
export interface TensorSelection {
  /** Vectors such as biases and norms have too few elements and matter too much. */
  readonly min_dimensions: number;
  readonly min_elements: number;
  /** Elements of one row, that is of all dimensions but the first. */
  readonly min_row_elements: number;
  /** Tensors whose names contain one of these are left alone. */
  readonly exclude_names: readonly string[];
}

/** `params` of a document of this scheme. Percentages and parts per million are integers. */
export interface WeightsParams extends CommonParams, CodeParams {
  readonly selection: TensorSelection;
  /** Tensors that are judged one by one, the largest first: local evidence, and readings where the whole says nothing. */
  readonly local_tensors: number;
  readonly embedding: {
    /** How far every code bit is pushed, in percent of the spread that its projection has without a mark. */
    readonly min_margin_percent: number;
    readonly max_margin_percent: number;
    /** The margin is the largest that keeps the root mean square of the change to this part of that of the weights. */
    readonly relative_change_ppm: number;
    /** No weight changes by more than this part of itself. */
    readonly change_limit_percent: number;
  };
}

const PERCENT: JsonSchema = { type: 'integer', minimum: 1, maximum: 1000 };
/** Readings of single tensors cost one decoding each. */
const MAX_LOCAL_TENSORS = 1024;
const MAX_EXCLUDED = 64;

export const WEIGHTS_PARAMS: JsonSchema = payloadParamsSchema({
  selection: closedObject({
    min_dimensions: { type: 'integer', minimum: 1, maximum: 8 },
    min_elements: { type: 'integer', minimum: 64, maximum: 1_000_000_000 },
    min_row_elements: { type: 'integer', minimum: 4, maximum: 1_000_000 },
    exclude_names: uniqueList({ type: 'string', minLength: 1, maxLength: 100 }, 0, MAX_EXCLUDED),
  }),
  local_tensors: { type: 'integer', minimum: 0, maximum: MAX_LOCAL_TENSORS },
  embedding: closedObject({
    min_margin_percent: PERCENT,
    max_margin_percent: PERCENT,
    relative_change_ppm: { type: 'integer', minimum: 1, maximum: 1_000_000 },
    change_limit_percent: { type: 'integer', minimum: 1, maximum: 90 },
  }),
});

function outOfRange(message: string, subject: string): WatermarkError {
  return new WatermarkError('PARAMS_OUT_OF_RANGE', message, { subject });
}

/** The parameters of a document whose form has passed. Throws WatermarkError PARAMS_OUT_OF_RANGE where they contradict each other. */
export function weightsParamsOf(document: ParamsDocument): WeightsParams {
  const params = document.params as unknown as WeightsParams;
  if (params.payload_bits + CHECK_BITS > params.code.length) {
    throw outOfRange('The code is shorter than payload and check bits.', '/params/code/length');
  }
  // One reading of the whole and one of each tensor: a document that counts fewer would understate its p-values.
  if (params.hypotheses < params.local_tensors + 1) {
    throw outOfRange('hypotheses must be at least local_tensors + 1.', '/params/hypotheses');
  }
  if (params.embedding.min_margin_percent > params.embedding.max_margin_percent) {
    throw outOfRange('The smallest margin is above the largest.', '/params/embedding/min_margin_percent');
  }
  return params;
}
