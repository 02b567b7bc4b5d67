import { type KeyedStream } from '../keys/keyed-stream';

/** A network of two hidden layers with rectifiers that tests train for real: matrices in rows, no biases. */
export interface SmallNetwork {
  readonly layers: readonly Matrix[];
}

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly weights: Float32Array;
}

/** One input and the class that it belongs to. */
export interface Example {
  readonly input: Float32Array;
  readonly label: number;
}

/** Bell-shaped, mean 0, spread 1: the sum of four uniform bytes. */
export function bell(noise: KeyedStream): number {
  return (noise.byte() + noise.byte() + noise.byte() + noise.byte() - 510) / 147.8;
}

export function newNetwork(sizes: readonly number[], noise: KeyedStream): SmallNetwork {
  const layers = sizes.slice(1).map((rows, index) => {
    const columns = sizes[index];
    const scale = Math.sqrt(2 / columns);
    return {
      rows,
      columns,
      weights: Float32Array.from({ length: rows * columns }, () => scale * bell(noise)),
    };
  });
  return { layers };
}

/** Points around a few centers of each class: not to be told apart by one plane. */
export function exampleMaker(
  inputs: number,
  classes: number,
  noise: KeyedStream,
): (count: number) => Example[] {
  const centers = Array.from({ length: 3 * classes }, () =>
    Float32Array.from({ length: inputs }, () => bell(noise)),
  );
  return (count) =>
    Array.from({ length: count }, () => {
      const center = noise.below(centers.length);
      return { input: centers[center].map((value) => value + 0.9 * bell(noise)), label: center % classes };
    });
}

/** Stochastic gradient descent on the squared error, one example after the other. */
export function train(network: SmallNetwork, examples: readonly Example[], rate: number): void {
  for (const example of examples) step(network, example, rate);
}

/** Part of the examples that get the right class. */
export function accuracy(network: SmallNetwork, examples: readonly Example[]): number {
  const right = examples.filter(({ input, label }) => {
    const answer = activations(network, input).at(-1) ?? new Float32Array(0);
    return answer.indexOf(answer.reduce((a, b) => Math.max(a, b))) === label;
  });
  return right.length / examples.length;
}

function activations({ layers }: SmallNetwork, input: Float32Array): Float32Array[] {
  const results = [input];
  for (const [index, layer] of layers.entries()) {
    const isLast = index === layers.length - 1;
    results.push(times(layer, results[index]).map((value) => (isLast ? value : Math.max(0, value))));
  }
  return results;
}

function times({ rows, columns, weights }: Matrix, input: Float32Array): Float32Array {
  const result = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    let sum = 0;
    for (let column = 0; column < columns; column += 1)
      sum += weights[row * columns + column] * input[column];
    result[row] = sum;
  }
  return result;
}

function step(network: SmallNetwork, { input, label }: Example, rate: number): void {
  const results = activations(network, input);
  let slope = results[results.length - 1].map((value, index) => value - (index === label ? 1 : 0));
  for (let index = network.layers.length - 1; index >= 0; index -= 1) {
    const layer = network.layers[index];
    const below = results[index];
    const next = new Float32Array(layer.columns);
    for (let row = 0; row < layer.rows; row += 1) {
      if (slope[row] === 0) continue;
      for (let column = 0; column < layer.columns; column += 1) {
        const at = row * layer.columns + column;
        next[column] += layer.weights[at] * slope[row];
        layer.weights[at] -= rate * slope[row] * below[column];
      }
    }
    slope = next.map((value, column) => (below[column] > 0 ? value : 0));
  }
}
