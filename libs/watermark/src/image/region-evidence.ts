import { agreements } from '../coding/agreements';
import { codeMask, unmask } from '../coding/code-mask';
import { type WatermarkKey } from '../keys/watermark-key';
import { confidenceOf } from '../scheme/decide';
import { type LocalEvidence } from '../scheme/watermark-scheme';
import { binomialTail } from '../statistics/binomial-tail';
import { decimalOf, timesHypotheses } from '../statistics/probability';
import { type FrameSize } from './canonical-frame';
import { type FoundMark, type MarkQuestion } from './mark-detector';
import { DATA_COUNT, type MarkLayout, TILE } from './mark-layout';
import { noiseFloor, readCarriers } from './mark-reading';
import { type Plane } from './plane';
import { foldInto, spectrumOf } from './tile-spectrum';

/** The image is divided into so many rows and columns of regions. */
export const REGION_GRID = 3;

/**
 * How well each region alone agrees with the mark found in the whole: the same exact p-value, for any payload and reading
 * and every region, because the mark was chosen with the region's help.
 */
export function regionEvidence(
  plane: Plane,
  found: FoundMark,
  layout: MarkLayout,
  key: WatermarkKey,
  context: { readonly question: MarkQuestion; readonly size: FrameSize },
): LocalEvidence[] {
  const { judgement, reading } = found;
  if (reading === undefined || judgement.payload === undefined) return [];
  const { question, size } = context;
  const mask = codeMask(key, DATA_COUNT);
  const hypotheses =
    (question.hypotheses * BigInt(REGION_GRID * REGION_GRID)) << BigInt(question.payloadBits);
  const local: LocalEvidence[] = [];
  for (let index = 0; index < REGION_GRID * REGION_GRID; index += 1) {
    const part = regionOf(index, plane);
    const tile = new Float64Array(TILE * TILE);
    foldInto(tile, plane, reading.geometry, part);
    const spectrum = spectrumOf(tile);
    const soft = readCarriers(spectrum, layout.data, reading.shift, noiseFloor(spectrum, layout.unused));
    const matches = agreements(unmask(soft, mask), judgement.word);
    const probability = timesHypotheses(binomialTail(DATA_COUNT, matches), hypotheses);
    const place = regionOf(index, size);
    local.push({
      place: `${place.left},${place.top} ${place.right - place.left}x${place.bottom - place.top}`,
      confidence: confidenceOf(probability),
      p_value: decimalOf(probability),
    });
  }
  return local;
}

function regionOf(
  index: number,
  { width, height }: FrameSize,
): { left: number; top: number; right: number; bottom: number } {
  const row = Math.floor(index / REGION_GRID);
  const column = index % REGION_GRID;
  return {
    left: Math.floor((column * width) / REGION_GRID),
    top: Math.floor((row * height) / REGION_GRID),
    right: Math.floor(((column + 1) * width) / REGION_GRID),
    bottom: Math.floor(((row + 1) * height) / REGION_GRID),
  };
}
