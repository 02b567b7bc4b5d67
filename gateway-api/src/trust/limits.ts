/** Every bound of the trust services, with unit and reason. */

/** Seconds a challenge may be answered in: a TPM takes a few, a person must not be able to take an hour. */
export const CHALLENGE_LIFETIME_S = 120;

/** Seconds between enrolment and activation. */
export const ENROLLMENT_LIFETIME_S = 300;

/** Bytes of a challenge's nonce and of an enrolment's secret: not to be guessed. */
export const NONCE_BYTES = 32;

/** Seconds after which used or lapsed challenges, enrolments and nonces are removed; kept so long to tell "used" from "unknown". */
export const RETENTION_S = 3_600;

/** Rows removed in one go: a request must not pay for a backlog. */
export const PURGE_ROWS = 500;

/** Bytes of a body with public areas, a certificate or a secret. */
export const MAX_EVIDENCE_BYTES = 64 * 1024;

/** Bytes of a request for a content key: token, envelope, quote, certification, and an event log in hex. */
export const MAX_RELEASE_BYTES = 640 * 1024;

/** Hex characters of an event log (256 KiB; real ones have 20 to 200). */
export const MAX_EVENT_LOG_HEX = 524_288;

/** Events that the policy of a class accepts: those of some hundred kinds of machine. */
export const MAX_ACCEPTED_EVENTS = 20_000;

/** Hex characters of a TPM structure in a body (2 KiB). */
export const MAX_TPM_HEX = 4_096;

/** Hex characters of an endorsement certificate (8 KiB DER; real ones have one to two). */
export const MAX_EK_CERTIFICATE_HEX = 16_384;

/** Seconds a signed revocation list is served before it is made anew, so that its age never fails the strictest class (30 s). */
export const LIST_REFRESH_S = 5;

/** Seconds from thisUpdate to nextUpdate of a revocation list. Freshness is judged by thisUpdate and the class. */
export const LIST_LIFETIME_S = 600;

/** Seconds past the longest token lifetime that a changed right stays on the list: clocks differ. */
export const SUPERSEDED_MARGIN_S = 300;

/** Milliseconds one wait for a new block takes at most before waiting callers are looked at again. */
export const HEAD_WAIT_MS = 5_000;

/** Milliseconds between two waits for a block after one that brought none. */
export const HEAD_RETRY_MS = 50;

/** Callers that may wait for a list at once: each holds a socket. */
export const MAX_LIST_WAITERS = 5_000;

/** Certificates from a TPM's endorsement certificate up to a pinned root. */
export const MAX_EK_CHAIN = 5;

/** Bytes of a release session's cookie: not to be guessed. */
export const SESSION_BYTES = 32;

/** Seconds that a release session lasts, from the challenge to the key: quoting takes a few, a person must not take an hour. */
export const SESSION_LIFETIME_S = 120;
