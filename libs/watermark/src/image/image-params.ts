import { type JsonSchema, type ParamsDocument } from '@maker-registry/protocol';
import { exp2, log2 } from '../signal/logarithm';
import { type CodeParams, type CommonParams, payloadParamsSchema } from '../scheme/params-schema';
import { CANONICAL_AREA } from './canonical-frame';
import { type EmbedStrength } from './luma-embedder';
import { DATA_COUNT, DATA_RADII, PILOT_COUNT, PILOT_RADII, TILE } from './mark-layout';
import { IMAGE_HYPOTHESES } from './mark-detector';

export interface ImageParams extends CommonParams, CodeParams {
  readonly strength: {
    readonly psnr: string;
    readonly ssim: string;
    readonly pilot_gain: string;
    readonly floor: string;
  };
}

/** What this version of the algorithm fixes: it stands in the document for who rebuilds the detector, and may not differ. */
const fixed = (value: number | string): JsonSchema => ({ enum: [value] });
const closed = (members: Readonly<Record<string, number | string>>): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(members),
  properties: Object.fromEntries(Object.entries(members).map(([name, value]) => [name, fixed(value)])),
});

const STRENGTH: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['psnr', 'ssim', 'pilot_gain', 'floor'],
  properties: {
    /** Decibels: 30 to 59.99. */
    psnr: { type: 'string', pattern: '^[3-5][0-9](\\.[0-9]?[1-9])?$' },
    /** 0.9 to 0.9999. */
    ssim: { type: 'string', pattern: '^0\\.9([0-9]{0,2}[1-9])?$' },
    pilot_gain: { type: 'string', pattern: '^[1-3](\\.[0-9]?[1-9])?$' },
    floor: { type: 'string', pattern: '^0(\\.[0-9]?[1-9])?$' },
  },
};

export const IMAGE_PARAMS_SCHEMA: JsonSchema = payloadParamsSchema({
  frame: closed({ area: CANONICAL_AREA, luma: 'bt601' }),
  tile: fixed(TILE),
  data: closed({ count: DATA_COUNT, lowest_radius: DATA_RADII.lowest, highest_radius: DATA_RADII.highest }),
  pilots: closed({
    count: PILOT_COUNT,
    lowest_radius: PILOT_RADII.lowest,
    highest_radius: PILOT_RADII.highest,
  }),
  hypotheses: fixed(IMAGE_HYPOTHESES),
  code: closed({ type: 'polar', length: DATA_COUNT, check_bits: 16, list_size: 8 }),
  payload_bits: { type: 'integer', minimum: 1, maximum: 96 },
  strength: STRENGTH,
});

/** The parameters of a document that `IMAGE_PARAMS_SCHEMA` passes. */
export function imageParams(document: ParamsDocument): ImageParams {
  return document.params as unknown as ImageParams;
}

export function embedStrength({ strength }: ImageParams): EmbedStrength {
  return {
    meanSquare: meanSquareOf(Number(strength.psnr)),
    similarity: Number(strength.ssim),
    pilotGain: Number(strength.pilot_gain),
    floor: Number(strength.floor),
  };
}

const PEAK_SQUARE = 255 * 255;
const LOG2_OF_10 = log2(10);

/** Mean square error of a peak signal-to-noise ratio in decibels. */
export function meanSquareOf(decibels: number): number {
  return PEAK_SQUARE * exp2((-decibels / 10) * LOG2_OF_10);
}

/** Peak signal-to-noise ratio of a mean square error: decibels to two places, rounded down; `inf` of no error. */
export function decibelsOf(meanSquare: number): string {
  if (meanSquare <= 0) return 'inf';
  const decibels = (10 * log2(PEAK_SQUARE / meanSquare)) / LOG2_OF_10;
  return (Math.floor(decibels * 100) / 100).toFixed(2);
}
