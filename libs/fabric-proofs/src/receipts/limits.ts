/** Every bound of receipts, with its unit and reason. */

/**
 * Bytes of a receipt. A block receipt carries its whole block: 500 transactions of some 10 kB; configurations of 60 kB each
 * come on top. Below Fabric's absolute limit of 10 MB for a block's data and as much again.
 */
export const MAX_RECEIPT_BYTES = 24 * 1024 * 1024;

/**
 * Bytes of a receipt's answers once the references in them are followed. A full block's transactions name some four certificates
 * of a kilobyte each, which makes less than twice the file; a hostile file of a few kilobytes could name gigabytes.
 */
export const MAX_UNPACKED_BYTES = 3 * MAX_RECEIPT_BYTES;

/** Configurations, blocks, answers, endorsements and identities in a receipt: more than a channel's life has, few enough to check. */
export const MAX_RECEIPT_CONFIGURATIONS = 1_000;
export const MAX_RECEIPT_BLOCKS = 4;
export const MAX_RECEIPT_ANSWERS = 16;
export const MAX_RECEIPT_ENDORSEMENTS = 64;
export const MAX_RECEIPT_IDENTITIES = 128;
export const MAX_RECEIPT_ENVELOPES = 20_000;
