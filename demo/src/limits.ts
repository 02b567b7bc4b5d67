/** Every bound of the demonstration, with its unit and reason. */

/** Milliseconds between two frames of the moving line on a terminal. */
export const FRAME_MS = 120;

/** Milliseconds of silence after which plain output says that a step is still at work. */
export const SILENCE_MS = 10_000;

/** Run folders kept under .run/demo: each holds a 91 MB container. */
export const KEPT_RUNS = 2;

/** Characters of an id that a line shows: enough to recognize it, short enough for a table. */
export const SHOWN_ID_LENGTH = 12;

/** Milliseconds a program of ours (pip, swtpm_setup, …) may take: a slow connection takes minutes for 84 MB. */
export const PROGRAM_LIMIT_MS = 15 * 60_000;

/** Milliseconds for the simulated TPM to open its socket. */
export const SIMULATOR_START_MS = 5_000;

/** Milliseconds for another operator's gateway to start, on a machine busy with a network. */
export const GATEWAY_START_MS = 30_000;

/** Operators among whom the key of the story is split; the parameters say how many of them must release it. */
export const KEY_HOLDERS = 3;

/** Milliseconds between a request to end and a forced end of a process we started. */
export const STOP_GRACE_MS = 3_000;

/** Milliseconds for a guarded command to load 91 MB of weights and answer, on a machine busy with a network. */
export const GUARDED_RUN_MS = 120_000;

/** Milliseconds within which a revocation must stop a running process, counted from sending it. */
export const STOP_LIMIT_MS = 3_000;

/** Bytes of a program's output kept for an error message. */
export const KEPT_OUTPUT_BYTES = 64 * 1024;

/** Milliseconds to wait for a local port that may not answer. */
export const CONNECT_LIMIT_MS = 1_000;
