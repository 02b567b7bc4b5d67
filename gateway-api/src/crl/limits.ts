/** Every bound of issuing CRLs, with unit and reason. */

/** Seconds from thisUpdate to nextUpdate of a full CRL; it is issued anew after half of it, so that one can fail. */
export const BASE_LIFETIME_S = 86_400;

/** The same of a delta. Who has the full list and no fresh delta knows less than an hour of news. */
export const DELTA_LIFETIME_S = 3_600;

/**
 * Entries up to which a full CRL is issued at once when something changed: about half a megabyte, built and checked in
 * milliseconds. Above it a change is in the delta at once and in the full list after `BASE_PERIOD_S`.
 */
export const PROMPT_ENTRIES = 10_000;

/** Seconds between two full CRLs of a long list that keeps changing: each is kept for ever. */
export const BASE_PERIOD_S = 900;

/** Entries of a delta. Beyond it, it is no longer the small news about a large list: a new full one is due. */
export const MAX_DELTA_ENTRIES = 20_000;

/**
 * Seconds after its expiry that a certificate stays on the list: two lifetimes of a full CRL, so that whoever looks at one
 * signature made just before the expiry still finds the revocation.
 */
export const LOOKBACK_S = 2 * BASE_LIFETIME_S;

/** Seconds that thisUpdate may lie back: how long the mirror may have stood still before no CRL is issued by it. */
export const MAX_BACKDATE_S = 600;

/** Seconds that caches may keep a delta, or a full CRL that names no deltas: how late a revocation may be seen by them. */
export const DELTA_CACHE_S = 5;
export const LONE_BASE_CACHE_S = 60;

/** Shards of one CA that one gateway issues; each is a signature of the HSM twice a day and two files. */
export const MAX_CRL_SHARDS = 1_024;

/** Milliseconds between two looks when no block comes: renewals are due every half hour. */
export const IDLE_LOOK_MS = 30_000;

/** Milliseconds after a failed look before the next one. */
export const FAILED_LOOK_MS = 1_000;

/** Milliseconds a caller waits for the first list after a start. */
export const FIRST_LIST_WAIT_MS = 5_000;

/** Rows fetched at a time: a million revocations must not become one answer of the database. */
export const ROWS_PER_FETCH = 20_000;

/** Milliseconds after a publication before the next look: a flood of revocations makes one list a second, not hundreds. */
export const ISSUE_PAUSE_MS = 1_000;

/** Milliseconds between two waits for a block after one that brought none. */
export const HEAD_RETRY_MS = 50;

/** Changed certificates that are read for deltas: some 100 MB. Beyond it deltas build on the newest full CRLs only. */
export const MAX_CHANGES_READ = 200_000;

/** Issued CRLs on one page of their list, and the default. */
export const MAX_CRL_PAGE = 200;
export const DEFAULT_CRL_PAGE = 50;

/** Scopes published at once: as many as the database connections that a gateway's requests can spare. */
export const ISSUE_CONCURRENCY = 4;
