import { type RowChips } from './chip-rows';
import { CLIP, type Projection } from './projection';
import { type RowChunk } from './tensor-rows';

/** Larger weights (in mean sizes) are not changed: they stay clear of the clipping at 5, and outliers matter to a model. */
export const CHANGED_UP_TO = 4;
/** Margins are tried in steps of this many percent, largest first. */
const MARGIN_STEP = 5;

/** How strongly the weights of each code bit are pushed. */
export interface EmbedPlan {
  /** For each code bit, signed: by which part of itself each weight is moved with (+) or against (−) its chip. */
  readonly strengths: Float64Array;
  readonly marginPercent: number;
}

export interface PlanBounds {
  readonly min_margin_percent: number;
  readonly max_margin_percent: number;
  readonly relative_change_ppm: number;
  readonly change_limit_percent: number;
}

/** What a change of the weights of each code bit costs and brings, in mean sizes of their rows. */
export interface Spread {
  /** Σ clipped weight²: the square of the spread that the projection has over random signs. */
  readonly energies: Float64Array;
  /** What the projection grows by when all weights that may change are moved by the whole of their size. */
  readonly gains: Float64Array;
}

export function emptySpread(codeLength: number): Spread {
  return { energies: new Float64Array(codeLength), gains: new Float64Array(codeLength) };
}

export function addSpread(
  { energies, gains }: Spread,
  chunk: RowChunk,
  row: number,
  { slot }: RowChips,
): void {
  const { values, rowLength, means } = chunk;
  if (means[row] === 0) return;
  const wrap = gains.length - 1;
  const start = row * rowLength;
  for (let index = 0; index < rowLength; index += 1) {
    const size = Math.min(CLIP, Math.abs(values[start + index]) / means[row]);
    const at = (slot + index) & wrap;
    energies[at] += size * size;
    if (size <= CHANGED_UP_TO) gains[at] += size;
  }
}

/**
 * The least change that puts every projection on the side of its code bit, by the margin in units of its own spread:
 * projections that are there already cost nothing (informed embedding). The margin is the largest within the bounds of which
 * the change of all weights together stays within `relative_change_ppm`, and the smallest margin where none does.
 */
export function planEmbedding(
  projection: Projection,
  spread: Spread,
  word: Uint8Array,
  bounds: PlanBounds,
): EmbedPlan {
  const allowed = bounds.relative_change_ppm / 1_000_000;
  let percent = bounds.max_margin_percent;
  let strengths = strengthsOf(projection, spread, word, percent, bounds);
  while (percent > bounds.min_margin_percent && relativeChange(spread, strengths) > allowed) {
    percent = Math.max(bounds.min_margin_percent, percent - MARGIN_STEP);
    strengths = strengthsOf(projection, spread, word, percent, bounds);
  }
  return { strengths, marginPercent: percent };
}

function strengthsOf(
  { sums }: Projection,
  { energies, gains }: Spread,
  word: Uint8Array,
  percent: number,
  bounds: PlanBounds,
): Float64Array {
  const limit = bounds.change_limit_percent / 100;
  return sums.map((sum, index) => {
    const side = word[index] === 0 ? 1 : -1;
    const wanted = (percent / 100) * Math.sqrt(energies[index]) - side * sum;
    if (wanted <= 0 || gains[index] === 0) return 0;
    return side * Math.min(limit, wanted / gains[index]);
  });
}

/** Root mean square of the change over that of the weights, near enough: weights in their rows' units, none clipped. */
function relativeChange({ energies }: Spread, strengths: Float64Array): number {
  let change = 0;
  let total = 0;
  for (let index = 0; index < strengths.length; index += 1) {
    change += strengths[index] * strengths[index] * energies[index];
    total += energies[index];
  }
  return total === 0 ? 0 : Math.sqrt(change / total);
}
