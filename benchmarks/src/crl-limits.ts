/** Entries of the CRL that the requirement names, and of those that OpenSSL and Go build beside ours in bearable time. */
export const CRL_ENTRIES = 1_000_000;
export const CRL_COMPARED_ENTRIES = 200_000;

/** Shards of a large CA and entries of each: 128 is what Let's Encrypt has used. */
export const CRL_SHARDS = 128;
export const CRL_SHARD_ENTRIES = 8_000;

/** Runs of each way of building a CRL, in turn; the median counts. */
export const CRL_RUNS = 3;
