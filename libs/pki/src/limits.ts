/** Bytes of a CRL that are read at all: a million entries with reasons take 49 MB. */
export const MAX_CRL_BYTES = 64 * 1024 * 1024;

/** Bytes of a file with a CRL: PEM takes more than a third more than the DER in it. */
export const MAX_CRL_FILE_BYTES = 90 * 1024 * 1024;

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

/** Shards of one CA: Let's Encrypt, with hundreds of millions of certificates, has used 128. */
export const MAX_SHARDS = 4096;

/** Characters of a URI in a distribution point: longer ones are refused by caches on the way. */
export const MAX_URI_LENGTH = 2000;

/** Distribution points of a certificate, and names of one of them: real ones have one or two. */
export const MAX_DISTRIBUTION_POINTS = 16;

/** Bytes of an OCSP request: one certificate takes about 110. */
export const MAX_OCSP_REQUEST_BYTES = 16 * 1024;

/** Certificates that one OCSP request may ask about: each answer is work for the responder. */
export const MAX_OCSP_CERTIFICATES = 32;

/** Octets of a nonce (RFC 9654 §2.1). */
export const MAX_NONCE_BYTES = 128;

/** Bytes of an OCSP response that are read at all: certificates of the responder included. */
export const MAX_OCSP_RESPONSE_BYTES = 256 * 1024;

/** Certificates that a responder may send along. */
export const MAX_OCSP_RESPONDER_CERTIFICATES = 8;

/** Certificates of issuers and lists that one question may bring: a chain has three, a sharded CA 128 lists. */
export const MAX_QUESTION_FILES = 512;

/** Issuers above one another that are followed. */
export const MAX_CHAIN_LENGTH = 8;
