import { WatermarkKey } from '../keys/watermark-key';
import { type FrameSpectrum, SPECTRUM } from './frame-spectrum';
import { inverse } from './geometry';
import { layoutOf, TILE } from './mark-layout';
import { alignmentScore } from './template-alignment';
import { ANGLES, geometryOf, searchTemplate } from './template-search';
import { cosineOfTurn, sineOfTurn } from '../signal/trigonometry';

jest.setTimeout(60_000);

const LAYOUT = layoutOf(new WatermarkKey(new Uint8Array(32).fill(3)));

/** A spectrum of weak noise with the pilots where a geometry puts them. */
function spectrumOf(angle: number, scale: number, mirrored: boolean): FrameSpectrum {
  const real = Float64Array.from(
    { length: SPECTRUM * SPECTRUM },
    (_, index) => ((index * 7919) % 13) / 13 - 0.5,
  );
  const imaginary = Float64Array.from(real, (_, index) => ((index * 104_729) % 17) / 17 - 0.5);
  const { a, b, c, d } = inverse(geometryOf(angle, scale, mirrored));
  LAYOUT.pilots.across.forEach((across, pilot) => {
    const down = LAYOUT.pilots.down[pilot];
    const u = Math.round((SPECTRUM / TILE) * (a * across + c * down));
    const v = Math.round((SPECTRUM / TILE) * (b * across + d * down));
    const at = (v & (SPECTRUM - 1)) * SPECTRUM + (u & (SPECTRUM - 1));
    const mirror = (-v & (SPECTRUM - 1)) * SPECTRUM + (-u & (SPECTRUM - 1));
    real[at] = 30 * cosineOfTurn(LAYOUT.pilots.phase[pilot]);
    imaginary[at] = 30 * sineOfTurn(LAYOUT.pilots.phase[pilot]);
    real[mirror] = real[at];
    imaginary[mirror] = -imaginary[at];
  });
  return { real, imaginary };
}

describe('the search for the template', () => {
  it.each([
    [0, 0, false],
    [17, 0, false],
    [300, 48, false],
    [5, -40, true],
    [511, 100, true],
  ])('finds angle %d, scale %d, mirrored %s', (angle, scale, mirrored) => {
    const spectrum = spectrumOf(angle, scale, mirrored);
    const [best] = searchTemplate(spectrum, LAYOUT.pilots, 4);
    const turn = Math.min((best.angle - angle + ANGLES) % ANGLES, (angle - best.angle + ANGLES) % ANGLES);
    expect(turn).toBeLessThanOrEqual(1);
    expect(Math.abs(best.scale - scale)).toBeLessThanOrEqual(1);
    expect(best.mirrored).toBe(mirrored);
    const right = alignmentScore(spectrum, LAYOUT.pilots, geometryOf(angle, scale, mirrored));
    const wrong = alignmentScore(spectrum, LAYOUT.pilots, geometryOf(angle + 40, scale, mirrored));
    expect(right).toBeGreaterThan(2 * wrong);
  });

  it('has the best first, no more than asked for', () => {
    const found = searchTemplate(spectrumOf(3, 3, false), LAYOUT.pilots, 6);
    expect(found).toHaveLength(6);
    expect(found.map(({ score }) => score)).toEqual(
      [...found].map(({ score }) => score).sort((a, b) => b - a),
    );
  });
});
