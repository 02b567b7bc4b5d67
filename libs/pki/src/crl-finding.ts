/** What a lint or a comparison found wrong with a CRL; codes are stable. Any finding means: do not sign, do not publish. */
export interface CrlFinding<Code extends string> {
  readonly code: Code;
  readonly detail: string;
  /** The entry concerned, if it is about one. */
  readonly serial?: string;
}

/** Findings after which a report ends: a list that is wrong in a million places is wrong in the same way. */
export const MAX_FINDINGS = 100;
