import { codeMask, unmask } from '../coding/code-mask';
import { betterJudgement, type CodeJudgement } from '../coding/judge-code';
import { judgeAllAndSurest } from '../coding/judge-surest';
import { type WatermarkKey } from '../keys/watermark-key';
import { type AudioParams, speedsOf } from './audio-params';
import { type BlockLayout, blockLayout } from './block-layout';
import { type FoldedMap, SlotMaps } from './slot-map';
import { pilotScores, type Reading, softBits } from './synchronizer';

/** Chance agreement with the pilots below which no offset is worth a thought. */
const LEAST_SCORE = 2.5;

/** What a detector of one key and scheme document looks for. */
export interface AudioQuestion {
  readonly schemeId: string;
  readonly params: AudioParams;
  readonly layout: BlockLayout;
  readonly mask: Uint8Array;
}

export interface WindowFinding {
  readonly judgement: CodeJudgement;
  /**
   * Unmasked soft values of the reading that was tried first, whatever the best one is. Pilots alone choose it, so that sums
   * of them over windows are one reading; those of the best reading, which the mask helps to choose, would be one of many.
   */
  readonly firstSoft: Float64Array;
}

interface Guess extends Reading {
  readonly map: FoldedMap;
}

export function audioQuestion(key: WatermarkKey, schemeId: string, params: AudioParams): AudioQuestion {
  return { schemeId, params, layout: blockLayout(key, params), mask: codeMask(key, params.code.length) };
}

/**
 * The best reading of one stretch of content; stage after stage, until the best so far has a valid frame. Undefined where
 * nothing is there to be read.
 */
export function readWindow(
  frames: readonly Float64Array[],
  question: AudioQuestion,
): WindowFinding | undefined {
  let best: WindowFinding | undefined;
  const maps = new SlotMaps(frames, question.params);
  for (const { speeds, readings } of question.params.search.stages) {
    const refine = refiner(maps, question);
    for (const guess of bestGuesses(maps, speedsOf(speeds), readings, question)) {
      const soft = softAt(refine(guess), question);
      const judgement = judged(soft, question);
      best =
        best === undefined
          ? { judgement, firstSoft: soft }
          : { ...best, judgement: betterJudgement(best.judgement, judgement) };
      if (best.judgement.payload !== undefined) return best;
    }
  }
  return best;
}

function bestGuesses(
  maps: SlotMaps,
  speeds: readonly number[],
  count: number,
  { layout }: AudioQuestion,
): Guess[] {
  let guesses: Guess[] = [];
  for (const ppm of speeds) {
    const map = maps.folded(ppm);
    guesses.push(...peaks(pilotScores(map, layout), ppm, map));
    // Kept short at every turn: each guess holds on to a map.
    guesses = guesses
      .sort((a, b) => b.score - a.score || a.ppm - b.ppm || a.offset - b.offset)
      .slice(0, count);
  }
  return guesses;
}

/** Offsets that agree with the pilots better than the ones beside them. */
function peaks(scores: Float64Array, ppm: number, map: FoldedMap): Guess[] {
  const found: Guess[] = [];
  const count = scores.length;
  for (let offset = 0; offset < count; offset += 1) {
    const score = scores[offset];
    if (score < LEAST_SCORE) continue;
    if (scores[(offset + count - 1) % count] >= score || scores[(offset + 1) % count] > score) continue;
    found.push({ ppm, offset, score, map });
  }
  return found;
}

/** Looks around a guess in finer steps; the maps of a speed are made once. */
function refiner(maps: SlotMaps, { params, layout }: AudioQuestion): (guess: Guess) => Guess {
  const { steps_per_slot: coarse, fine_steps_per_slot: steps } = params.analysis;
  const known = new Map<number, { readonly map: FoldedMap; readonly scores: Float64Array }>();
  return ({ ppm, offset }) => {
    let fine = known.get(ppm);
    if (fine === undefined) {
      const map = maps.folded(ppm, steps);
      fine = { map, scores: pilotScores(map, layout) };
      known.set(ppm, fine);
    }
    const { map, scores } = fine;
    const ratio = steps / coarse;
    let best = (offset * ratio) % map.steps;
    for (let other = -ratio + 1; other < ratio; other += 1) {
      const place = (offset * ratio + other + map.steps) % map.steps;
      if (scores[place] > scores[best]) best = place;
    }
    return { ppm, offset: best, score: scores[best], map };
  };
}

/** Unmasked soft values of a reading. */
function softAt({ map, offset }: Guess, { params, layout, mask }: AudioQuestion): Float64Array {
  return unmask(softBits(map, layout, offset, params.code.length), mask);
}

/** Decodes unmasked soft values under all hypotheses of the document. */
export function judged(soft: Float64Array, { schemeId, params }: AudioQuestion): CodeJudgement {
  return judgeAllAndSurest(soft, params.surest_bits, {
    schemeId,
    payloadBits: params.payload_bits,
    listSize: params.code.list_size,
    hypotheses: BigInt(params.hypotheses),
  });
}
