import { type CheckCode, type CheckEntry, CHECKS, type CheckSeverity } from './verification-checks';
import { type VerificationStatus } from './verification-status';

/** One thing that was looked at, and what came of it. */
export interface VerificationCheck {
  readonly code: CheckCode;
  readonly severity: CheckSeverity;
  /** What the check is about: `record:…/…`, `model:…`, `scheme:…`, `content:…`, or a URI. */
  readonly subject: string;
  readonly explanation: string;
  /** The nearest status code of C2PA, where there is one. */
  readonly c2pa?: string;
}

/** A check with what it means for the verdict. */
export interface Finding {
  readonly check: VerificationCheck;
  /** The status that this finding asks for; absent where it leaves the verdict alone. */
  readonly status?: VerificationStatus;
}

/** A finding of a code of the table. `status` replaces the table's where the same finding weighs differently. */
export function finding(
  code: CheckCode,
  subject: string,
  extra: { readonly detail?: string; readonly status?: VerificationStatus } = {},
): Finding {
  const { severity, status, explanation, c2pa }: CheckEntry = CHECKS[code];
  const asks = extra.status ?? status;
  return {
    check: {
      code,
      severity,
      subject,
      explanation: extra.detail === undefined ? explanation : `${explanation} ${extra.detail}`,
      ...(c2pa === null ? {} : { c2pa }),
    },
    ...(asks === null ? {} : { status: asks }),
  };
}
