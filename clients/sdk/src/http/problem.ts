import {
  isErrorCode,
  isPlainObject,
  type JsonValue,
  parseStrictJson,
  RegistryError,
} from '@maker-registry/protocol';
import { ClientError } from '../errors/client-error';
import { MAX_RESPONSE_BYTES, MAX_RESPONSE_VALUES } from '../limits';
import { type HttpResponse } from './transport';

const FIRST_ERROR_STATUS = 400;

/** Whether the answer is a success (2xx or 3xx). */
export function isSuccess(response: HttpResponse): boolean {
  return response.status < FIRST_ERROR_STATUS;
}

/** The JSON of an answer, parsed strictly. Throws RESPONSE_MALFORMED. */
export function readJson(response: HttpResponse, maxBytes = MAX_RESPONSE_BYTES): JsonValue {
  try {
    return parseStrictJson(response.body, { maxBytes, maxValues: MAX_RESPONSE_VALUES });
  } catch (error) {
    throw new ClientError(
      'RESPONSE_MALFORMED',
      `The gateway's answer (status ${response.status}) is not JSON.`,
      {
        cause: error,
      },
    );
  }
}

/** The JSON object of an answer. Throws RESPONSE_MALFORMED. */
export function readObject(response: HttpResponse): Record<string, unknown> {
  const value = readJson(response);
  if (!isPlainObject(value))
    throw new ClientError('RESPONSE_MALFORMED', 'The gateway’s answer is not an object.');
  return value;
}

/**
 * The error of a refused request: the registry's code where the answer carries one (RFC 9457 problem with `code`),
 * otherwise a ClientError that quotes the status.
 */
export function errorOf(response: HttpResponse): RegistryError | ClientError {
  let problem: JsonValue = null;
  try {
    problem = parseStrictJson(response.body);
  } catch {
    // Not JSON: a proxy in between answered; the status has to do.
  }
  return (
    problemError(problem) ??
    new ClientError(
      'RESPONSE_MALFORMED',
      `The gateway answered with status ${response.status} and no reason.`,
    )
  );
}

/** The RegistryError in a problem document, or undefined when it carries no code of the registry. */
export function problemError(problem: unknown): RegistryError | undefined {
  if (!isPlainObject(problem)) return undefined;
  const { code, detail, title, subject } = problem;
  if (typeof code !== 'string' || !isErrorCode(code)) return undefined;
  const message = [detail, title, code].find((text): text is string => typeof text === 'string') ?? code;
  return new RegistryError(code, message, typeof subject === 'string' ? { subject } : {});
}
