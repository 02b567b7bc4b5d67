/** Every bound of the verifier, with its unit and its reason. */

/** Bytes of content that is verified. All of it is held in memory, as detectors need it: half an hour of video. */
export const MAX_CONTENT_BYTES = 1_073_741_824;
/** Bytes of an offline bundle: records with their parents, models and schemes, and their parameter documents. */
export const MAX_BUNDLE_BYTES = 67_108_864;
/** JSON values of a bundle: some thirty for each record, and parameter documents. */
export const MAX_BUNDLE_VALUES = 2_000_000;
/** Entries of each list in a bundle. */
export const MAX_BUNDLE_ENTRIES = 100_000;
/** Bytes of a signed report as text: a statement of some 1 KiB and its signature. */
export const MAX_REPORT_BYTES = 65_536;

/** Records that fit one content or payload and are read; further ones are of no use to a person. */
export const MAX_MATCHES = 100;
/** Schemes whose detector is tried on content that nobody registered: each is a run over the whole content. */
export const MAX_CANDIDATE_SCHEMES = 16;
/** Schemes whose documents are looked at for one that a detector can read: each may be a fetch. */
export const MAX_CONSIDERED_SCHEMES = 64;
/** Milliseconds for one run of a detector. */
export const DETECTOR_TIMEOUT_MS = 120_000;
/** Characters of another party's words that an explanation quotes. */
export const MAX_QUOTE_LENGTH = 200;
/** Characters of a content's name in a result. */
export const MAX_CONTENT_NAME_LENGTH = 256;

/** Bytes of content that is fetched from a URL when the caller says nothing else. */
export const MAX_FETCHED_CONTENT_BYTES = 268_435_456;
/** Milliseconds for one fetch, from the first name look-up to the last byte. */
export const FETCH_TIMEOUT_MS = 20_000;
/** Redirects that are followed: a shortened link that leads to a store with its own. */
export const MAX_REDIRECTS = 3;
/** Addresses of one host that are checked; a name with more is made to confuse. */
export const MAX_ADDRESSES = 64;
