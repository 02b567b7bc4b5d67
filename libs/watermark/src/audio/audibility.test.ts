import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemeDocumentOf } from '../scheme/scheme-table';
import { audibility } from './audibility';
import { audioParams, type AudioParams } from './audio-params';

const given = audioParams(
  schemeDocumentOf(
    JSON.parse(readFileSync(join(__dirname, '..', '..', 'schemes', 'audio-patchwork-v1.json'), 'utf8')),
  ),
);
const params: AudioParams = { ...given, layout: { ...given.layout, bands: 8 } };
const PLACES = 200;

/** Log energies of `PLACES` places of eight bands. */
function rows(energy: (place: number, band: number) => number): Float64Array {
  return Float64Array.from({ length: PLACES * 8 }, (_, index) => energy(Math.floor(index / 8), index % 8));
}

describe('audibility', () => {
  it('is least in the quietest places of a band and grows to one where the sound stands out', () => {
    // A loud part over noise: 10 of log2 is 30 dB.
    const { places, values } = audibility(
      rows((place) => (place >= 100 ? -10 : -20)),
      params,
    );
    expect(places).toBe(PLACES);
    expect(values[10 * 8 + 3]).toBeCloseTo(0.2, 12);
    expect(values[150 * 8 + 3]).toBeGreaterThan(0.999);
    const edge = Array.from({ length: 9 }, (_, at) => values[(96 + at) * 8 + 3]);
    expect(edge).toEqual([...edge].sort((a, b) => a - b));
  });

  it('takes each band by itself', () => {
    const { values } = audibility(
      rows((place, band) => (band >= 4 && place >= 100 ? 0 : -20)),
      params,
    );
    expect(values[150 * 8]).toBeCloseTo(0.2, 12);
    expect(values[150 * 8 + 7]).toBeGreaterThan(0.999);
  });

  it('never falls below the least part, and is the same for content of another loudness', () => {
    const wave = (place: number, band: number): number => ((place * 7 + band * 3) % 40) / 4;
    const { values } = audibility(rows(wave), params);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0.1);
    expect(Math.max(...values)).toBeLessThanOrEqual(1);
    const louder = audibility(
      rows((place, band) => wave(place, band) + 64),
      params,
    ).values;
    expect(Math.max(...louder.map((value, index) => Math.abs(value - values[index])))).toBeLessThan(1e-9);
  });

  it('lets everything count alike where the share is none', () => {
    const all = { ...params.analysis, audibility: { reach: 0, floor: 50, share: 0, least: 1 } };
    const { values } = audibility(
      rows((place) => -place),
      { ...params, analysis: all },
    );
    expect(values.every((value) => value === 1)).toBe(true);
  });

  it('has nothing to say of no place', () => {
    expect(audibility(new Float64Array(0), params)).toEqual({ places: 0, values: new Float64Array(0) });
  });
});
