import { binomialTail } from '../statistics/binomial-tail';
import { timesHypotheses } from '../statistics/probability';
import { agreements } from './agreements';
import { betterJudgement, type CodeJudgement, type CodeQuestion, judgeCode } from './judge-code';

/** Judgements of one reading, all of which its hypotheses must count. */
export const JUDGEMENTS = 2;

/**
 * The better of two judgements of one reading: by all code bits, and by so many of the surest alone. Where only a part of the
 * content still carries the mark, the rest agrees by chance and makes the whole look like chance. Sizes choose the surest: the
 * mask changes signs only, so that the choice knows nothing of it and the probability stays exact.
 *
 * @param question its hypotheses count each reading as two (JUDGEMENTS)
 */
export function judgeAllAndSurest(soft: Float64Array, count: number, question: CodeQuestion): CodeJudgement {
  const whole = judgeCode(soft, question);
  if (whole.payload === undefined) return whole;
  const matches = agreements(soft, whole.word, surest(soft, count));
  const searched = question.hypotheses << BigInt(question.payloadBits);
  const probability = timesHypotheses(binomialTail(count, matches), searched);
  return betterJudgement(whole, { ...whole, matches, total: count, probability });
}

/** Places of the largest magnitudes; of equal ones, the first. */
function surest(soft: Float64Array, count: number): number[] {
  return Array.from(soft, (_, index) => index)
    .sort((one, other) => Math.abs(soft[other]) - Math.abs(soft[one]) || one - other)
    .slice(0, count);
}
