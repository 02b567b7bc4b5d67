import { canonicalize } from '../encoding/canonical-json';
import { isPlainObject, parseStrictJson } from '../encoding/strict-json';
import { isErrorCode } from './error-codes';
import { RegistryError } from './registry-error';

/** Longest error message taken from another party, in characters. */
const MAX_WIRE_LENGTH = 8_192;

/**
 * The error as chaincode throws it: canonical JSON `{"code","message","subject"?}`. Equal inputs give equal bytes, so
 * endorsers refuse with the same response.
 */
export function toWire(error: RegistryError): string {
  return canonicalize({
    code: error.code,
    message: error.message,
    ...(error.subject === undefined ? {} : { subject: error.subject }),
  });
}

/**
 * The RegistryError inside `text`, or undefined. Peers and gateways wrap chaincode messages ("chaincode response 500,
 * {…}"), so the first object in the text counts.
 */
export function errorFromWire(text: string): RegistryError | undefined {
  const start = text.indexOf('{"code":"');
  const end = text.lastIndexOf('}');
  if (start < 0 || end < start || end - start > MAX_WIRE_LENGTH) return undefined;
  return readWire(text.slice(start, end + 1));
}

function readWire(text: string): RegistryError | undefined {
  let value: unknown;
  try {
    value = parseStrictJson(text);
  } catch {
    return undefined;
  }
  if (!isPlainObject(value)) return undefined;
  const { code, message, subject } = value;
  if (typeof code !== 'string' || typeof message !== 'string' || !isErrorCode(code)) return undefined;
  return new RegistryError(code, message, typeof subject === 'string' ? { subject } : {});
}
