import { addProjection, emptyProjection, type Projection } from './projection';
import { type TensorEntry } from './safetensors-header';

/** One tensor and what its weights say. */
export interface TensorProjection {
  readonly tensor: TensorEntry;
  readonly projection: Projection;
}

/**
 * The projections of a file's tensors, added in the order of the tensors: their sum, and by themselves only those that are judged
 * one by one. A file may have a hundred thousand tensors, and a projection of each would fill the memory.
 */
export class FileProjection {
  readonly total: Projection;
  readonly #places: number;
  #largest: TensorProjection[] = [];

  /** `places` is how many of the largest tensors are kept. */
  constructor(codeLength: number, places: number) {
    this.total = emptyProjection(codeLength);
    this.#places = places;
  }

  add(tensor: TensorEntry, projection: Projection): void {
    addProjection(this.total, projection);
    if (projection.weights === 0 || this.#places === 0) return;
    this.#largest.push({ tensor, projection });
    if (this.#largest.length >= 2 * this.#places) this.#largest = this.largest();
  }

  /** The tensors with most weights of those that are not all zero; of equal ones those that were added first. */
  largest(): TensorProjection[] {
    return this.#largest
      .map((each, index) => ({ each, index }))
      .sort((a, b) => b.each.tensor.elements - a.each.tensor.elements || a.index - b.index)
      .slice(0, this.#places)
      .map(({ each }) => each);
  }
}
