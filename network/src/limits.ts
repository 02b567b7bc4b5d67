/** Every limit of this room: unit in the name or the comment, reason beside it. */

/** How often a readiness check is repeated, ms: short against the second a node takes, long against its cost. */
export const READY_POLL_MS = 50;

/** A node that is not ready after this long has failed, ms. The slowest (a peer on a loaded 2-core machine) took 6 s. */
export const READY_TIMEOUT_MS = 60_000;

/** Time a process gets to end by itself before it is killed, ms. Peers flush LevelDB in well under a second. */
export const STOP_TIMEOUT_MS = 10_000;

/** A frozen process does not hear a request to end: the watchdog kills it after this, ms. */
export const FROZEN_STOP_TIMEOUT_MS = 2_000;

/** How long a command waits for another one that changes the network, ms: a restart by the watchdog takes a few seconds. */
export const LOCK_WAIT_MS = 30_000;

/** How often a waiting command looks again, ms. */
export const LOCK_POLL_MS = 100;

/** Starts of a process that shares something which another may hold for a moment (a token, memory of a killed server). */
export const SHARED_START_ATTEMPTS = 5;

/** Pause before such a start is repeated, ms. */
export const START_AGAIN_PAUSE_MS = 200;

/** How often a stopping process is looked at, ms. */
export const STOP_POLL_MS = 25;

/** Lines of a log shown when a step fails: enough for a Go panic's head. */
export const LOG_TAIL_LINES = 15;

/** Characters of a log line that are shown: structured logs put whole stacks on one line. */
export const LOG_LINE_CHARACTERS = 300;

/** A step that still runs says so this often, ms. */
export const STILL_RUNNING_MS = 10_000;

/** One request to a Fabric CA, an orderer's admin endpoint or an operations endpoint, ms. */
export const REQUEST_TIMEOUT_MS = 10_000;

/** A health or metrics request of the watchdog and of the status page, ms: a node that needs longer counts as silent. */
export const PROBE_TIMEOUT_MS = 1_500;

/** Bodies read from operations endpoints are cut off beyond this, bytes: a peer's metrics are about 100 kB. */
export const RESPONSE_LIMIT_BYTES = 4 * 1024 * 1024;

/** A command line tool of the toolchain, ms. Installing chaincode is the slowest at about 1 s. */
export const TOOL_TIMEOUT_MS = 60_000;

/** Retries of a lifecycle step while gossip converges after a start: count and pause, ms. */
export const CONVERGE_ATTEMPTS = 60;
export const CONVERGE_PAUSE_MS = 250;

/** Random bytes in generated secrets (PIN, registrar, database): 128 bits of guessing resistance. */
export const SECRET_BYTES = 16;

/** Ports below this need privileges; above the second they do not exist. */
export const PORT_MIN = 1024;
export const PORT_MAX = 65_535;

/** SmartBFT needs 3f+1 orderers to bear f faults; fewer than four bear none. */
export const BFT_MIN_ORDERERS_FOR_ONE_FAULT = 4;

/** `make logs` shows this many lines of each log. */
export const LOGS_LINES = 40;
