/**
 * Every bound of the protocol, with its unit and its reason. A bound is part of the standard: two operators with
 * different bounds would endorse different transactions.
 */

/** Bytes of an intent's payload. An intent is terms and digests, never content; 64 KiB holds the largest license. */
export const MAX_INTENT_BYTES = 65_536;
/** Bytes of a DSSE envelope as text: base64 of the largest payload plus signatures and names. */
export const MAX_ENVELOPE_BYTES = 98_304;
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
/** Versions of one artifact's content key. */
export const MAX_KEY_VERSIONS = 256;
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
