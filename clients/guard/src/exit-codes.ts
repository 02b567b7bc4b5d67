/**
 * How `guard run` ends. Otherwise it ends with the command's own code, or 128 + n when signal n ended the command, as
 * shells do; 126 and 127 mean that the command could not be started.
 */
export const EXIT_CODES = {
  /** The command line is not complete. */
  usage: 64,
  /** The execution was refused before the command started: right, token, list, attestation, key or container. */
  refused: 120,
  /** The running command was stopped: right, key, artifact, holder or device was revoked, held, restricted or sold. */
  revoked: 121,
  /** The running command was stopped: no fresh list or token could be had, and the risk class does not go on without. */
  stale: 122,
  /** Something else failed: TPM, gateway, file, state. */
  failed: 123,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
