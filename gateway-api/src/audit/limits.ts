/** Every bound of the regulator's endpoints, with unit and reason. */

/** Lines of one page of the export, and the default. */
export const MAX_EXPORT_LINES = 1_000;
export const DEFAULT_EXPORT_LINES = 500;

/** Bytes of lines after which a page ends: within the 16 MiB that clients take. The first line is always whole. */
export const MAX_EXPORT_PAGE_BYTES = 8 * 1024 * 1024;

/** Rows read at a time: a settlement has half a megabyte, and memory must not hold a page of them at once. */
export const EXPORT_CHUNK_ROWS = 100;

/** Transactions over which statistics are counted in one request: some seconds. Longer ranges are asked in parts. */
export const MAX_STATISTICS_TRANSACTIONS = 50_000;

/** Blocks of one report; a long backlog becomes several. */
export const MAX_REPORT_BLOCKS = 20_000;

/** Seconds between two periodic reports, unless configured: one a day. */
export const DEFAULT_REPORT_INTERVAL_S = 86_400;

/** Milliseconds between two looks whether a report is due. */
export const REPORT_CHECK_MS = 5_000;

/** Seconds that a record of a release waits before it is exported: an insert that began earlier may still be on its way. */
export const RELEASE_SETTLE_S = 5;

/** Streams of the export open at once: each holds a socket and reads the database. */
export const MAX_STREAMS = 16;

/** Milliseconds a stream is served; then the client comes again with its cursor, so that revoked certificates end too. */
export const STREAM_LIFETIME_MS = 300_000;

/** Milliseconds without news after which a stream says where it stands. */
export const STREAM_HEARTBEAT_MS = 10_000;

/** Milliseconds a client of a stream may take to read what was sent; a slower one is cut off. */
export const STREAM_DRAIN_MS = 10_000;

/** Characters that a search looks for, at least and at most: fewer would find everything. */
export const MIN_SEARCH_CHARACTERS = 3;
export const MAX_SEARCH_CHARACTERS = 100;
