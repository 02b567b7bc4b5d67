import { codeMask, unmask } from '../coding/code-mask';
import { type CodeJudgement, judgeCode } from '../coding/judge-code';
import { type WatermarkKey } from '../keys/watermark-key';
import { atMost, probabilityOf } from '../statistics/probability';
import { DATA_COUNT, type MarkLayout } from './mark-layout';
import { type Plane } from './plane';
import { MAX_READINGS, type Reading, readings } from './readings';

/** Readings of one image that are decoded at most; the p-value is multiplied by it. */
export const IMAGE_HYPOTHESES = MAX_READINGS;

export interface MarkQuestion {
  readonly schemeId: string;
  readonly payloadBits: number;
  readonly listSize: number;
  readonly hypotheses: bigint;
  /** At or below it, no further reading is tried. */
  readonly satisfiedBy: string;
}

export interface FoundMark {
  readonly judgement: CodeJudgement;
  /** Of the judgement; absent where the pilots agreed nowhere. */
  readonly reading?: Reading;
}

const NOTHING: CodeJudgement = {
  word: new Uint8Array(DATA_COUNT),
  matches: 0,
  total: DATA_COUNT,
  probability: { numerator: 1n, denominator: 1n },
};

/** The likeliest mark of a detection plane, or of the sum of several (video). */
export function findMark(
  plane: Plane,
  layout: MarkLayout,
  key: WatermarkKey,
  question: MarkQuestion,
): FoundMark {
  const mask = codeMask(key, DATA_COUNT);
  const enough = probabilityOf(question.satisfiedBy);
  let best: FoundMark = { judgement: NOTHING };
  for (const reading of readings(plane, layout)) {
    const judgement = judgeCode(unmask(reading.soft, mask), question);
    if (atMost(judgement.probability, enough)) return { judgement, reading };
    const better = !atMost(best.judgement.probability, judgement.probability);
    if (better || best.reading === undefined) best = { judgement, reading };
  }
  return best;
}
