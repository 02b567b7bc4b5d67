import { TpmFormatError } from './tpm-format-error';

/** Codes of a failed attestation; the registry's table of error codes has the same names. */
export type AttestationCode =
  | 'TPM_STRUCTURE_MALFORMED'
  | 'QUOTE_MALFORMED'
  | 'QUOTE_MAGIC'
  | 'QUOTE_TYPE'
  | 'QUOTE_SIGNATURE'
  | 'QUOTE_NONCE'
  | 'QUOTE_PCR_SELECTION'
  | 'QUOTE_PCR_DIGEST'
  | 'QUOTE_CLOCK'
  | 'QUOTE_FIRMWARE'
  | 'QUOTE_AK_ATTRIBUTES'
  | 'CERTIFY_NAME'
  | 'RELEASE_KEY_ATTRIBUTES';

/** One thing that was looked at. The detail is for people and never repeats what would have been accepted. */
export interface Check {
  readonly name: string;
  readonly outcome: 'passed' | 'warned' | 'failed';
  readonly code?: AttestationCode;
  readonly detail?: string;
}

/** Result in the words of RFC 9334 and the EAT attestation results: `code` names the first failed check. */
export interface Verdict {
  readonly verdict: 'affirming' | 'warning' | 'contraindicated';
  readonly code: AttestationCode | 'OK';
  readonly checks: readonly Check[];
}

export function passed(name: string): Check {
  return { name, outcome: 'passed' };
}

export function warned(name: string, code: AttestationCode, detail: string): Check {
  return { name, outcome: 'warned', code, detail };
}

export function failed(name: string, code: AttestationCode, detail: string): Check {
  return { name, outcome: 'failed', code, detail };
}

export function check(name: string, holds: boolean, code: AttestationCode, detail: string): Check {
  return holds ? passed(name) : failed(name, code, detail);
}

/** Sums up: nothing looked at is a failure too, for an empty list of checks has shown nothing. */
export function conclude(checks: readonly Check[]): Verdict {
  const failure = checks.find(({ outcome }) => outcome === 'failed');
  if (failure !== undefined || checks.length === 0) {
    return { verdict: 'contraindicated', code: failure?.code ?? 'TPM_STRUCTURE_MALFORMED', checks };
  }
  const warning = checks.find(({ outcome }) => outcome === 'warned');
  return { verdict: warning === undefined ? 'affirming' : 'warning', code: warning?.code ?? 'OK', checks };
}

/**
 * Runs a verification; bytes that do not parse give a failed verdict instead of an exception, so that no caller can
 * mistake an aborted verification for a passed one.
 */
export function judge(malformed: AttestationCode, verify: () => readonly Check[]): Verdict {
  try {
    return conclude(verify());
  } catch (error) {
    if (!(error instanceof TpmFormatError)) throw error;
    return conclude([failed('structure', malformed, error.message)]);
  }
}
