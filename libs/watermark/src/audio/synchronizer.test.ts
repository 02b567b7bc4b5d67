import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { codeMask, unmask } from '../coding/code-mask';
import { KeyedStream } from '../keys/keyed-stream';
import { WatermarkKey } from '../keys/watermark-key';
import { schemeDocumentOf } from '../scheme/scheme-table';
import { audioParams } from './audio-params';
import { blockLayout, cellPattern } from './block-layout';
import { type FoldedMap } from './slot-map';
import { pilotScores, softBits } from './synchronizer';

const params = audioParams(
  schemeDocumentOf(
    JSON.parse(readFileSync(join(__dirname, '..', '..', 'schemes', 'audio-patchwork-v1.json'), 'utf8')),
  ),
);
const { bands, slots, pilots } = params.layout;
const STEPS = slots * params.analysis.steps_per_slot;
const BITS = params.code.length;

function keyOf(number: number): WatermarkKey {
  return new WatermarkKey(Buffer.alloc(32, number));
}

/** Whitened content without a mark: even numbers from −1 to 1, the same for every key that looks at it. */
function unmarkedMap(seed: number): FoldedMap {
  const stream = new KeyedStream(keyOf(seed), 'unmarked-content');
  const values = Float64Array.from({ length: STEPS * bands }, () => (stream.byte() - 127.5) / 127.5);
  return { steps: STEPS, bands, values };
}

/** The same with a mark of this strength at an offset. */
function markedMap(key: WatermarkKey, word: Uint8Array, offset: number, strength: number): FoldedMap {
  const map = unmarkedMap(99);
  const pattern = cellPattern(blockLayout(key, params), word);
  for (let slot = 0; slot < slots; slot += 1) {
    const step = (slot * params.analysis.steps_per_slot + offset) % STEPS;
    for (let band = 0; band < bands; band += 1) {
      map.values[band * STEPS + step] += strength * pattern[slot * bands + band];
    }
  }
  return map;
}

describe('the layout', () => {
  it('has every cell as a pilot or for one code bit, each bit in nearly as many cells', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), (number) => {
        const layout = blockLayout(keyOf(number), params);
        expect(new Set(layout.pilots).size).toBe(pilots);
        expect(layout.pilots.every((cell) => layout.bitOf[cell] === -1)).toBe(true);
        const cells = new Array<number>(BITS).fill(0);
        for (const bit of layout.bitOf) if (bit >= 0) cells[bit] += 1;
        expect(cells.reduce((sum, count) => sum + count, pilots)).toBe(slots * bands);
        expect(Math.max(...cells) - Math.min(...cells)).toBeLessThanOrEqual(1);
        expect(layout.signs.every((sign) => sign === 1 || sign === -1)).toBe(true);
      }),
      { numRuns: 10 },
    );
  });
});

describe('the search by pilots', () => {
  it('finds the offset of a mark, wherever it is and whatever the code word', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: STEPS - 1 }),
        fc.integer({ min: 0, max: 255 }),
        (offset, number) => {
          const key = keyOf(number);
          const word = codeMask(key, BITS, 'some-word');
          const map = markedMap(key, word, offset, 0.3);
          const scores = pilotScores(map, blockLayout(key, params));
          expect(scores.indexOf(Math.max(...scores))).toBe(offset);
          const soft = softBits(map, blockLayout(key, params), offset, BITS);
          const right = soft.filter((value, bit) => (word[bit] === 0 ? value > 0 : value < 0)).length;
          expect(right).toBeGreaterThan(0.85 * BITS);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('scores unmarked content in standard deviations: mean 0, mean square 1, nothing far out', () => {
    let sum = 0;
    let squares = 0;
    let most = 0;
    const keys = 24;
    const map = unmarkedMap(1);
    for (let number = 0; number < keys; number += 1) {
      for (const score of pilotScores(map, blockLayout(keyOf(number), params))) {
        sum += score;
        squares += score * score;
        most = Math.max(most, Math.abs(score));
      }
    }
    const count = keys * STEPS;
    expect(Math.abs(sum / count)).toBeLessThan(0.1);
    expect(squares / count).toBeGreaterThan(0.9);
    expect(squares / count).toBeLessThan(1.1);
    expect(most).toBeLessThan(5.5);
  });

  it('tells nothing about the code bits: at the best offset half of them agree with any word, over keys', () => {
    const map = unmarkedMap(2);
    const word = codeMask(keyOf(200), BITS, 'any-word');
    const agreements = Array.from({ length: 24 }, (_, number) => {
      const key = keyOf(number);
      const layout = blockLayout(key, params);
      const scores = pilotScores(map, layout);
      const offset = scores.indexOf(Math.max(...scores));
      const soft = unmask(softBits(map, layout, offset, BITS), codeMask(key, BITS));
      return soft.filter((value, bit) => (word[bit] === 0 ? value > 0 : value < 0)).length;
    });
    // Standard deviation of one is 16, of the mean of all 3.3.
    const mean = agreements.reduce((sum, value) => sum + value, 0) / agreements.length;
    expect(Math.abs(mean - BITS / 2)).toBeLessThan(13);
    expect(Math.max(...agreements.map((value) => Math.abs(value - BITS / 2)))).toBeLessThan(70);
  });

  it('scores digital silence 0 everywhere', () => {
    const silent = { ...unmarkedMap(1), values: new Float64Array(STEPS * bands) };
    expect(pilotScores(silent, blockLayout(keyOf(1), params)).every((score) => score === 0)).toBe(true);
  });
});
