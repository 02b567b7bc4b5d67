/** Every bound of the OCSP responder, with unit and reason. */

/**
 * Seconds that a responder's certificate is valid. Nobody checks whether it is revoked (id-pkix-ocsp-nocheck), so it lives
 * for a week; it is made anew after half of that.
 */
export const RESPONDER_LIFETIME_S = 7 * 86_400;

/** Seconds before now at which it begins: the reader's clock may be behind. */
export const RESPONDER_BACKDATE_S = 300;

/** Octets of its serial number: random, so that it meets none of the CA's. */
export const RESPONDER_SERIAL_BYTES = 16;

/** Stored certificates looked through for one of the own key: a few days' worth while gateways use two keys in turn. */
export const MAX_CERTIFICATES_READ = 16;

/** Seconds from thisUpdate to nextUpdate of an answer: how long a server may staple it. */
export const ANSWER_LIFETIME_S = 600;

/** Seconds that an answer without nonce is given out again: how late a revocation may be seen, against a signature for each caller. */
export const ANSWER_CACHE_S = 5;

/** Answers kept at once: some 700 bytes each. */
export const MAX_CACHED_ANSWERS = 10_000;

/** Bytes of a request: what libs/pki reads at all. */
export const MAX_REQUEST_BYTES = 16 * 1024;

/** Characters of a request in a URL: base64 of one question with nonce has some 200, URLs of above 8 KiB are cut on the way. */
export const MAX_REQUEST_TEXT = 4_096;

/** Bytes of a certificate shown as PEM in JSON. */
export const MAX_SHOWN_BYTES = 96 * 1024;

/** Certificates remembered as witnessed, so that a connection costs no statement. */
export const MAX_REMEMBERED = 10_000;

/** Seconds between two log lines about requests that could not be answered. */
export const REPORT_INTERVAL_S = 60;
