/** What of one file is read at most. Content is chosen by whoever wants a verdict, so every one of these is attacked. */
export interface MediaLimits {
  readonly maxBytes: number;
  readonly maxSeconds: number;
  /** Of one frame. */
  readonly maxPixels: number;
  readonly maxStreams: number;
  readonly maxChannels: number;
  readonly maxSampleRate: number;
  /** Frames per second, above which a declared rate is not believed. */
  readonly maxFrameRate: number;
}

/** A feature film in high quality; four hours; 4096 × 2304; more streams than any disc; 22.2 sound; studio rates; slow-motion rates. */
export const MEDIA_LIMITS: MediaLimits = {
  maxBytes: 32 * 1024 * 1024 * 1024,
  maxSeconds: 4 * 3600,
  maxPixels: 4096 * 2304,
  maxStreams: 32,
  maxChannels: 24,
  maxSampleRate: 384_000,
  maxFrameRate: 240,
};

/** Seconds without a byte from a program, after which it is taken for stuck. A key frame of the largest size takes two. */
export const STALL_SECONDS = 120;
/** Seconds that one run may take whatever it does: longer than the longest content that is read, on a slow machine. */
export const RUN_SECONDS = 12 * 3600;
/** Characters of a program's complaint that are kept for the message. */
export const COMPLAINT_CHARACTERS = 400;
/** Bytes of a description of streams; one of 32 streams has some 40 KiB. */
export const MAX_PROBE_BYTES = 1024 * 1024;
