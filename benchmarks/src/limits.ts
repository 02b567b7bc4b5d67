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

/** Certificates revoked one after another for the latency to a published delta CRL, and milliseconds that one may take at most. */
export const PUBLICATION_SAMPLES = 20;
export const PUBLICATION_LIMIT_MS = 30_000;

/** Bytes decrypted by the guard's reader in one measured run: past every cache, below a second or two. */
export const DECRYPT_BYTES = 512 * 1024 * 1024;

/** Runs of the decryption and of OpenSSL in turn; the median of the ratios counts. */
export const DECRYPT_RUNS = 5;

/** Size of the container that stays in the processor's cache, as OpenSSL's own measuring loop does. */
export const CACHED_BYTES = 1024 * 1024;

/** Clients of the REST gateway that share the load: each keeps 32 connections at most, and the load has 100 in flight. */
export const REST_CLIENTS = 4;

/** Records in one transaction of the batch load, and transactions of its round. */
export const BATCH_RECORDS = 100;
export const BATCH_TRANSACTIONS = 40;

/** Settlements in flight into one vault at once. */
export const VAULT_SETTLEMENTS = 200;

/** Beneficiaries of each policy of the deep lineage, and its ancestors: the protocol's own bounds. */
export const DEEP_BENEFICIARIES = 64;
export const DEEP_ANCESTORS = 64;

/** Settlements of the deep lineage that are measured, after some that warm the chaincode up. */
export const DEEP_SETTLEMENTS = 200;
export const DEEP_WARM_UP = 200;

/** In flight at once: each carries half a megabyte of policies to the chaincode, and only its CPU time is asked for. */
export const DEEP_CONCURRENCY = 6;

/** Records in the mirror for the lineage query, in chains of this many. */
export const MIRROR_RECORDS = 1_000_000;
export const CHAIN_RECORDS = 100;

/** Lineage queries measured, one after another. */
export const LINEAGE_QUERIES = 500;

/** Runs of the offline verification and of the bare signature check in turn, and checks of each run. */
export const VERIFY_RUNS = 7;
export const VERIFY_CHECKS = 2_000;

/** Tries of an act that prepares a load, and milliseconds between them. */
export const PREPARATION_TRIES = 10;
export const PREPARATION_PAUSE_MS = 300;

/** Runs of quotes beside bare signatures, and checks in each. */
export const QUOTE_RUNS = 7;
export const QUOTE_CHECKS = 4_000;
/** Revocations in force while lists are measured: what one list was bounded by before it was cut into partitions. */
export const LIST_ENTRIES = 100_000;

/** Look-ups or decisions in one timed run: about a second or less. */
export const LIST_CHECKS = 500_000;

/** Timed runs of each; the median counts. */
export const LIST_RUNS = 5;

/** Receipts verified in one measured run, the runs whose median counts, and the transactions of the made block. */
export const RECEIPT_CHECKS = 200;
export const RECEIPT_RUNS = 5;
export const RECEIPT_BLOCK_TRANSACTIONS = 100;

/** Callers of the HSM client at once, signatures of one run, and runs of client and bare loop in turn. */
export const HSM_CALLERS = 32;
export const HSM_SIGNATURES = 10_000;
export const HSM_RUNS = 7;
