/** Bounds of the lists, with unit and reason. */

/** Ledger entries read in one statement while lists are derived. */
export const LIST_READ_ENTRIES = 2_000;

/** Milliseconds for another operator's statement; one that is slow is left out. */
export const STATEMENT_FETCH_MS = 2_000;

/** Milliseconds between two rounds of asking the other operators: their word stays far younger than the strictest class asks. */
export const STATEMENT_ROUND_MS = 5_000;

/** Milliseconds between two rounds while another operator has yet to see a revocation that this one knows. */
export const STATEMENT_CATCH_UP_MS = 300;

/** Rounds in quick succession for one revocation; an operator that is away is not asked at that rate. */
export const STATEMENT_CATCH_UP_ROUNDS = 10;

/** Bytes of another operator's statement in its envelope. */
export const MAX_STATEMENT_RESPONSE_BYTES = 16_384;

/** Seconds after which a client may fetch a newer status list. */
export const STATUS_TTL_S = 5;

/** Seconds of tokens that share a status list. */
export const STATUS_LIST_SPAN_S = 3_600;

/** Draws of a place in a status list that is at most half full: all of them taken once in a million tokens. */
export const STATUS_DRAWS = 20;

/** Status lists of one hour: some ten million tokens. */
export const MAX_STATUS_LISTS_PER_SPAN = 20;

/** Status lists whose signed form is kept in memory. */
export const STATUS_CACHE_ENTRIES = 256;

/** Snapshots taken when newer ones overtake them: each try is newer than the one that overtook the last. */
export const SNAPSHOT_TRIES = 5;

/** Milliseconds that a client waits at most for other operators to learn of a revocation that this one knows. */
export const STATEMENT_PATIENCE_MS = 1_000;
