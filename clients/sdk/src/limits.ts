/** Every bound of the client, with its unit and its reason. */

/** Milliseconds until a connection attempt or a silent answer is given up; a gateway answers reads within a second. */
export const REQUEST_TIMEOUT_MS = 15_000;
/** Milliseconds added to what a caller asks the gateway to wait, for the answer's way back. */
export const WAIT_SLACK_MS = 10_000;
/** Seconds that a submit waits for the ledger unless told otherwise: a killed BFT leader stalls the channel that long. */
export const DEFAULT_WAIT_S = 30;
/** Seconds of one wait at the gateway. Longer waits are made of several, so that proxies do not cut them. */
export const MAX_WAIT_PER_REQUEST_S = 20;
/** Bytes of an answer. The largest document is a page of artifacts; lists have their own bound in the protocol. */
export const MAX_RESPONSE_BYTES = 8_388_608;
/** JSON values of an answer: a page of 200 models with every key they may have had is some 110 000. */
export const MAX_RESPONSE_VALUES = 400_000;
/** Sockets kept open to one gateway: one process seldom needs more at once, and gateways count connections. */
export const MAX_SOCKETS = 16;
/** Attempts of a request that may be repeated without harm. */
export const MAX_ATTEMPTS = 3;
/** Milliseconds before the second attempt; doubled before the third. */
export const RETRY_DELAY_MS = 250;
/** Seconds until a fresh intent expires: enough for a slow channel, short enough that a lost one soon dies. */
export const INTENT_LIFETIME_S = 300;
/** Random bytes of an intent's nonce; the protocol asks for 128 bits. */
export const NONCE_BYTES = 16;
/** Bytes of a key file. A JWK with its names is below 1 KiB. */
export const MAX_KEY_FILE_BYTES = 16_384;
/** Pages that a listing follows before it stops: a server that never ends its cursor must not hold a client. */
export const MAX_PAGES = 1_000;
/** Seconds by which a proposal's own time may differ from this machine's; endorsers are stricter. */
export const MAX_PROPOSAL_AGE_S = 600;
/** Pages of configuration blocks that are followed: some 4 MiB each, one block at the least. */
export const MAX_CONFIGURATION_PAGES = 10_000;
/** Times an update of the configuration is built anew because another one came first: two admins seldom act in one second. */
export const MAX_UPDATE_ATTEMPTS = 4;
/** Milliseconds until an update is in force: the gateway itself waits 30 s for the block. */
export const UPDATE_TIMEOUT_MS = 60_000;
/** Bytes of a CRL that are taken at all: a million entries with reasons have 49 MB. */
export const MAX_CRL_BYTES = 64 * 1024 * 1024;
/** Bytes of a receipt: a block receipt carries a whole block. As in libs/fabric-proofs. */
export const MAX_RECEIPT_BYTES = 25_165_824;
