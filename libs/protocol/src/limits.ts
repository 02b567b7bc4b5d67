/**
 * Every bound of the protocol, with its unit and its reason. A bound is part of the standard: two operators with
 * different bounds would endorse different transactions.
 */

/** Bytes of an intent's payload, of most types. An intent is terms and digests, never content; 64 KiB holds the largest license. */
export const DEFAULT_MAX_INTENT_BYTES = 65_536;
/** Bytes of an intent's payload, of any type: a batch of 200 records of some 900 bytes; a parameter document is smaller. */
export const MAX_INTENT_BYTES = 262_144;
/** Bytes of a DSSE envelope as text: base64 of the largest payload plus signatures and names. */
export const MAX_ENVELOPE_BYTES = 360_448;
/** Bytes of a role act's argument: 200 revocations with their notes, or one parameters document. */
export const MAX_ACT_BYTES = 524_288;
/** Bytes of a signed revocation list. 100 000 entries of 300 bytes; above this it has to be sharded. */
export const MAX_REVOCATION_LIST_BYTES = 50_331_648;
/** Bytes of a rights token. A token travels in HTTP headers, where 8 KiB is the usual ceiling. */
export const MAX_TOKEN_BYTES = 8_192;
/** Bytes of a JSON text when the caller gives no bound. */
export const DEFAULT_MAX_JSON_BYTES = 1_048_576;
/** Levels of nesting. The parser recurses; a deep text must not exhaust an endorser's stack. */
export const MAX_JSON_DEPTH = 32;
/** Values in one JSON text when the caller gives no bound; objects and arrays count too. */
export const DEFAULT_MAX_JSON_VALUES = 100_000;
/** Values in a signed revocation list: some fifteen for each of 100 000 entries. */
export const MAX_REVOCATION_LIST_VALUES = 2_000_000;

/** Signatures in one envelope. Two parties sign a sale; more would be unpaid verification work. */
export const MAX_ENVELOPE_SIGNATURES = 4;
/** Hex characters of an intent's nonce: 128 random bits never collide for one actor. */
export const NONCE_HEX_LENGTH = 32;
/** Imported public keys kept. An import costs some 20 µs; an entry about 2 KiB of OpenSSL memory. */
export const KEY_CACHE_ENTRIES = 1_024;
/** Public keys an actor may have had. A ledger value must stay small; a yearly rotation lasts a lifetime. */
export const MAX_ACTOR_KEYS = 64;

/** Characters of a name (artifact, license, actor). */
export const MAX_NAME_LENGTH = 128;
/** Characters of a version, SemVer 2.0 with pre-release and build. */
export const MAX_VERSION_LENGTH = 64;
/** Characters of free text a person writes: declaration, note, reason. Personal data does not belong there. */
export const MAX_TEXT_LENGTH = 2_000;
/** Characters of a URI. */
export const MAX_URI_LENGTH = 512;
/** Parents of one artifact: a merge of sixteen models is the largest seen in practice. */
export const MAX_PARENTS = 16;
/** Harm domains declared for an artifact. */
export const MAX_DOMAINS = 16;
/** Obligations of a license. */
export const MAX_OBLIGATIONS = 16;
/** Open restrictions on one subject; each has its own number and must be liftable alone. */
export const MAX_RESTRICTIONS = 64;
/** Open restrictions that a maker may put on one artifact of its own: the rest of the room is the operators'. */
export const MAX_MAKER_RESTRICTIONS = 16;
/** Entries of one revocation act: a bulk revocation is one transaction, one number each. */
export const MAX_REVOCATION_ENTRIES = 200;
/** Certificates of one act: some 250 bytes each as written by the caller, 500 as kept; a larger incident is several acts. */
export const MAX_CERTIFICATE_ENTRIES = 500;
/** Bytes of a key identifier: SHA-1 or SHA-256 of a public key, with room for a longer digest. */
export const MAX_KEY_IDENTIFIER_BYTES = 64;
/** Octets of a certificate's serial number (RFC 5280 §4.1.2.2). */
export const MAX_SERIAL_BYTES = 20;
/** Versions of one artifact's content key. */
export const MAX_KEY_VERSIONS = 256;
/** Operators that a split content key takes, at least: with one there would be nothing to split. */
export const MIN_KEY_THRESHOLD = 2;
/** Operators of one network; every one of them may review and approve. */
export const MAX_OPERATORS = 64;
/** Reason codes and domains in the parameters. */
export const MAX_CODES = 128;

/** Decimal digits of an amount in minor units. */
export const MAX_AMOUNT_DIGITS = 30;
/** Basis points of a whole. */
export const BPS_WHOLE = 10_000;
/** Highest resale royalty, basis points: a reseller keeps at least a part of the price. */
export const MAX_RESALE_ROYALTY_BPS = 5_000;
/** Highest fee, basis points: operators cannot extract rent, whatever a majority of them decides (S1-36). */
export const MAX_FEE_BPS = 1_000;
/** Seconds; no duration or waiting period exceeds a century. */
export const MAX_DURATION_S = 3_155_760_000;
/** Highest count for executions, devices and transfers. */
export const MAX_COUNT = 1_000_000_000;
/** Unix seconds; the year 9999, beyond which nobody means a time. */
export const MAX_UNIX_TIME = 253_402_300_799;
/** Seconds that a signed list or token may lie in the future of the reader's clock. */
export const MAX_CLOCK_SKEW_S = 60;

