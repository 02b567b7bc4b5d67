import { type GenerationRecord } from '../domain/record';
import { type Scheme } from '../domain/scheme';
import { type CommittedParams, committedParams } from './committed-params';
import { type ParamsFinding } from './record-findings';
import { type Finding, finding } from './verification-check';
import { type CheckCode } from './verification-checks';

const CODES: Readonly<Record<CommittedParams['kind'], CheckCode>> = {
  committed: 'definition.match',
  other: 'definition.mismatch',
  malformed: 'definition.malformed',
};

/**
 * Whether the parameter document is the committed one (P-37, P-87). The record's own copy of the commitment is compared
 * first: a scheme that was swapped under its reference must not get as far as its document.
 */
export function judgeDefinition(
  record: GenerationRecord,
  scheme: Scheme | undefined,
  params: ParamsFinding,
): Finding {
  const subject = `scheme:${record.scheme_ref}`;
  if (scheme === undefined) return finding('definition.not-checked', subject);
  if (scheme.scheme_commitment !== record.scheme_commitment) return finding('definition.changed', subject);
  if (params.kind === 'unavailable') {
    return finding('definition.unavailable', scheme.params_uri, { detail: params.reason });
  }
  const detail = params.kind === 'text' ? params.note : undefined;
  return finding(
    CODES[committedParams(scheme, params).kind],
    scheme.params_uri,
    detail === undefined ? {} : { detail },
  );
}
