/** Every bound of this library, with its unit and reason. */

/** Bytes. Fabric's gRPC messages stay under 100 MiB; nothing larger can be a block. */
export const MAX_MESSAGE_BYTES = 128 * 1024 * 1024;

/** A varint of 64 bits needs at most 10 bytes of 7 bits. */
export const MAX_VARINT_BYTES = 10;

/** Protobuf's own greatest field number, 2^29 - 1. */
export const MAX_FIELD_NUMBER = 536_870_911;

/** Nested groups skipped in unknown fields. Fabric's decoder stops at 10,000; a lower bound here would let a crafted transaction be valid there and unreadable here. */
export const MAX_GROUP_DEPTH = 10_000;

/** Nested groups of a channel configuration: /Channel/Application/Org is three; a cycle can't be encoded, but depth costs stack. */
export const MAX_CONFIG_DEPTH = 16;

/** Nested rules of a signature policy, for the same reason. */
export const MAX_POLICY_DEPTH = 16;

/** Signatures looked at in one block. A block carries a quorum; more than this is padding meant to cost time. */
export const MAX_BLOCK_SIGNATURES = 256;

/** Bytes of a DER-encoded certificate examined for attributes; Fabric CA's are near 1 kB. */
export const MAX_CERTIFICATE_BYTES = 64 * 1024;

/**
 * Bytes of one CRL in a channel's configuration. Every peer reads it anew with each configuration block and scans it for
 * each signature; and a configuration transaction carries an organization's list four times (two groups, each in the new
 * configuration and in the update that made it) under the orderers' limit, 10 MB unless changed. 2 MiB are some 55,000
 * entries with reasons; beyond, rotating the issuing CA is the remedy.
 */
export const MAX_CHANNEL_CRL_BYTES = 2 * 1024 * 1024;

/** Bytes of a configuration transaction beside the configuration and its update: headers, certificates, signatures. */
export const CONFIG_TRANSACTION_OVERHEAD = 16 * 1024;

/** Serial numbers that an effect spells out of each kind; counts are always whole. */
export const MAX_LISTED_SERIALS = 100;

/** Signatures of a configuration update that are looked at: an organization's own list needs one. */
export const MAX_CONFIG_SIGNATURES = 16;

/** Keys named where two copies of a block differ: enough for a person to see what was changed. */
export const MAX_DIFFERING_KEYS = 8;
/** Elements in one DER element: entries of a CRL in a channel's configuration are the most; Fabric's size limit allows some 10,000. */
export const MAX_DER_CHILDREN = 100_000;

/** Parsed certificates kept; one takes a few KiB. A channel has tens of identities. */
export const MAX_CACHED_CERTIFICATES = 1_000;

/** Certificates between a leaf and its root; Fabric CAs have one or two. */
export const MAX_CHAIN_LENGTH = 5;
