/** Every bound of the gateway outside its trust and HSM parts, with unit and reason. */

/**
 * Bytes of a request body: an intent's envelope has at most 360 448 (a batch of 200 records, 256 KiB of payload in base64,
 * with signatures and names); the rest is room for one that is written with spaces.
 */
export const MAX_BODY_BYTES = 384 * 1024;

/** Bytes of a body with a role act: parameters or 200 revocations as an argument of 512 KiB, and the certificate. */
export const MAX_ACT_BODY_BYTES = 640 * 1024;

/** Characters of an Idempotency-Key: enough for any UUID or URN scheme, too short to store data in. */
export const MAX_IDEMPOTENCY_KEY_LENGTH = 256;

/** Seconds a caller may wait for an operation or a list in one request: below the idle limit of common proxies (60 s). */
export const MAX_WAIT_S = 55;

/** Milliseconds `minHeight` waits for the mirror before 409 MIRROR_BEHIND. */
export const MIN_HEIGHT_WAIT_MS = 5_000;

/** Callers that may wait for a mirror height at once: each holds a timer and a socket. */
export const MAX_HEIGHT_WAITERS = 2_000;

/** Rows of one page of a listing, and the default. */
export const MAX_PAGE_SIZE = 200;
export const DEFAULT_PAGE_SIZE = 50;

/**
 * Lines of all settlements on one page, about: a line has up to some 140 bytes with its payee's name, a settlement up to
 * 4 160 lines, so that a page stays within the 8 MiB that clients take.
 */
export const MAX_SETTLEMENT_LINES = 16_384;

/** Ledger documents of one page of an export, and the default: records of 1.2 KiB each are then some 1.2 MiB. */
export const MAX_EXPORT_DOCUMENTS = 1_000;
export const DEFAULT_EXPORT_DOCUMENTS = 500;

/** Records of a lineage's way down: some 600 KiB. What derives from a popular content has no end. */
export const MAX_DERIVATIVES = 500;

/** Characters of a cursor: three numbers and two ids in base64url fit easily. */
export const MAX_CURSOR_LENGTH = 512;

/** Operations not yet ended that one gateway keeps in memory; above it callers get 503 with Retry-After. */
export const DEFAULT_MAX_OPEN_OPERATIONS = 2_000;

/**
 * Operations being endorsed or submitted at once. The peer's gateway service takes 500 calls of all its clients
 * (peer.limits.concurrency.gatewayService) and answers UNKNOWN beyond; this leaves room for the others.
 */
export const DEFAULT_WORKERS = 200;

/** Seconds in Retry-After when the gateway is full: about one block interval and a margin. */
export const BUSY_RETRY_AFTER_S = 1;

/** Milliseconds of one endorsement: the peer's own limit for a chaincode is 30 s. */
export const ENDORSE_DEADLINE_MS = 30_000;

/** Milliseconds of one submission: SmartBFT acknowledges within a view change (seconds). */
export const SUBMIT_DEADLINE_MS = 15_000;

/** Milliseconds to wait for a transaction in the peer's block stream before asking its commit status. */
export const COMMIT_EVENT_WAIT_MS = 5_000;

/** The same after a SubmitError, where it is not known whether any orderer took the transaction. */
export const DOUBT_EVENT_WAIT_MS = 1_000;

/** Milliseconds of one commit-status question: an unknown transaction blocks the call until then. */
export const COMMIT_STATUS_DEADLINE_MS = 5_000;

/** Milliseconds of the first commit-status question for an operation found after a restart: most are on the ledger. */
export const RECOVERY_STATUS_DEADLINE_MS = 1_500;

/** Back-off of repeated steps, in milliseconds: doubled each time, full jitter, capped. */
export const RETRY_BASE_MS = 100;
export const RETRY_CAP_MS = 5_000;

/** Endorsements of one operation whose transactions lost against concurrent ones (MVCC, phantom). */
export const MAX_CONFLICT_TRIES = 5;

/** Endorsements of one operation that only another operator refused: it catches up within a few block intervals. */
export const MAX_DISAGREEMENT_TRIES = 5;

/** Repetitions after endorsers disagreed or a chaincode stream broke: a lasting disagreement is a fault to look at. */
export const MAX_NODE_FAULT_TRIES = 3;

/** Repetitions after ENDORSEMENT_POLICY_FAILURE and the like: one, for a policy or version changed in between. */
export const MAX_POLICY_TRIES = 2;

/** Milliseconds an operation that reached no endorser is kept trying; then it ends as failed, with nothing written. */
export const ENDORSE_PATIENCE_MS = 120_000;

/** Milliseconds the signed bytes of an intent are sent again and again before it is endorsed anew. */
export const SETTLE_PATIENCE_MS = 180_000;

