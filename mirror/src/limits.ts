/** Every bound of the mirror, with its unit and reason. */

/** Advisory lock key (any constant unique in the database): one migration at a time. */
export const MIGRATION_LOCK = 7_301_001;

/** Advisory lock key: the one mirror that writes; others wait for it. */
export const LEADER_LOCK = 7_301_002;

/** Milliseconds between two tries to become the leader: how long a standby may take to notice that it is needed. */
export const LEADER_POLL_MS = 500;

/** Bytes of one gRPC message. Fabric's own limit; a block may be that large. */
export const MAX_DELIVER_MESSAGE_BYTES = 100 * 1024 * 1024;

/** Milliseconds. Fabric's peers refuse pings more often than once a minute. */
export const KEEPALIVE_TIME_MS = 75_000;
/** Milliseconds without an answer to a ping after which the peer counts as away. */
export const KEEPALIVE_TIMEOUT_MS = 20_000;

/** Bytes of blocks held in memory before reading from the peer pauses: several full batches, well below a small heap. */
export const MAX_QUEUED_BYTES = 64 * 1024 * 1024;

/** Transactions of one database transaction in catch-up: past this a larger batch was not measurably faster. */
export const BATCH_TRANSACTIONS = 1_000;
/** Bytes of blocks in one database transaction, for blocks with large values. */
export const BATCH_BYTES = 16 * 1024 * 1024;

/** Milliseconds before the second try when the peer or PostgreSQL is away; doubles with each. */
export const BACKOFF_FIRST_MS = 250;
/** Milliseconds, the longest pause: what an operator waits at most after bringing it back. */
export const BACKOFF_LONGEST_MS = 5_000;

/** Milliseconds for a connection to PostgreSQL to be made. */
export const POSTGRES_CONNECT_TIMEOUT_MS = 5_000;
/** Milliseconds for one statement: a hundred times the slowest batch measured. */
export const POSTGRES_STATEMENT_TIMEOUT_MS = 60_000;

/** Milliseconds for one question to the peer, such as its height. */
export const PEER_CALL_TIMEOUT_MS = 10_000;

/**
 * Characters of an argument kept: an intent's envelope has at most 352 KiB, a role act's argument 512 KiB; invalid
 * transactions may carry anything.
 */
export const MAX_ARGUMENT_CHARACTERS = 512 * 1024;

/** Characters of a name (chaincode, function, MSP, subject) kept, for the same reason. */
export const MAX_NAME_CHARACTERS = 512;

/**
 * Subjects one transaction is indexed under. 200 revocations or 200 records with their parents name fewer; of the 4 160
 * payees that a settlement may have, those furthest from what was sold are left out.
 */
export const MAX_SUBJECTS = 1_000;

/** Certificates whose reading is remembered: one for each identity that submits, with room. */
export const MAX_REMEMBERED_IDENTITIES = 2_000;

/** Rows fetched at a time when hashing tables. */
export const HASH_PAGE_ROWS = 5_000;

/** Milliseconds between two progress lines of long work. */
export const PROGRESS_INTERVAL_MS = 1_000;

/** Milliseconds for ending in good order before the process ends anyway. */
export const SHUTDOWN_TIMEOUT_MS = 10_000;

/** Advisory lock key: one rebuild or verification at a time. */
export const REBUILD_LOCK = 7_301_003;

/** Milliseconds between two comparisons with other organizations' peers: a lie is seen within a few block intervals. */
export const WATCH_INTERVAL_MS = 2_000;

/** Bounds of the same as a setting: other organizations' peers are not to be flooded, and a lie is to be seen within the hour. */
export const MIN_WATCH_INTERVAL_MS = 20;
export const MAX_WATCH_INTERVAL_MS = 3_600_000;

/** Milliseconds to get one block from a peer for comparison; a slower one counts as away this time. */
export const WITNESS_BLOCK_TIMEOUT_MS = 10_000;

/** Milliseconds between two looks of a halted mirror whether an operator has resolved what was found. */
export const FINDINGS_POLL_MS = 1_000;

/** Characters of a key, message or reason kept in a finding. */
export const MAX_FINDING_CHARACTERS = 1_000;
