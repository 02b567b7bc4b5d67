/** Transactions per measured round: long enough to cover several view intervals, short enough to stay bounded. */
export const ROUND_TRANSACTIONS = 600;

/** Rounds of each contestant, taken in turn (A B A B …) so that drift of a shared machine hits both. */
export const ROUNDS = 5;

/** Submissions in flight at once: the plateau of the reference measurements on two cores. */
export const CONCURRENCY = 100;

/** A round that lasts longer than this (milliseconds) is cut off and reported with what it reached. */
export const ROUND_LIMIT_MS = 90_000;

/** Clock ticks a second in /proc/<pid>/stat; fixed by the Linux ABI. */
export const TICKS_PER_SECOND = 100;

/** Revocations measured one after another for the latency to a stopped process. */
export const REVOCATION_SAMPLES = 20;

/** Bytes decrypted by the guard's reader in one measured run: past every cache, below a second or two. */
export const DECRYPT_BYTES = 512 * 1024 * 1024;

/** Runs of the decryption and of OpenSSL in turn; the median of the ratios counts. */
export const DECRYPT_RUNS = 5;

/** Size of the container that stays in the processor's cache, as OpenSSL's own measuring loop does. */
export const CACHED_BYTES = 1024 * 1024;

/** Clients of the REST gateway that share the load: each keeps 32 connections at most, and the load has 100 in flight. */
export const REST_CLIENTS = 4;
