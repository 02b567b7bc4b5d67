/**
 * Parallel operations on the token, one a session. Eight keep SoftHSM's work and the messages to the gateway
 * overlapping (about 0.6 of a bare signing loop with 32 callers; four reached a quarter less); network HSMs commonly license no more.
 */
export const DEFAULT_SESSIONS = 8;

/** Most sessions a configuration may ask for: above libuv's thread pool they only queue. */
export const MAX_SESSIONS = 64;

/** Milliseconds a caller waits for one operation before the worker is taken for hung and replaced. */
export const DEFAULT_TIMEOUT_MS = 10_000;

/** Milliseconds for loading the module, logging in and opening the sessions: network HSMs take seconds. */
export const OPEN_TIMEOUT_MS = 30_000;

/** Milliseconds that a collection of metrics waits for the worker: well below the time-out of scrapers (10 s). */
export const METRICS_WAIT_MS = 2_000;

/** Milliseconds between two starts of a dying worker, so that a broken module does not turn into a fork storm. */
export const RESTART_DELAY_MS = 250;

/** Milliseconds between two starts at most: the delay doubles while starts fail, and a token that comes back is found soon. */
export const MAX_RESTART_DELAY_MS = 10_000;

/** Operations a client keeps waiting before it refuses more: unbounded queues only hide an overloaded token. */
export const MAX_PENDING = 10_000;

/** Milliseconds a stopped worker has to finalize the module before it is killed. */
export const CLOSE_GRACE_MS = 2_000;

/** Most objects read from one search: two already mean an ambiguous key. */
export const MAX_FOUND_OBJECTS = 64;

/** Bytes of a SHA-256 digest, the only thing these keys sign. */
export const DIGEST_BYTES = 32;

/** Bytes of an uncompressed P-256 point: 0x04, x, y. */
export const POINT_BYTES = 65;

/** Bytes of a raw ECDSA P-256 signature: r, s. */
export const SIGNATURE_BYTES = 64;

/** Milliseconds between two looks at an idle session: network HSMs drop connections after minutes of silence. */
export const SESSION_CHECK_MS = 30_000;

/** Versions of one role's key in a token: two in an overlap, one more while a rotation is taken back. */
export const MAX_KEY_VERSIONS = 9;
