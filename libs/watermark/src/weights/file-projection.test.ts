import fc from 'fast-check';
import { FileProjection } from './file-projection';
import { type TensorEntry } from './safetensors-header';

const tensorOf = (index: number, elements: number): TensorEntry => ({
  ...{ name: `t${index}`, dtype: 'F32', shape: [1, elements], elements, begin: 0, end: 4 * elements },
});

describe('the projections of a file', () => {
  it('are their sum, and the largest tensors whose weights are not all zero, the earlier of equals', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ elements: fc.integer({ min: 1, max: 9 }), zero: fc.boolean() }), {
          maxLength: 60,
          size: 'max',
        }),
        fc.integer({ min: 0, max: 12 }),
        (tensors, places) => {
          const file = new FileProjection(4, places);
          for (const [index, { elements, zero }] of tensors.entries()) {
            const sums = zero ? new Float64Array(4) : Float64Array.of(elements, -index, 1, 0);
            file.add(tensorOf(index, elements), { sums, weights: zero ? 0 : elements });
          }
          const used = tensors.map((each, index) => ({ ...each, index })).filter(({ zero }) => !zero);
          const expected = [...used]
            .sort((a, b) => b.elements - a.elements || a.index - b.index)
            .slice(0, places);
          expect(file.largest().map(({ tensor }) => tensor.name)).toEqual(
            expected.map(({ index }) => `t${index}`),
          );
          const weights = used.reduce((sum, { elements }) => sum + elements, 0);
          const indices = used.reduce((sum, { index }) => sum + index, 0);
          expect(file.total.weights).toBe(weights);
          expect([...file.total.sums].map((sum) => sum + 0)).toEqual([weights, 0 - indices, used.length, 0]);
        },
      ),
    );
  });
});
