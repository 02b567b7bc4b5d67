/** Bytes of a JSON file given to a command; the largest is a revocation act with 200 entries and their notes. */
export const MAX_INPUT_BYTES = 1_048_576;
/** Seconds that a command waits for the ledger unless told otherwise. */
export const DEFAULT_WAIT_S = 30;
/** Longest wait that can be asked for, seconds. */
export const MAX_WAIT_S = 600;
/** Seconds that a sale offer is valid unless told otherwise: it travels to a person who has to answer. */
export const OFFER_LIFETIME_S = 3_600;
/** Longest validity of an offer that can be asked for, seconds; the network's parameters may allow less. */
export const MAX_OFFER_LIFETIME_S = 604_800;
/** Bytes read at once while hashing; larger blocks fall out of the processor's cache. */
export const HASH_BLOCK_BYTES = 262_144;
/** Folders within folders that a digest follows; deeper trees are a mistake or an attack. */
export const MAX_WALK_DEPTH = 64;
/** Bytes of a file with one claim on each line: some 70 000 claims. All are read before the first is sent. */
export const MAX_CLAIM_LINES_BYTES = 67_108_864;
/** Random bytes of a claim's nonce: its leading bits are the watermark's payload. */
export const CLAIM_NONCE_BYTES = 32;
/** Bytes of a bank's notification; the payout library's own bound is the same. */
export const MAX_NOTIFICATION_BYTES = 8_388_608;
/** Bytes of a document with a quote: a firmware event log may have a mebibyte, in hex two. */
export const MAX_QUOTE_DOCUMENT_BYTES = 4_194_304;
/** Bytes of a CRL file for the channel: 2 MiB as DER, which the channel takes at the most, written as PEM. */
export const MAX_CRL_FILE_BYTES = 3_145_728;
/** Bytes of a file with revocation lists; the protocol's own bound for a signed list. */
export const MAX_LIST_FILE_BYTES = 50_331_648;
/** Operators that can be asked for: the protocol's bound of a network. */
export const MAX_THRESHOLD = 64;
/** Longest age or grace that can be asked for, seconds: a century, as everywhere. */
export const MAX_SECONDS = 3_155_760_000;
/** Highest version of a content key: the protocol's bound. */
export const MAX_KEY_VERSION = 256;
/** Bytes of a receipt file read, one more than the format permits, so that the verdict can say so. As in libs/fabric-proofs. */
export const MAX_RECEIPT_BYTES = 25_165_825;
/** Bytes of a bulk revocation: some 300 000 certificates as JSON lines, an incident for which CAs are rotated instead. */
export const MAX_BULK_BYTES = 67_108_864;
/** Lines of a bulk revocation; each becomes a request to the Fabric CA. */
export const MAX_BULK_LINES = 300_000;
/** Bytes of a certificate file, PEM. */
export const MAX_CERTIFICATE_FILE_BYTES = 131_072;
/** Milliseconds between two words of progress to a person. */
export const PROGRESS_INTERVAL_MS = 1_000;
/** Bytes of a watermark key file read: the longest key in hex with some white space, and one more to notice a longer file. */
export const MAX_WATERMARK_KEY_FILE_BYTES = 4_096;
/** Random bytes of a new watermark key, beyond any search. */
export const WATERMARK_KEY_BYTES = 32;
