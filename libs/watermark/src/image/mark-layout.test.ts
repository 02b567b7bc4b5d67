import * as fc from 'fast-check';
import { WatermarkKey } from '../keys/watermark-key';
import { type Carriers, DATA_COUNT, layoutOf, PILOT_COUNT } from './mark-layout';

const named = ({ across, down }: Pick<Carriers, 'across' | 'down'>): string[] =>
  Array.from(across, (value, index) => `${value},${down[index]}`);
const radii = ({ across, down }: Carriers): number[] =>
  Array.from(across, (value, index) => Math.sqrt(value * value + down[index] * down[index]));

describe('the layout of a mark', () => {
  it('takes each frequency once, within the radii, away from the axes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const { pilots, data, unused } = layoutOf(new WatermarkKey(bytes));
        const all = [...named(pilots), ...named(data), ...named(unused)];
        expect(new Set(all).size).toBe(all.length);
        expect([pilots.across.length, data.across.length]).toEqual([PILOT_COUNT, DATA_COUNT]);
        expect(Math.min(...radii(data))).toBeGreaterThanOrEqual(7);
        expect(Math.max(...radii(data))).toBeLessThanOrEqual(30);
        expect(Math.min(...radii(pilots))).toBeGreaterThanOrEqual(10);
        expect(Math.max(...radii(pilots))).toBeLessThanOrEqual(26);
        expect([...data.across, ...pilots.across].every((across) => Math.abs(across) >= 2)).toBe(true);
        expect([...data.down, ...pilots.down].every((down) => down >= 2)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('is the same for the same key and another for another', () => {
    const of = (byte: number): ReturnType<typeof layoutOf> =>
      layoutOf(new WatermarkKey(new Uint8Array(32).fill(byte)));
    expect(of(1)).toEqual(of(1));
    expect(named(of(1).data)).not.toEqual(named(of(2).data));
    expect(of(1).pilots.phase).not.toEqual(of(2).pilots.phase);
  });
});