/** Bytes of one plaintext chunk, at least: smaller chunks cost more in tags than they save in seeks. */
export const MIN_CHUNK_BYTES = 4_096;
/** Bytes of one plaintext chunk, at most: the reader holds one chunk in memory per cipher context. */
export const MAX_CHUNK_BYTES = 16_777_216;
/** Encrypted byte ranges in one container. */
export const MAX_CONTAINER_RANGES = 4_096;
/** Bytes of a container's header. */
export const MAX_CONTAINER_HEADER_BYTES = 262_144;
/** Chunks under one chunk key: the index is a u32 and never wraps, so that no nonce repeats. */
export const MAX_CHUNKS = 4_294_967_295;

/** Beneficiaries of one royalty policy: with every layer of the deepest lineage a settlement has at most 4 160 lines. */
export const MAX_BENEFICIARIES = 64;
/** Ancestors that one settlement reads, whatever a policy asks: an endorser's work for one payment stays bounded. */
export const MAX_LINEAGE_DEPTH = 64;
/** Verification reports that a policy may require of one settlement; each is a signature that every endorser checks. */
export const MAX_VERIFICATIONS_REQUIRED = 8;
/** Records in a case to simulate: far beyond the deepest lineage, so that a case can show where the walk ends. */
export const MAX_SIMULATED_RECORDS = 1_024;

/** Records of one transaction: some 600 keys read and written, below what a peer takes in one message. */
export const MAX_BATCH_RECORDS = 200;

/** Actors beside its owner that may record for a model. */
export const MAX_RECORDERS = 16;

/** Attestation keys a model may have had: a monthly rotation lasts five years. */
export const MAX_MODEL_KEYS = 64;

/** Seconds that an attestation's timestamp may lie after the transaction's own time. */
export const MAX_ATTESTATION_SKEW_S = 300;

/** Characters of a model's version: a hash in hex with its algorithm's name, or SemVer. */
export const MAX_MODEL_VERSION_LENGTH = 160;

/** Characters of a payer's own reference for a settlement or stream. */
export const MAX_PAYER_REF_LENGTH = 128;

/** Bytes of license terms in canonical form: a document of clauses; texts lie at a URI. */
export const MAX_LICENSE_TERMS_BYTES = 16_384;

/** Hex characters of the optional context of a context_hash. */
export const MAX_CONTEXT_HEX_LENGTH = 2_048;

/** Credits collected by one intent: each is one key read and written. */
export const MAX_COLLECTED_CREDITS = 400;

/** Verifiers and payers in the parameters. */
export const MAX_ADMITTED_ACTORS = 256;

/** Currencies in which one share issue has proceeds. */
export const MAX_SHARE_CURRENCIES = 16;

/** Decimal digits of a share issue's supply and of units. */
export const MAX_UNIT_DIGITS = 18;

/** Reports of a payout desk on one withdrawal: sent, paid, returned, each again after a correction. */
export const MAX_PAYOUT_REPORTS = 16;

/** Seconds of a stream's window: at least a minute, at most a year. */
export const MIN_WINDOW_S = 60;
export const MAX_WINDOW_S = 31_622_400;

/** Highest number of a revocation list. The ledger appends some hundreds of entries a second at most: 10^12 is centuries away. */
export const MAX_LIST_NUMBER = 1_000_000_000_000;
/** How far one accepted list may lie ahead of the one before: a client that was away for years; not a number that blocks all later ones. */
export const MAX_LIST_STEP = 10_000_000;
/** Entries of one partition of a list, on average: some 3 MB, which a client fetches and hashes in a few hundred milliseconds. */
export const PARTITION_ENTRIES = 8_192;
/** Partitions of one list: 33 million entries. */
export const MAX_LIST_PARTITIONS = 4_096;
/** Extensions of one list. */
export const MAX_LIST_EXTENSIONS = 16;
/** Bytes of an operator's statement: five digests and some numbers. */
export const MAX_STATEMENT_BYTES = 8_192;
/** Ledger entries in a delta; beyond that the list itself is smaller or quicker. */
export const MAX_DELTA_EVENTS = 10_000;
/** Hashes of an audit path: a tree of 2^32 leaves. */
export const MAX_AUDIT_PATH = 32;

/** Indices of one token status list: an hour of tokens at a hundred a second stays half empty. 256 KiB at two bits. */
export const STATUS_LIST_INDICES = 1_048_576;
/** Bytes of a status list as inflated. A few kilobytes of zlib can hold a gigabyte. */
export const MAX_STATUS_LIST_BYTES = 1_048_576;
/** Characters of a status list token. */
export const MAX_STATUS_TOKEN_CHARACTERS = 2_097_152;

/** Bytes of one line of the export: a settlement has up to half a megabyte; escapes may double it. */
export const MAX_EXPORT_LINE_BYTES = 2_097_152;

/** Values in one line of the export: a settlement of 4 160 lines has some 17 000. */
export const MAX_EXPORT_LINE_VALUES = 200_000;

/** Bytes of a report's envelope and payload: counts by function, code, reason and currency, some kilobytes. */
export const MAX_REPORT_BYTES = 1_048_576;

/** Steps of a key ceremony, and keys named in one: a long day's work. */
export const MAX_CEREMONY_STEPS = 200;
