/** Every bound of receipts, with unit and reason. */

/** Questions to peers at once: each costs an HSM signature and up to every operator's peer a signature. */
export const QUESTION_CONCURRENCY = 16;

/** Receipts being made at once; beyond it callers get 503. A receipt is some 4 questions. */
export const MAX_OPEN_RECEIPTS = 64;

/** Milliseconds a channel configuration is taken for the newest before the peer is asked again. */
export const CONFIGURATION_FRESH_MS = 2_000;

/** Sets of operators that are asked for one answer: each operator may be away once. */
export const MAX_OPERATOR_SETS = 5;

/** Receipts kept, and their bytes in all: most are asked for once or a few times, soon after the transaction. */
export const MAX_KEPT_RECEIPTS = 512;
export const MAX_KEPT_BYTES = 64 * 1024 * 1024;

/** Brotli quality by size in bytes: 11 costs 15 ms for a core and a second for a megabyte. */
export const SMALL_BYTES = 128 * 1024;
export const SMALL_QUALITY = 11;
export const LARGE_QUALITY = 5;

/** Seconds in Retry-After while a receipt can't be made yet: a few block intervals. */
export const SETTLING_RETRY_AFTER_S = 1;
