/** Processes that measure at once: the cores of the reference machine. */
export const WORKERS = 2;

/** Detections on unmarked content by medium, at most. Together over 10,000, most where a detection is cheapest. */
export const FALSE_ALARM_COUNTS = {
  image: 2000,
  audio: 800,
  video: 40,
  text: 18_000,
  weights: 1000,
} as const;

/** Seconds of wall time after which no further unmarked content of a medium is begun; the report says how many were reached. */
export const FALSE_ALARM_SECONDS = { image: 120, audio: 120, video: 60, text: 100, weights: 20 } as const;

/** Detections in one task of a worker: few enough to keep both busy to the end. */
export const FALSE_ALARM_BATCH = 20;

/** Side of the pieces cut from pictures, and seconds of those cut from sounds, in which no mark is: short, to look often. */
export const UNMARKED_SIDE = 320;
export const UNMARKED_SECONDS = 8;

/** Bits of the peers' messages, as in the published comparison. */
export const PEER_BITS = 32;

/** Pictures that rivaGan gets: it is the slowest of all, by seconds a look. */
export const RIVAGAN_CONTENTS = 3;
/** Pictures of at most this area are given to rivaGan. */
export const RIVAGAN_MAX_PIXELS = 420_000;
/** Pictures that blind_watermark gets, evenly spread over the corpus: it is slow as well. */
export const BLIND_CONTENTS = 24;
/** Pictures on which blind_watermark is tried with 64 bits as well. */
export const BLIND_64_CONTENTS = 10;

/** A text peer's run, in seconds; transformers itself takes some to load. */
export const TEXT_PEER_TIMEOUT = 900;

/** z of the 95 % Wilson interval. */
export const WILSON_Z = 1.959964;

/** False-positive rate at which detection rates are compared. */
export const FALSE_POSITIVE_RATE = 1e-6;
