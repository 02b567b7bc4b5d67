import { type Medium } from '@maker-registry/watermark';

/** A figure that the scheme was to reach. */
export interface Target {
  readonly medium: Medium;
  readonly scheme: RegExp;
  readonly attack: string;
  /** `exact`: payload read without an error; `detected`: found at a false-positive rate of one in a million. */
  readonly measure: 'exact' | 'detected';
  readonly minimum: number;
}

function rows(
  medium: Medium,
  scheme: RegExp,
  measure: Target['measure'],
  minimums: Readonly<Record<string, number>>,
): Target[] {
  return Object.entries(minimums).map(([attack, minimum]) => ({ medium, scheme, attack, measure, minimum }));
}

/** What was asked for before anything was built. */
export const TARGETS: readonly Target[] = [
  ...rows('image', /^image-/, 'exact', {
    ...{ 'jpeg-75': 0.99, 'jpeg-50': 0.95, 'jpeg-30': 0.8, 'resize-75': 0.95, 'resize-50': 0.95 },
    ...{ 'crop-keep-90': 0.97, 'crop-keep-50': 0.9, 'rotate-2': 0.9, 'brightness-120': 0.97 },
    ...{ 'noise-10': 0.95, 'jpeg-75-resize-75': 0.9 },
  }),
  ...rows('audio', /^audio-/, 'exact', {
    ...{ 'mp3-128': 0.99, 'mp3-64': 0.95, 'aac-64': 0.9, 'resample-22050': 0.95 },
    ...{ 'crop-start-30': 0.95, 'crop-end-30': 0.95, 'noise-20db': 0.9 },
    ...{ 'speed-1.05': 0.8, 'speed-0.95': 0.8 },
  }),
  ...rows('video', /^video-/, 'exact', {
    ...{ 'h264-crf-30': 0.95, 'h264-crf-40': 0.8, 'height-480': 0.9, 'drop-every-second': 0.95 },
  }),
];

/** Quality that the marked content was to keep: medians. */
export const QUALITY_TARGETS: readonly {
  readonly medium: Medium;
  readonly figure: string;
  readonly minimum: number;
  readonly unit: string;
}[] = [
  { medium: 'image', figure: 'psnr', minimum: 40, unit: 'dB' },
  { medium: 'image', figure: 'ssim', minimum: 0.985, unit: '' },
  { medium: 'audio', figure: 'segmental_snr', minimum: 30, unit: 'dB' },
];

export function targetOf(medium: Medium, scheme: string, attack: string): Target | undefined {
  return TARGETS.find((one) => one.medium === medium && one.attack === attack && one.scheme.test(scheme));
}
