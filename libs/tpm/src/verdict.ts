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
  | 'EVENT_LOG_MALFORMED'
  | 'EVENT_LOG_MISMATCH'
  | 'EVENT_LOG_MISSING'
  | 'EVENT_NOT_ACCEPTED'
  | 'CERTIFY_NAME'
  | 'RELEASE_KEY_ATTRIBUTES';

/**
 * One thing that was looked at, or that could not be for want of material and that nobody demanded. The detail is for
 * people and never repeats what would have been accepted.
 */
export interface Check {
  readonly name: string;
  readonly result: 'passed' | 'warned' | 'failed' | 'not-checked';
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
  return { name, result: 'passed' };
}

export function notChecked(name: string, detail: string): Check {
  return { name, result: 'not-checked', detail };
}

export function warned(name: string, code: AttestationCode, detail: string): Check {
  return { name, result: 'warned', code, detail };
}

export function failed(name: string, code: AttestationCode, detail: string): Check {
  return { name, result: 'failed', code, detail };
}

export function check(name: string, holds: boolean, code: AttestationCode, detail: string): Check {
  return holds ? passed(name) : failed(name, code, detail);
}

/** Sums up: nothing passed is a failure too, for such a list of checks has shown nothing. */
export function conclude(checks: readonly Check[]): Verdict {
  const failure = checks.find(({ result }) => result === 'failed');
  if (failure !== undefined || !checks.some(({ result }) => result === 'passed')) {
    return { verdict: 'contraindicated', code: failure?.code ?? 'TPM_STRUCTURE_MALFORMED', checks };
  }
  const warning = checks.find(({ result }) => result === 'warned');
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
