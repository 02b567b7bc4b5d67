import { KeyedStream } from '../keys/keyed-stream';
import { type RowChips, ChipRows } from './chip-rows';
import { CHANGED_UP_TO, type EmbedPlan } from './embed-plan';
import { byteProgress, type WeightsWalk } from './project-tensors';
import { RowBuffer, type RowChunk, rowChunks } from './tensor-rows';

/** How far the weights changed. */
export interface ChangeFigures {
  weights: number;
  /** Weights whose stored value changed. */
  changed: number;
  /** Σ weight², Σ change² over the marked tensors, in the units of the file. */
  energy: number;
  changeEnergy: number;
  /** Largest change of one weight, in mean sizes of its row. */
  largest: number;
}

/** Writes bytes at an offset of the output. */
export type WriteAt = (offset: number, bytes: Uint8Array) => Promise<void>;

const DITHER_STEPS = 65_536;

/** Rewrites the rows of the tensors by the plan. The rest of the output is already there. */
export async function embedRows(
  walk: WeightsWalk,
  plan: EmbedPlan,
  writeAt: WriteAt,
): Promise<ChangeFigures> {
  const progress = byteProgress(walk);
  const buffer = new RowBuffer();
  const figures: ChangeFigures = { weights: 0, changed: 0, energy: 0, changeEnergy: 0, largest: 0 };
  for (const tensor of walk.tensors) {
    const chips = new ChipRows(walk.key, tensor.name, walk.codeLength);
    // Embedders need no agreement on it; it is keyed so that the same task gives the same file.
    const dither = new KeyedStream(walk.key, `weights-dither ${tensor.name}`);
    for await (const chunk of rowChunks(walk.source, tensor, buffer, walk.signal)) {
      const before = Float32Array.from(chunk.values);
      moveChunk(chunk, plan, chips, dither);
      chunk.format.decode(chunk.raw, chunk.values);
      addFigures(figures, before, chunk);
      await writeAt(chunk.offset, chunk.raw);
      progress(chunk.raw.length);
    }
  }
  return figures;
}

function moveChunk(chunk: RowChunk, plan: EmbedPlan, chips: ChipRows, dither: KeyedStream): void {
  for (let row = 0; row < chunk.means.length; row += 1) {
    moveRow(chunk, row, chips.next(chunk.rowLength), plan, dither);
  }
}

function moveRow(
  chunk: RowChunk,
  row: number,
  { slot, chips }: RowChips,
  { strengths }: EmbedPlan,
  dither: KeyedStream,
): void {
  const { values, rowLength, format, raw } = chunk;
  const limit = CHANGED_UP_TO * chunk.means[row];
  const wrap = strengths.length - 1;
  const dithered = format.elementBytes === 2;
  const start = row * rowLength;
  for (let index = 0; index < rowLength; index += 1) {
    const strength = strengths[(slot + index) & wrap];
    const weight = values[start + index];
    const size = Math.abs(weight);
    if (strength === 0 || size === 0 || size > limit) continue;
    const chip = ((chips[index >> 3] >> (7 - (index & 7))) & 1) === 0 ? 1 : -1;
    const uniform = dithered ? (dither.byte() * 256 + dither.byte()) / DITHER_STEPS : 0;
    format.encode(raw, start + index, weight + chip * strength * size, uniform);
  }
}

function addFigures(
  figures: ChangeFigures,
  before: Float32Array,
  { values, rowLength, means }: RowChunk,
): void {
  for (let index = 0; index < before.length; index += 1) {
    const weight = before[index];
    figures.energy += weight * weight;
    const change = values[index] - weight;
    // Weights that are no numbers stay as they are; here they count as zero before and as themselves after.
    if (change === 0 || !Number.isFinite(change)) continue;
    figures.changeEnergy += change * change;
    figures.changed += 1;
    const mean = means[Math.floor(index / rowLength)];
    if (Math.abs(change) > figures.largest * mean) figures.largest = Math.abs(change) / mean;
  }
  figures.weights += before.length;
}
