/** Every bound of the reach into Fabric, with unit and reason. */

/**
 * Bytes of a body with an update of the channel's configuration: a CRL of 2 MiB in two groups, in base64, and the
 * signatures.
 */
export const MAX_UPDATE_BODY_BYTES = 6 * 1024 * 1024;

/** Bytes of configuration blocks on one page: in base64 they stay within the 8 MiB that clients take. */
export const MAX_CONFIGURATION_PAGE_BYTES = 4 * 1024 * 1024;

/** Milliseconds until orderers answer a broadcast: it waits for no block. */
export const BROADCAST_DEADLINE_MS = 10_000;

/** Milliseconds until an update that the orderers took must be in force: a killed BFT leader stalls them for seconds. */
export const COMMIT_WAIT_MS = 30_000;

/** Milliseconds between two looks for the new configuration. */
export const COMMIT_POLL_MS = 200;

/** Milliseconds until another organization's peer answers what it knows; one that is away must not hold the page. */
export const PEER_DEADLINE_MS = 3_000;

/** Milliseconds until the Fabric CA answers. */
export const FABRIC_CA_DEADLINE_MS = 10_000;

/** Bytes of a Fabric CA's answer: a thousand certificates of 1.5 KiB. */
export const MAX_FABRIC_CA_ANSWER_BYTES = 4 * 1024 * 1024;

/** Characters of a Fabric CA authorization token: a certificate in base64 and a signature. */
export const MAX_FABRIC_CA_TOKEN = 16_384;

/** Characters of an enrolment id; Fabric CA itself takes 255. */
export const MAX_ENROLLMENT_ID = 255;
