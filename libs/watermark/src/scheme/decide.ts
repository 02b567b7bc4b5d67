import { type DetectorDecision } from '@maker-registry/protocol';
import { toHex } from '@maker-registry/protocol';
import { type CodeJudgement } from '../coding/judge-code';
import {
  atMost,
  CERTAIN,
  decimalOf,
  log10Of,
  type Probability,
  probabilityOf,
} from '../statistics/probability';
import { type CommonParams, type Thresholds } from './params-schema';
import { type Detection, type LocalEvidence } from './watermark-scheme';

/** Places of a confidence: 1 − p, rounded down. More would pretend to a precision nobody reads. */
const CONFIDENCE_SCALE = 1_000_000n;

export interface Finding {
  readonly probability: Probability;
  readonly matches: number;
  readonly total: number;
  readonly hypotheses: bigint;
  /** Payload of the reading, for schemes that carry one. */
  readonly payload?: Uint8Array;
  readonly payloadBits: number;
  readonly local: readonly LocalEvidence[];
}

/** The decision rule of every scheme (P-8): the p-value against two thresholds, and local evidence as a doubt. */
export function decide(
  probability: Probability,
  threshold: Thresholds,
  local: readonly LocalEvidence[],
): DetectorDecision {
  if (atMost(probability, probabilityOf(threshold.p_value))) return 'detected';
  const doubtful = probabilityOf(threshold.inconclusive_p_value);
  if (atMost(probability, doubtful)) return 'inconclusive';
  const partly = local.some(
    (place) => place.p_value !== undefined && atMost(probabilityOf(place.p_value), doubtful),
  );
  return partly ? 'inconclusive' : 'not-detected';
}

/** The evidence of a finding under the thresholds of a scheme. */
export function detectionOf(finding: Finding, params: CommonParams): Detection {
  const { probability, matches, total, payload, payloadBits, local } = finding;
  const decision = decide(probability, params.threshold, local);
  const met = decision === 'detected';
  return {
    decision,
    ...(met && payload !== undefined ? { payload: toHex(payload) } : {}),
    bits: payloadBits,
    corrected: payload === undefined ? 0 : total - matches,
    raw_matches: matches,
    raw_total: total,
    hypotheses: finding.hypotheses.toString(),
    p_value: decimalOf(probability),
    log10_p: log10Of(probability),
    threshold: { p_value: params.threshold.p_value, met },
    confidence: confidenceOf(probability),
    local,
  };
}

/** The evidence of a code reading. `hypotheses` are the readings tried; the payloads are counted beside them. */
export function detectionOfCode(
  judgement: CodeJudgement,
  local: readonly LocalEvidence[],
  params: CommonParams & { readonly payload_bits: number; readonly hypotheses: number },
): Detection {
  return detectionOf(
    {
      ...judgement,
      payloadBits: params.payload_bits,
      hypotheses: BigInt(params.hypotheses) << BigInt(params.payload_bits),
      local,
    },
    params,
  );
}

/** Nothing was found, or nothing could be read: probability one. */
export function nothingFound(params: CommonParams, payloadBits: number, hypotheses: bigint): Detection {
  return detectionOf(
    { probability: CERTAIN, matches: 0, total: 0, hypotheses, payloadBits, local: [] },
    params,
  );
}

/** 1 − p as a canonical decimal of six places, rounded down. */
export function confidenceOf({ numerator, denominator }: Probability): string {
  const scaled = ((denominator - numerator) * CONFIDENCE_SCALE) / denominator;
  if (scaled <= 0n) return '0';
  if (scaled === CONFIDENCE_SCALE) return '1';
  return `0.${scaled.toString().padStart(6, '0').replace(/0+$/, '')}`;
}
