import { agreements } from '../coding/agreements';
import { codeMask, unmask } from '../coding/code-mask';
import { type CodeJudgement } from '../coding/judge-code';
import { judgeAllAndSurest, JUDGEMENTS } from '../coding/judge-surest';
import { UPRIGHT } from '../image/geometry';
import { DATA_COUNT, type MarkLayout, TILE } from '../image/mark-layout';
import { noiseFloor, readCarriers, type Shift } from '../image/mark-reading';
import { type Plane } from '../image/plane';
import { MAX_READINGS, type Reading, readings } from '../image/readings';
import { foldInto, spectrumOf } from '../image/tile-spectrum';
import { type WatermarkKey } from '../keys/watermark-key';
import { confidenceOf } from '../scheme/decide';
import { type LocalEvidence } from '../scheme/watermark-scheme';
import { binomialTail } from '../statistics/binomial-tail';
import { atMost, CERTAIN, decimalOf, probabilityOf, timesHypotheses } from '../statistics/probability';
import { type Segment, totalPlane } from './segment-sums';

/** Segments of a video at most. */
export const MOST_SEGMENTS = 16;
/** The whole and every segment are read as they are, and as the pilots say. */
const READINGS = MAX_READINGS + 1;
/** Judgements of one video at most; the p-value is multiplied by it. */
export const VIDEO_HYPOTHESES = JUDGEMENTS * READINGS * (MOST_SEGMENTS + 1);
/** Bits that are judged alone: what strong compression leaves. */
export const SUREST_BITS = 320;

export interface VideoQuestion {
  readonly schemeId: string;
  readonly payloadBits: number;
  readonly listSize: number;
  /** At or below it, no further reading is tried. */
  readonly satisfiedBy: string;
  readonly layout: MarkLayout;
  readonly key: WatermarkKey;
}

export interface FoundInVideo {
  readonly judgement: CodeJudgement;
  readonly reading?: Reading;
}

const NOTHING: FoundInVideo = {
  judgement: { word: new Uint8Array(DATA_COUNT), matches: 0, total: DATA_COUNT, probability: CERTAIN },
};
const NO_SHIFT: Shift = { x: 0, y: 0, score: 0 };

/**
 * The likeliest mark of a video: all of it together first, then segment by segment, for videos of which only a part is
 * marked. `goOn` is called before each and may throw to stop.
 */
export function findInVideo(
  segments: readonly Segment[],
  question: VideoQuestion,
  goOn: (part: number) => void,
): FoundInVideo {
  let best = NOTHING;
  const planes = segments.length === 1 ? [] : segments;
  for (let index = -1; index < planes.length; index += 1) {
    goOn((index + 1) / (planes.length + 1));
    const plane = index < 0 ? totalPlane(segments) : planes[index].plane;
    const found = findInPlane(plane, question);
    if (atMost(found.judgement.probability, best.judgement.probability)) best = found;
    if (atMost(best.judgement.probability, probabilityOf(question.satisfiedBy))) break;
  }
  return best;
}

function findInPlane(plane: Plane, question: VideoQuestion): FoundInVideo {
  const mask = codeMask(question.key, DATA_COUNT);
  const enough = probabilityOf(question.satisfiedBy);
  let best = NOTHING;
  for (const reading of readingsOf(plane, question.layout)) {
    const judgement = judged(unmask(reading.soft, mask), question);
    if (best.reading === undefined || !atMost(best.judgement.probability, judgement.probability)) {
      best = { judgement, reading };
    }
    if (atMost(judgement.probability, enough)) break;
  }
  return best;
}

function judged(soft: Float64Array, question: VideoQuestion): CodeJudgement {
  return judgeAllAndSurest(soft, SUREST_BITS, { ...question, hypotheses: BigInt(VIDEO_HYPOTHESES) });
}

/** Re-encoded and resized video needs no pilots, which are the first to be lost: it is read where the mark was drawn. */
function* readingsOf(plane: Plane, layout: MarkLayout): Generator<Reading> {
  yield {
    geometry: UPRIGHT,
    shift: NO_SHIFT,
    soft: softAt(plane, layout, { geometry: UPRIGHT, shift: NO_SHIFT }),
  };
  yield* readings(plane, layout);
}

/** Soft values in a geometry and at a shift that are known. */
function softAt(
  plane: Plane,
  layout: MarkLayout,
  { geometry, shift }: Pick<Reading, 'geometry' | 'shift'>,
): Float64Array {
  const tile = new Float64Array(TILE * TILE);
  foldInto(tile, plane, geometry);
  const spectrum = spectrumOf(tile);
  return readCarriers(spectrum, layout.data, shift, noiseFloor(spectrum, layout.unused));
}

/**
 * How well each segment alone agrees with the mark that was found: the same exact p-value for any payload and reading, and
 * for every segment, because the mark was chosen with the segment's help. Places are seconds at the given rate of pictures.
 */
export function segmentEvidence(
  segments: readonly Segment[],
  found: FoundInVideo,
  question: VideoQuestion,
  framesPerSecond: number,
): LocalEvidence[] {
  const { judgement, reading } = found;
  if (reading === undefined || judgement.payload === undefined) return [];
  const mask = codeMask(question.key, DATA_COUNT);
  const searched = BigInt(VIDEO_HYPOTHESES * MOST_SEGMENTS) << BigInt(question.payloadBits);
  return segments.map(({ first, end, plane }) => {
    const soft = unmask(softAt(plane, question.layout, reading), mask);
    const matches = agreements(soft, judgement.word);
    const probability = timesHypotheses(binomialTail(DATA_COUNT, matches), searched);
    return {
      place: `${seconds(first, framesPerSecond)}-${seconds(end, framesPerSecond)}`,
      confidence: confidenceOf(probability),
      p_value: decimalOf(probability),
    };
  });
}

/** Tenths of seconds, as words. */
function seconds(frame: number, framesPerSecond: number): string {
  return `${(Math.round((frame * 10) / framesPerSecond) / 10).toFixed(1)}s`;
}
