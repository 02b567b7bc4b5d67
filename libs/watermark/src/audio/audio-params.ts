import { type JsonSchema, type ParamsDocument } from '@maker-registry/protocol';
import { closedObject, uniqueList } from '@maker-registry/protocol';
import { JUDGEMENTS } from '../coding/judge-surest';
import { WatermarkError } from '../errors/watermark-error';
import { type CodeParams, type CommonParams, payloadParamsSchema } from '../scheme/params-schema';

/** Speeds that are tried: playback faster or slower, pitch and tempo together. Millionths of the marked speed. */
export interface SpeedRange {
  readonly from_ppm: number;
  readonly to_ppm: number;
  readonly step_ppm: number;
}

/** Where the mark lies, in time and frequency of the content as marked. */
export interface LayoutParams {
  readonly first_hz: number;
  readonly band_hz: number;
  readonly bands: number;
  readonly slot_us: number;
  /** Slots of one block, which repeats through the whole content. */
  readonly slots: number;
  /** Cells of the block that carry no code bit but show where the block lies. */
  readonly pilots: number;
}

/** `params` of the scheme `audio-patchwork`. Integers in the units that their names say. */
export interface AudioParams extends CommonParams, CodeParams {
  /** Code bits by which alone each reading is judged once more: those of the largest soft values. */
  readonly surest_bits: number;
  readonly layout: LayoutParams;
  readonly embedding: {
    /** Least distance of the change's energy below that of the content in each frame, hundredths of a decibel. */
    readonly distance_cdb: number;
    /** Largest change of an amplitude, thousandths. */
    readonly max_change: number;
  };
  readonly analysis: {
    readonly sample_rate: number;
    readonly frame: number;
    readonly hop: number;
    /** Offsets tried within one slot. */
    readonly steps_per_slot: number;
    /** Offsets tried within one slot around those; a multiple of them. */
    readonly fine_steps_per_slot: number;
    /** Whitened values are cut off there, hundredths of their mean size in the band. */
    readonly clip: number;
    /** How much places count (Audibility). */
    readonly audibility: {
      /** Slots before and after that tell with a place how loud it is. */
      readonly reach: number;
      /** Percent of the places of a band that lie at or below its floor. */
      readonly floor: number;
      /** Percent of the floor's energy that is taken off. */
      readonly share: number;
      /** Percent that every place counts at least. */
      readonly least: number;
    };
  };
  readonly search: {
    /** Tried one after the other: later ones where earlier ones found nothing. */
    readonly stages: readonly {
      readonly speeds: readonly SpeedRange[];
      /** Readings that are decoded in each window. */
      readonly readings: number;
    }[];
    readonly window_s: number;
  };
}

function integer(minimum: number, maximum: number): JsonSchema {
  return { type: 'integer', minimum, maximum };
}

/** Half to double speed. */
const SPEED = integer(500_000, 2_000_000);

const SPEED_RANGE = closedObject({ from_ppm: SPEED, to_ppm: SPEED, step_ppm: integer(100, 100_000) });

export const AUDIO_PARAMS_SCHEMA: JsonSchema = payloadParamsSchema({
  surest_bits: integer(64, 8192),
  layout: closedObject({
    first_hz: integer(50, 4000),
    band_hz: integer(50, 1000),
    bands: integer(8, 128),
    slot_us: integer(16_000, 200_000),
    slots: integer(16, 512),
    pilots: integer(64, 8192),
  }),
  embedding: closedObject({ distance_cdb: integer(1000, 6000), max_change: integer(10, 2000) }),
  analysis: closedObject({
    sample_rate: integer(8000, 48_000),
    frame: { type: 'integer', enum: [256, 512, 1024, 2048] },
    hop: integer(64, 1024),
    steps_per_slot: integer(1, 8),
    fine_steps_per_slot: integer(1, 32),
    clip: integer(10, 1000),
    audibility: closedObject({
      reach: integer(0, 20),
      floor: integer(0, 99),
      share: integer(0, 100),
      least: integer(1, 100),
    }),
  }),
  search: closedObject({
    stages: uniqueList(
      closedObject({ speeds: uniqueList(SPEED_RANGE, 1, 8), readings: integer(1, 64) }),
      1,
      4,
    ),
    window_s: integer(8, 120),
  }),
});

