import { ERROR_CODES, type ErrorCode, isRegistryError, type RegistryError } from '@maker-registry/protocol';
import { HsmError } from '../hsm';

/** RFC 9457 problem details with the registry's stable code. */
export interface Problem {
  /** Names the code; not an address. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  /** What the problem is about: an id, a JSON pointer, a parameter. */
  readonly subject?: string;
  /** What to do about it. */
  readonly action: string;
  /** The request, as in the log. */
  readonly instance?: string;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** The problem of an error code, as answered to a request or kept in an operation. */
export function problemOf(
  error: Pick<RegistryError, 'code' | 'message'> & { readonly subject?: string | undefined },
  requestId?: string,
): Problem {
  const entry = ERROR_CODES[error.code];
  return {
    type: `urn:maker-registry:error:${error.code}`,
    title: entry.title,
    status: entry.http_status,
    detail: error.message,
    code: error.code,
    ...(error.subject === undefined ? {} : { subject: error.subject }),
    action: entry.action,
    ...(requestId === undefined ? {} : { instance: `urn:uuid:${requestId}` }),
  };
}

/** Errors of Express and its body parser carry a status; what they say is for the log only. */
const CODE_OF_STATUS: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  400: ['JSON_MALFORMED', 'The request could not be read.'],
  404: ['NOT_FOUND', 'Nothing is at this address.'],
  413: ['TOO_LARGE', 'The body is larger than this address takes.'],
  415: ['JSON_MALFORMED', 'The body must be JSON in UTF-8, without a content encoding.'],
};

/** The problem of anything thrown while a request was answered; what is not ours says nothing about the inside. */
export function problemOfUnknown(error: unknown, requestId?: string): Problem {
  if (isRegistryError(error)) return problemOf(error, requestId);
  if (error instanceof HsmError) {
    return problemOf({ code: 'HSM_UNAVAILABLE', message: 'The HSM does not do its part now.' }, requestId);
  }
  const status = error instanceof Error && 'status' in error ? Number(error.status) : Number.NaN;
  const [code, message] = CODE_OF_STATUS[status] ?? ['INTERNAL', 'The gateway failed to answer.'];
  return problemOf({ code, message }, requestId);
}
