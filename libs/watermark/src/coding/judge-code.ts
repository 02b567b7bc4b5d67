import { binomialTail } from '../statistics/binomial-tail';
import { atMost, CERTAIN, type Probability, timesHypotheses } from '../statistics/probability';
import { agreements } from './agreements';
import { CHECK_BITS, payloadOfFrame } from './payload-frame';
import { PolarCode } from './polar-code';

/** What one reading of the code bits says. */
export interface CodeJudgement {
  /** Absent where no candidate of the list is a frame of this scheme. */
  readonly payload?: Uint8Array;
  /** The code word of the payload (or of the likeliest candidate), before masking. */
  readonly word: Uint8Array;
  /** Hard decisions that agree with the word, of `total`. A soft value of zero agrees with nothing. */
  readonly matches: number;
  readonly total: number;
  /** 1 where there is no payload. */
  readonly probability: Probability;
}

export interface CodeQuestion {
  readonly schemeId: string;
  readonly payloadBits: number;
  readonly listSize: number;
  /** Readings that the detector tries at most, this one included: a constant of the scheme. */
  readonly hypotheses: bigint;
}

/**
 * Decodes unmasked soft values (which a keyed permutation has spread over the content: errors in regular places undo a polar
 * code) (positive speaks for 0) and says how likely as good a reading is without the mark:
 * p = hypotheses · 2^payloadBits · P(Bin(n, ½) ≥ matches), the union bound over every payload and reading, exact over a
 * random key and whatever the decoder does (specification, "Exact p-value").
 */
export function judgeCode(soft: Float64Array, question: CodeQuestion): CodeJudgement {
  const { schemeId, payloadBits, listSize, hypotheses } = question;
  const code = codeOf(soft.length, payloadBits + CHECK_BITS);
  const candidates = code.decode(soft, listSize);
  for (const message of candidates) {
    const payload = payloadOfFrame(schemeId, message);
    if (payload === undefined) continue;
    const word = code.encode(message);
    const matches = agreements(soft, word);
    const tail = binomialTail(soft.length, matches);
    const probability = timesHypotheses(tail, hypotheses << BigInt(payloadBits));
    return { payload, word, matches, total: soft.length, probability };
  }
  const word = code.encode(candidates[0]);
  return { word, matches: agreements(soft, word), total: soft.length, probability: CERTAIN };
}

/** The better of two readings: the smaller probability; the first where they are equal. */
export function betterJudgement(a: CodeJudgement, b: CodeJudgement): CodeJudgement {
  return atMost(a.probability, b.probability) ? a : b;
}

const codes = new Map<number, PolarCode>();

function codeOf(length: number, messageBits: number): PolarCode {
  const name = length * 65_536 + messageBits;
  const known = codes.get(name) ?? new PolarCode(length, messageBits);
  codes.set(name, known);
  return known;
}
