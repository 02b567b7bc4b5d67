import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeyedStream } from '../keys/keyed-stream';
import { WatermarkKey } from '../keys/watermark-key';
import { schemeDocumentOf } from '../scheme/scheme-table';
import { type TensorEntry } from '../weights/safetensors-header';
import { WEIGHTS_PROJECTION } from '../weights/weights-scheme';
import { type AttackGroup, type FileAttack } from './file-attack';
import { rewriteWeights, type WeightsRewrite } from './rewrite-weights';

type Change = NonNullable<WeightsRewrite['change']>;

/** Noise and choices of attacks: fixed, and of no secret. */
const ATTACK_KEY = new WatermarkKey(Buffer.alloc(32, 0xa7));
const TEMPLATE = join(__dirname, '..', '..', 'schemes', 'weights-projection-v1.json');
const OTHER_PAYLOAD = Buffer.from('fedcba9876543210', 'hex');
/** Spread of the sum of four uniform bytes, and its mean. */
const BELL_SPREAD = 147.8;
const BELL_MEAN = 510;

/** Attacks on a file of model weights: what fine-tuning, compression and careful thieves do to it. */
export const WEIGHTS_ATTACKS: readonly FileAttack[] = [
  ...[1, 5, 10, 20, 50, 100].map((percent) =>
    attack(`noise-${percent}`, 'valuemetric', onLayers(noise(percent))),
  ),
  ...[10, 30, 50, 70, 90].map((percent) =>
    attack(`prune-${percent}`, 'compression', onLayers(prune(percent))),
  ),
  attack(
    'int8-tensor',
    'compression',
    onLayers((values) => {
      quantize(values, values.length, 127);
    }),
  ),
  attack(
    'int8-row',
    'compression',
    onLayers((values, tensor) => {
      quantize(values, rowOf(tensor), 127);
    }),
  ),
  attack(
    'int4-row',
    'compression',
    onLayers((values, tensor) => {
      quantize(values, rowOf(tensor), 7);
    }),
  ),
  attack(
    'int4-block-32',
    'compression',
    onLayers((values) => {
      quantize(values, 32, 7);
    }),
  ),
  attack('cast-f16', 'compression', { dtype: 'F16' }),
  attack('cast-bf16', 'compression', { dtype: 'BF16' }),
  attack('scale-rows', 'valuemetric', onLayers(scale('rows'))),
  attack('scale-columns', 'valuemetric', onLayers(scale('columns'))),
  attack('reorder-tensors', 'editing', { arrange: (tensors) => [...tensors].reverse() }),
  attack('drop-half', 'editing', { arrange: (tensors) => tensors.filter((_, index) => index % 2 === 0) }),
  attack('reinitialize-half', 'editing', reinitializeHalf()),
  overwrite(),
  attack(
    'noise-10-prune-50-int8',
    'combined',
    onLayers((values, tensor) => {
      noise(10)(values, tensor);
      prune(50)(values, tensor);
      quantize(values, rowOf(tensor), 127);
    }),
  ),
  attack('permute-rows', 'geometric', onLayers(permuteRows)),
];

function attack(name: string, group: AttackGroup, rewrite: WeightsRewrite): FileAttack {
  return {
    name,
    medium: 'weights',
    group,
    apply: (input, output, signal) => rewriteWeights(input, output, rewrite, signal),
  };
}

/** Biases and norms are kept: compression leaves them alone, and they carry nothing. */
function onLayers(change: Change): WeightsRewrite {
  return {
    change: (values, tensor) => {
      if (tensor.shape.length > 1 && values.length > 0) change(values, tensor);
    },
  };
}

function streamOf(purpose: string, { name }: TensorEntry): KeyedStream {
  return new KeyedStream(ATTACK_KEY, `${purpose} ${name}`);
}

function rowOf({ elements, shape }: TensorEntry): number {
  return elements / shape[0];
}

function rootMeanSquare(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum / values.length);
}

/** Bell-shaped, mean 0, spread 1. */
function bell(stream: KeyedStream): number {
  return (stream.byte() + stream.byte() + stream.byte() + stream.byte() - BELL_MEAN) / BELL_SPREAD;
}

/** Adds noise of so many percent of the tensor's own spread. */
function noise(percent: number): Change {
  return (values, tensor) => {
    const stream = streamOf('noise', tensor);
    const spread = (rootMeanSquare(values) * percent) / 100;
    for (let index = 0; index < values.length; index += 1) values[index] += spread * bell(stream);
  };
}

/** Sets the smallest weights of the tensor to zero. */
function prune(percent: number): Change {
  return (values) => {
    const sizes = values.map((value) => Math.abs(value)).sort();
    const threshold = sizes[Math.floor((values.length * percent) / 100)] ?? Infinity;
    for (let index = 0; index < values.length; index += 1) {
      if (Math.abs(values[index]) < threshold) values[index] = 0;
    }
  };
}

/** To integers of −levels … levels and back, with one scale for each block, that of its largest weight. */
function quantize(values: Float32Array, block: number, levels: number): void {
  for (let start = 0; start < values.length; start += block) {
    const end = Math.min(values.length, start + block);
    let largest = 0;
    for (let index = start; index < end; index += 1) largest = Math.max(largest, Math.abs(values[index]));
    const step = largest / levels;
    if (step === 0) continue;
    for (let index = start; index < end; index += 1) values[index] = Math.round(values[index] / step) * step;
  }
}

/** By ½ to 2: what can be undone in the next layer of a network without a loss. */
function scale(what: 'rows' | 'columns'): Change {
  return (values, tensor) => {
    const stream = streamOf('scale', tensor);
    const row = rowOf(tensor);
    const count = what === 'rows' ? tensor.shape[0] : row;
    const factors = Float64Array.from({ length: count }, () => 0.5 + stream.below(1501) / 1000);
    for (let index = 0; index < values.length; index += 1) {
      values[index] *= factors[what === 'rows' ? Math.floor(index / row) : index % row];
    }
  };
}

/** Half of the layers start from chance again, as for training them anew. */
function reinitializeHalf(): WeightsRewrite {
  return onLayers((values, tensor) => {
    const stream = streamOf('reinitialize', tensor);
    if (stream.bit() === 0) return;
    const spread = rootMeanSquare(values);
    for (let index = 0; index < values.length; index += 1) values[index] = spread * bell(stream);
  });
}

/** Neurons in another order, which a network does not notice when the next layer follows. Known to remove the mark. */
function permuteRows(values: Float32Array, tensor: TensorEntry): void {
  const before = Float32Array.from(values);
  const row = rowOf(tensor);
  for (const [to, from] of streamOf('permute', tensor).permutation(tensor.shape[0]).entries()) {
    values.set(before.subarray(from * row, (from + 1) * row), to * row);
  }
}

/** Somebody else puts a mark of the same scheme over it, with a key of their own. */
function overwrite(): FileAttack {
  return {
    name: 'overwrite',
    medium: 'weights',
    group: 'editing',
    apply: async (input, output, signal) => {
      const document = schemeDocumentOf(JSON.parse(readFileSync(TEMPLATE, 'utf8')));
      const task = { document, key: ATTACK_KEY, content: { path: input }, payload: OTHER_PAYLOAD, output };
      await WEIGHTS_PROJECTION.embed?.({ ...task, ...(signal === undefined ? {} : { signal }) });
    },
  };
}
