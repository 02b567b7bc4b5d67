import { floatFormatOf } from './float-format';
import { type TensorEntry } from './safetensors-header';
import { type TensorSelection } from './weights-params';

/** Elements of a row that is held in memory at once; beyond it a tensor is left alone. No layer is that wide. */
const MAX_ROW_ELEMENTS = 16_777_216;

/** Elements of one row: all dimensions but the first. A vector is one row. */
export function rowElements(tensor: TensorEntry): number {
  const rows = tensor.shape.length > 1 ? tensor.shape[0] : 1;
  return rows === 0 ? 0 : tensor.elements / rows;
}

/** The tensors that carry the mark, in the order given. A rule on name, type and shape only: never on values, which change. */
export function selectTensors(tensors: readonly TensorEntry[], rule: TensorSelection): TensorEntry[] {
  return tensors.filter((tensor) => {
    const row = rowElements(tensor);
    return (
      floatFormatOf(tensor.dtype) !== undefined &&
      tensor.shape.length >= rule.min_dimensions &&
      tensor.elements >= rule.min_elements &&
      row >= rule.min_row_elements &&
      row <= MAX_ROW_ELEMENTS &&
      !rule.exclude_names.some((part) => tensor.name.includes(part))
    );
  });
}
