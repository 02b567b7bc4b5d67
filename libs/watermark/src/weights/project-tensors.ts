import { type WatermarkKey } from '../keys/watermark-key';
import { type ByteSource } from '../media/byte-source';
import { ChipRows, type RowChips } from './chip-rows';
import { FileProjection } from './file-projection';
import { addRow, emptyProjection } from './projection';
import { type TensorEntry } from './safetensors-header';
import { RowBuffer, type RowChunk, rowChunks } from './tensor-rows';

/** What a walk over the weights of a file needs. */
export interface WeightsWalk {
  readonly source: ByteSource;
  readonly tensors: readonly TensorEntry[];
  readonly key: WatermarkKey;
  readonly codeLength: number;
  readonly signal?: AbortSignal;
  /** 0 to 1 of this walk. */
  readonly onProgress?: (part: number) => void;
}

/** Shown every row of a walk with its chips. */
export type RowWatcher = (chunk: RowChunk, row: number, chips: RowChips) => void;

/** The projections of the tensors, in their order; `places` of the largest are kept by themselves. */
export async function projectTensors(
  walk: WeightsWalk,
  places: number,
  watcher?: RowWatcher,
): Promise<FileProjection> {
  const progress = byteProgress(walk);
  const buffer = new RowBuffer();
  const file = new FileProjection(walk.codeLength, places);
  for (const tensor of walk.tensors) {
    const chips = new ChipRows(walk.key, tensor.name, walk.codeLength);
    const projection = emptyProjection(walk.codeLength);
    for await (const chunk of rowChunks(walk.source, tensor, buffer, walk.signal)) {
      for (let row = 0; row < chunk.means.length; row += 1) {
        const rowChips = chips.next(chunk.rowLength);
        addRow(projection, chunk, row, rowChips);
        watcher?.(chunk, row, rowChips);
      }
      progress(chunk.raw.length);
    }
    file.add(tensor, projection);
  }
  return file;
}

/** Counts bytes of the walk's tensors and reports the part that is done. */
export function byteProgress({ tensors, onProgress }: WeightsWalk): (bytes: number) => void {
  const total = tensors.reduce((sum, { begin, end }) => sum + end - begin, 0);
  let done = 0;
  return (bytes) => {
    done += bytes;
    onProgress?.(done / total);
  };
}