/** Milliseconds to find the transaction behind INTENT_REPLAYED in the mirror, which follows within a second. */
export const REPLAY_LOOKUP_MS = 15_000;

/** Milliseconds between two looks for the same. */
export const REPLAY_POLL_MS = 200;

/** Milliseconds between two looks at an operation that another gateway process carries out. */
export const FOREIGN_OPERATION_POLL_MS = 500;

/** Rows that one batched statement writes: keeps a statement of usual operations below a megabyte of parameters. */
export const MAX_BATCH_ROWS = 100;

/** Bytes of the same, about: a batch of records is an argument of 352 KiB and a transaction three times that. */
export const MAX_BATCH_BYTES = 8 * 1024 * 1024;

/** Ended operations removed by one statement: a backlog of any size must not run into the time limit of a statement. */
export const REMOVAL_ROWS = 1_000;

/** Operations resumed per query after a start. */
export const RECOVERY_PAGE = 500;

/** Milliseconds between two looks for open operations that nobody carries out, and the least age of such a one. */
export const SWEEP_INTERVAL_MS = 60_000;
export const ORPHAN_AGE_S = 60;

/** Days an ended operation is kept, and hours between two clean-ups. */
export const DEFAULT_RETENTION_DAYS = 30;
export const RETENTION_INTERVAL_MS = 3_600_000;

/** Public keys of actors kept to check signatures early; one takes about 2 KiB as a KeyObject. */
export const MAX_CACHED_KEYS = 10_000;

/** Seconds a gateway's clock may differ from that of an actor before an expiry counts. */
export const CLOCK_LEEWAY_S = 5;

/** Seconds an act may wait for its signatures: reviewers sign with cards and HSMs, by hand. */
export const ACT_LIFETIME_S = 600;

/**
 * Acts waiting for signatures in one database. Beyond it the oldest without any signature give way; where all have one,
 * callers get 503.
 */
export const MAX_OPEN_ACTS = 10_000;

/** Characters of a certificate in PEM that a caller may send. */
export const MAX_CERTIFICATE_LENGTH = 8_192;

/** Milliseconds between connection attempts to a peer or database that is away. */
export const RECONNECT_MS = 500;

/** Connections to PostgreSQL: two cores serve no more at once. */
export const DEFAULT_POOL_SIZE = 8;

/** Milliseconds to get a connection, and of one statement. */
export const POOL_CONNECT_MS = 3_000;
export const STATEMENT_MS = 10_000;

/** Blocks the mirror may lag behind the peer before the gateway calls itself not ready. */
export const MAX_MIRROR_LAG_BLOCKS = 50;

/** Milliseconds between two looks whether the mirror has all of the peer's blocks. */
export const FRESHNESS_SAMPLE_MS = 1_000;

/** Seconds a lag beyond zero may last without progress of the mirror before the same. */
export const MAX_MIRROR_STALL_S = 10;

/** Milliseconds of one readiness probe. */
export const READINESS_MS = 2_000;

/** Milliseconds a stopping gateway waits for requests and operations in flight; the rest resumes at the next start. */
export const SHUTDOWN_MS = 8_000;

/** Milliseconds between two rounds of closing idle connections while stopping. */
export const IDLE_SWEEP_MS = 50;

/** Requests a caller may make per minute: reads and submissions apart. */
export const DEFAULT_READS_PER_MINUTE = 6_000;
export const DEFAULT_WRITES_PER_MINUTE = 3_000;

/** Callers whose request counts are kept; the least recently seen are forgotten first. */
export const MAX_COUNTED_CALLERS = 50_000;

/** Prefix bits by which IPv6 callers are counted: one subscriber's network. */
export const IPV6_SUBNET_BITS = 56;

/** Milliseconds for a client's headers, and for a whole request: slow senders are cut off. */
export const HEADERS_MS = 10_000;
export const REQUEST_MS = 30_000;

/** Milliseconds an idle connection is kept: above the idle limit of common proxies, so that they close first. */
export const KEEP_ALIVE_MS = 65_000;

/** Milliseconds a connection's certificate is believed before its validity and revocation are looked at again. */
export const CERTIFICATE_RECHECK_MS = 10_000;

/** Bytes of a bearer token, and of a JWKS document. */
export const MAX_JWT_LENGTH = 8_192;
export const MAX_JWKS_BYTES = 256 * 1024;

/** Seconds a fetched JWKS is used, and the least between two fetches forced by an unknown key id. */
export const JWKS_LIFETIME_S = 600;
export const JWKS_REFETCH_S = 30;

/** Milliseconds of one JWKS fetch. */
export const JWKS_FETCH_MS = 5_000;

/** Keys in one JWKS. */
export const MAX_JWKS_KEYS = 32;
