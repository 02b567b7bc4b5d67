/** Every bound of the guard, with its unit and its reason. */

/**
 * Plaintext bytes of a chunk unless told otherwise. Measured on one core against `openssl speed` of the same run: 64 KiB
 * chunks reach 0.6 of its rate (a cipher context per chunk costs too much), 512 KiB and 1 MiB 0.7 from a cached file. A random
 * read of one byte decrypts one chunk, so the smaller of the two.
 */
export const DEFAULT_CHUNK_BYTES = 524_288;
/**
 * Bytes read and given to one `update` of a cipher. Node allocates each result; source, result and copy of 128 KiB stay in
 * a core's second-level cache together. 64 and 256 KiB are 15 % slower, reading whole chunks first 20 %.
 */
export const CIPHER_STEP_BYTES = 131_072;
/** Bytes read at once where ranges stay in clear and are only copied. */
export const COPY_STEP_BYTES = 1_048_576;
/** Milliseconds between two progress lines of a long file. */
export const PROGRESS_INTERVAL_MS = 1_000;

/** Milliseconds until a TPM command is given up; an RSA key in a slow hardware TPM takes some ten seconds. */
export const TPM_COMMAND_TIMEOUT_MS = 60_000;
/** Bytes of what a TPM tool may print. */
export const TPM_MAX_OUTPUT_BYTES = 1_048_576;
/** Milliseconds until the files of a TPM sequence whose process is gone are removed; no sequence takes that long. */
export const ABANDONED_AFTER_MS = 600_000;
/** Milliseconds to wait for another process that uses the same TPM or state file. */
export const LOCK_TIMEOUT_MS = 30_000;
/** Milliseconds between two looks at the lock. */
export const LOCK_POLL_MS = 25;
/** PCRs that are quoted unless the gateway's policy names others: firmware, its settings and the secure-boot state. */
export const DEFAULT_PCRS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7];

/** Bytes of a state file (device, pinned keys, lists seen). */
export const MAX_STATE_BYTES = 1_048_576;
/** Bytes of a content key, AES-256. */
export const CONTENT_KEY_BYTES = 32;

/** Seconds of one long poll for the next revocation list; the gateway answers at once when a number is new. */
export const LIST_WAIT_S = 20;
/** Milliseconds between tries while no gateway answers: often enough to come back within a second, no storm. */
export const LIST_RETRY_MS = 500;
/** Milliseconds between two looks at ages (list, token) while the command runs. */
export const AGE_CHECK_INTERVAL_MS = 500;
/** Share of a token's lifetime after which a new one is asked for, so that a short outage does not stop the command. */
export const TOKEN_REFRESH_SHARE = 0.6;
/** Least milliseconds between two requests for a token. */
export const TOKEN_RETRY_MS = 2_000;
/** Milliseconds that the command has between SIGTERM and SIGKILL unless told otherwise. */
export const DEFAULT_GRACE_MS = 1_000;
/** Longest grace that can be asked for, milliseconds: revoked means stopped within three seconds. */
export const MAX_GRACE_MS = 2_000;
/** Fetches of a list before the start when another guard of this machine accepts newer ones in between. */
export const FRESH_LIST_TRIES = 5;
/** Bytes of a token file; the protocol's bound is 8 KiB. */
export const MAX_TOKEN_FILE_BYTES = 16_384;
/** Milliseconds of synchronous work on a container before timers and signals get their turn. */
export const TURN_INTERVAL_MS = 50;

/** Files that one execution may leave to be marked: more would keep the guard busy for hours after the command. */
export const MAX_OUTPUTS = 10_000;

/** Seconds of one long poll for combined lists: with the time that statements travel well within the strictest class's 30 s. */
export const COMBINED_WAIT_S = 10;
