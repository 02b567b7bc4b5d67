/** Bytes of any single TPM structure: the largest real one, an RSA-4096 public area, has about 600. */
export const MAX_STRUCTURE_BYTES = 4096;

/** Bytes of extraData: TPM2B_DATA holds at most a digest with its algorithm (TPM 2.0 part 2, 10.5.3). */
export const MAX_EXTRA_DATA_BYTES = 66;

/** PCR selections in one quote: one for each bank a TPM may have (TPM 2.0 part 2, HASH_COUNT). */
export const MAX_PCR_SELECTIONS = 16;

/** Bytes of a selection's bitmap: 24 PCRs take three, the structure allows 32 PCRs. */
export const MAX_SELECT_BYTES = 4;

/** Bytes of a credential that MakeCredential protects: a digest of the EK's name algorithm at most. */
export const MAX_CREDENTIAL_BYTES = 32;

/** Smallest RSA key that may attest or endorse, in bits. */
export const MIN_RSA_BITS = 2048;

/** Largest RSA key, in bits: verification time grows with it, and TPMs stop here. */
export const MAX_RSA_BITS = 4096;

/** Bytes of a firmware event log: real ones have 20 to 200 KiB, most of it secure-boot databases. */
export const MAX_EVENT_LOG_BYTES = 1_048_576;

/** Events in a log: real boots record some hundred. */
export const MAX_EVENTS = 4096;

/** Digest algorithms of a log: one for each PCR bank (TPM 2.0 part 2, HASH_COUNT). */
export const MAX_LOG_ALGORITHMS = 16;

/** Bytes of one digest in a log: SHA-512's. */
export const MAX_LOG_DIGEST_BYTES = 64;

/** Characters of a public key in PEM: RSA-4096 takes about 800. */
export const MAX_PEM_CHARACTERS = 4096;

/** Bytes of a challenge below which it can be guessed or found again in old quotes: 64 bits. Ours have 32 bytes. */
export const MIN_CHALLENGE_BYTES = 8;

/** Attestation keys that are remembered: some 3 KiB each. */
export const MAX_REMEMBERED_KEYS = 1024;
