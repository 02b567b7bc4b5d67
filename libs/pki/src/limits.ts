/** Bytes of a CRL that are read at all: a million entries with reasons take 49 MB. */
export const MAX_CRL_BYTES = 64 * 1024 * 1024;

/** Entries of one CRL, written or read: beyond this a CRL is sharded. */
export const MAX_CRL_ENTRIES = 2_000_000;

/** Bytes of a certificate: Fabric's have about one thousand. */
export const MAX_CERTIFICATE_BYTES = 64 * 1024;

/** Octets of a serial number or CRL number (RFC 5280 §4.1.2.2 and §5.2.3). */
export const MAX_NUMBER_BYTES = 20;

/** Extensions of a CRL, an entry or a certificate: real ones have fewer than twenty. */
export const MAX_EXTENSIONS = 64;

/** Seconds a CRL's thisUpdate may lie in the future: the clocks of issuer and reader differ. */
export const MAX_CLOCK_SKEW_S = 300;