/** What the schema cannot say of the members together. */
const CONDITIONS: readonly {
  readonly pointer: string;
  readonly holds: (params: AudioParams) => boolean;
  readonly words: string;
}[] = [
  {
    pointer: '/params/code/length',
    holds: ({ code, payload_bits: bits }) => code.length >= bits + code.check_bits,
    words: 'The code word is shorter than the payload with its check bits.',
  },
  {
    pointer: '/params/surest_bits',
    holds: ({ code, surest_bits: bits }) => bits <= code.length,
    words: 'There are fewer code bits than the surest of them.',
  },
  {
    pointer: '/params/layout/pilots',
    holds: ({ layout, code }) => layout.slots * layout.bands >= layout.pilots + code.length,
    words: 'The block has fewer cells than pilots and code bits.',
  },
  {
    pointer: '/params/layout/bands',
    holds: ({ layout, analysis }) =>
      2 * (layout.first_hz + layout.bands * layout.band_hz) <= analysis.sample_rate,
    words: 'The highest band lies above half the sampling rate of the analysis.',
  },
  {
    pointer: '/params/layout/first_hz',
    holds: ({ layout, analysis, search }) =>
      2 * layout.first_hz * analysis.frame * slowest(search.stages) > analysis.sample_rate * 1_000_000,
    words: 'The lowest band begins below the first line of the spectrum at the slowest speed tried.',
  },
  {
    pointer: '/params/search/window_s',
    holds: (params) => framesOfWindow(params) <= MAX_VALUES && placesOfWindow(params) <= MAX_VALUES,
    words: 'A window takes too much memory: make it shorter, or its steps fewer.',
  },
  {
    pointer: '/params/analysis/hop',
    holds: ({ analysis }) => analysis.hop <= analysis.frame,
    words: 'Frames may overlap but not leave anything out.',
  },
  {
    pointer: '/params/analysis/fine_steps_per_slot',
    holds: ({ analysis }) => analysis.fine_steps_per_slot % analysis.steps_per_slot === 0,
    words: 'The fine steps are no multiple of the others.',
  },
  {
    pointer: '/params/search/stages',
    holds: ({ search }) =>
      search.stages.every(({ speeds }) => {
        const count = speedCount(speeds);
        return count >= 1 && count <= MAX_SPEEDS;
      }),
    words: 'A stage tries no speed, or too many.',
  },
  {
    pointer: '/params/hypotheses',
    holds: (params) => mostWindows(params) >= 1,
    words: 'One window takes more judgements than there are hypotheses.',
  },
];

/** Each costs some five milliseconds for half a minute of sound. */
const MAX_SPEEDS = 1000;

/** Values of one kind that are held of a window: 64 MB. The ready-made document needs a fifth of it. */
const MAX_VALUES = 8_000_000;
/** The last window takes in a rest of less than a half. */
const LONGEST_WINDOW = 1.5;

/** Spectral lines of all frames of a window. */
function framesOfWindow({ analysis, search }: AudioParams): number {
  const frames = (LONGEST_WINDOW * search.window_s * analysis.sample_rate) / analysis.hop;
  return frames * (analysis.frame / 2 + 1);
}

/** Bands of all fine places of a window, at the speed that has most of them. */
function placesOfWindow({ layout, analysis, search }: AudioParams): number {
  const slots = (LONGEST_WINDOW * search.window_s * 1_000_000) / layout.slot_us;
  return slots * (fastest(search.stages) / 1_000_000) * analysis.fine_steps_per_slot * layout.bands;
}

type Stages = AudioParams['search']['stages'];

function slowest(stages: Stages): number {
  return Math.min(...stages.flatMap(({ speeds }) => speeds.map(({ from_ppm: from }) => from)));
}

function fastest(stages: Stages): number {
  return Math.max(...stages.flatMap(({ speeds }) => speeds.map(({ to_ppm: to }) => to)));
}

function speedCount(ranges: readonly SpeedRange[]): number {
  let count = 0;
  for (const { from_ppm: from, to_ppm: to, step_ppm: step } of ranges) {
    count += Math.max(0, Math.floor((to - from) / step) + 1);
  }
  return count;
}

/**
 * The `params` of a document that has passed AUDIO_PARAMS_SCHEMA.
 *
 * @throws WatermarkError PARAMS_OUT_OF_RANGE where its members do not go together
 */
export function audioParams(document: ParamsDocument): AudioParams {
  const params = document.params as unknown as AudioParams;
  const broken = CONDITIONS.find(({ holds }) => !holds(params));
  if (broken === undefined) return params;
  throw new WatermarkError('PARAMS_OUT_OF_RANGE', broken.words, { subject: broken.pointer });
}

/** Judgements of all readings that are decoded in one window at most. */
export function judgementsPerWindow(params: AudioParams): number {
  return JUDGEMENTS * params.search.stages.reduce((sum, stage) => sum + stage.readings, 0);
}

/** Windows that the hypotheses of the document allow, beside the one reading of all of them together. */
export function mostWindows(params: AudioParams): number {
  return Math.floor((params.hypotheses - JUDGEMENTS) / judgementsPerWindow(params));
}

/** Every speed of the ranges, in order. */
export function speedsOf(ranges: readonly SpeedRange[]): number[] {
  return ranges.flatMap(({ from_ppm: from, to_ppm: to, step_ppm: step }) =>
    Array.from(
      { length: Math.max(0, Math.floor((to - from) / step) + 1) },
      (_, index) => from + index * step,
    ),
  );
}
