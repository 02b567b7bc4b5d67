import { canonicalize } from '../encoding/canonical-json';
import { isPlainObject, parseStrictJson } from '../encoding/strict-json';
import { isErrorCode } from './error-codes';
import { RegistryError } from './registry-error';

/** Longest error message taken from another party, in characters. */
const MAX_WIRE_LENGTH = 8_192;
/** Closing braces tried as the object's end: a message may quote some. */
const MAX_BRACES = 32;

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
 * The RegistryError inside `text`, or undefined. Peers and gateways wrap chaincode messages and put text around them
 * ("chaincode response 500, {…}, …"), so the first object that is one counts.
 */
export function errorFromWire(text: string): RegistryError | undefined {
  const start = text.indexOf('{"code":"');
  if (start < 0) return undefined;
  const rest = text.slice(start, start + MAX_WIRE_LENGTH);
  let end = -1;
  for (let attempt = 0; attempt < MAX_BRACES; attempt += 1) {
    end = rest.indexOf('}', end + 1);
    if (end < 0) return undefined;
    const error = readWire(rest.slice(0, end + 1));
    if (error !== undefined) return error;
  }
  return undefined;
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
