import { type JsonSchema, type ParamsDocument } from '@maker-registry/protocol';
import { AUDIO_PARAMS_SCHEMA, type AudioParams } from '../audio/audio-params';
import { CANONICAL_AREA } from '../image/canonical-frame';
import { WatermarkError } from '../errors/watermark-error';
import { meanSquareOf } from '../image/image-params';
import { DATA_COUNT, DATA_RADII, PILOT_COUNT, PILOT_RADII, TILE } from '../image/mark-layout';
import { type CodeParams, type CommonParams, payloadParamsSchema } from '../scheme/params-schema';
import { type VideoStrength } from './frame-marker';
import { type SegmentRule } from './segment-sums';
import { MOST_SEGMENTS, SUREST_BITS, VIDEO_HYPOTHESES } from './video-search';

export interface VideoParams extends CommonParams, CodeParams {
  readonly segments: SegmentRule;
  /** Parameters of the audio scheme, for a sound track that carries the leading bits of the payload as well. */
  readonly audio?: AudioParams;
  readonly strength: {
    readonly psnr: string;
    readonly flat_change: string;
    readonly pilot_gain: string;
  };
}

/** Pictures of a burst and of a first segment: about one and four seconds. */
const BURST = 24;
const SEGMENT_FRAMES = 96;

/** What this version of the algorithm fixes: it stands in the document for who rebuilds the detector, and may not differ. */
const fixed = (value: number | string): JsonSchema => ({ enum: [value] });
const closed = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
});
const band = (count: number, radii: { readonly lowest: number; readonly highest: number }): JsonSchema =>
  closed({
    count: fixed(count),
    lowest_radius: fixed(radii.lowest),
    highest_radius: fixed(radii.highest),
  });

export const VIDEO_PARAMS_SCHEMA: JsonSchema = payloadParamsSchema(
  {
    audio: AUDIO_PARAMS_SCHEMA,
    frame: closed({ area: fixed(CANONICAL_AREA), luma: fixed('video-y-8-bit') }),
    tile: fixed(TILE),
    data: band(DATA_COUNT, DATA_RADII),
    pilots: band(PILOT_COUNT, PILOT_RADII),
    segments: closed({ burst: fixed(BURST), frames: fixed(SEGMENT_FRAMES), most: fixed(MOST_SEGMENTS) }),
    surest_bits: fixed(SUREST_BITS),
    hypotheses: fixed(VIDEO_HYPOTHESES),
    code: closed({
      type: fixed('polar'),
      length: fixed(DATA_COUNT),
      check_bits: fixed(16),
      list_size: fixed(8),
    }),
    payload_bits: { type: 'integer', minimum: 1, maximum: 96 },
    strength: closed({
      /** Decibels of each picture: 30 to 59.99. */
      psnr: { type: 'string', pattern: '^[3-5][0-9](\\.[0-9]?[1-9])?$' },
      /** Grey levels: 0.1 to 9.99. */
      flat_change: { type: 'string', pattern: '^(0\\.[0-9]?[1-9]|[1-9](\\.[0-9]?[1-9])?)$' },
      pilot_gain: { type: 'string', pattern: '^[1-3](\\.[0-9]?[1-9])?$' },
    }),
  },
  ['audio'],
);

/** The parameters of a document that `VIDEO_PARAMS_SCHEMA` passes. */
export function videoParams(document: ParamsDocument): VideoParams {
  const params = document.params as unknown as VideoParams;
  if ((params.audio?.payload_bits ?? 0) <= params.payload_bits) return params;
  throw new WatermarkError(
    'PARAMS_OUT_OF_RANGE',
    'The sound carries leading bits of the payload: it cannot have more than the pictures.',
    { subject: '/params/audio/payload_bits' },
  );
}

export function videoStrength({ strength }: VideoParams): VideoStrength {
  return { meanSquare: meanSquareOf(Number(strength.psnr)), flatChange: Number(strength.flat_change) };
}
