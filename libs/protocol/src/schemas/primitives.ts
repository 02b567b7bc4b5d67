import { LICENSE_ACTIONS, PURPOSES } from '../domain/common';
import { BAN_ACTIONS } from '../domain/revocation';
import {
  MAX_AMOUNT_DIGITS,
  MAX_COUNT,
  MAX_DOMAINS,
  MAX_DURATION_S,
  MAX_KEY_IDENTIFIER_BYTES,
  MAX_NAME_LENGTH,
  MAX_SERIAL_BYTES,
  MAX_TEXT_LENGTH,
  MAX_UNIX_TIME,
  MAX_URI_LENGTH,
  MAX_VERSION_LENGTH,
} from '../limits';

/** A JSON Schema (draft 2020-12 vocabulary, the part that OpenAPI 3.1 shares). */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** An object that takes exactly these members; `optional` ones may be absent, all others must be there. */
export function closedObject(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
  extra: JsonSchema = {},
): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    properties,
    ...extra,
  };
}

/** A list without repetitions. */
export function uniqueList(items: JsonSchema, minItems: number, maxItems: number): JsonSchema {
  return { type: 'array', items, minItems, maxItems, uniqueItems: true };
}

/** One of these words. */
export function oneOf(words: readonly string[]): JsonSchema {
  return { type: 'string', enum: words };
}

export const HEX32: JsonSchema = { type: 'string', pattern: '^[0-9a-f]{64}$' };
export const UNIX_TIME: JsonSchema = { type: 'integer', minimum: 0, maximum: MAX_UNIX_TIME };
export const DURATION_S: JsonSchema = { type: 'integer', minimum: 0, maximum: MAX_DURATION_S };
export const COUNT: JsonSchema = { type: 'integer', minimum: 1, maximum: MAX_COUNT };
export const TEXT: JsonSchema = { type: 'string', minLength: 1, maxLength: MAX_TEXT_LENGTH };
/** Lower-case words joined by hyphens: reason codes, domains, obligations. */
export const CODE: JsonSchema = { type: 'string', pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$', maxLength: 64 };
/** Printable ASCII without a leading or trailing space: names are compared and shown, so no look-alikes. */
export const NAME: JsonSchema = {
  type: 'string',
  pattern: '^[!-~]([ -~]*[!-~])?$',
  minLength: 1,
  maxLength: MAX_NAME_LENGTH,
};
/** Name of an artifact: like a package, with an optional namespace. */
export const ARTIFACT_NAME: JsonSchema = {
  type: 'string',
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$',
  maxLength: MAX_NAME_LENGTH,
};
/** SemVer 2.0. */
export const SEMVER: JsonSchema = {
  type: 'string',
  pattern:
    '^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)' +
    '(-(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(\\.(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?' +
    '(\\+[0-9a-zA-Z-]+(\\.[0-9a-zA-Z-]+)*)?$',
  maxLength: MAX_VERSION_LENGTH,
};
export const URI: JsonSchema = {
  type: 'string',
  pattern: '^(https|ipfs)://[!-~]+$',
  maxLength: MAX_URI_LENGTH,
};
export const MSP_ID: JsonSchema = { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' };

/** subjectKeyIdentifier of a CA. */
export const KEY_IDENTIFIER: JsonSchema = {
  type: 'string',
  pattern: `^([0-9a-f]{2}){1,${MAX_KEY_IDENTIFIER_BYTES}}$`,
};
/** A certificate's serial number, written in one way only: whole bytes, no leading zero byte, not zero. */
export const CERTIFICATE_SERIAL: JsonSchema = {
  type: 'string',
  pattern: `^(0[1-9a-f]|[1-9a-f][0-9a-f])([0-9a-f]{2}){0,${MAX_SERIAL_BYTES - 1}}$`,
};

export const MONEY: JsonSchema = closedObject({
  amount: { type: 'string', pattern: `^[1-9][0-9]{0,${MAX_AMOUNT_DIGITS - 1}}$` },
  currency: { type: 'string', pattern: '^[A-Z]{3}$' },
});

export const LIMITS: JsonSchema = closedObject(
  { max_executions: COUNT, max_devices: COUNT, duration_s: { ...DURATION_S, minimum: 1 } },
  ['max_executions', 'max_devices', 'duration_s'],
);

export const SCOPE: JsonSchema = closedObject(
  {
    actions: uniqueList(
      oneOf([...LICENSE_ACTIONS, ...BAN_ACTIONS]),
      1,
      LICENSE_ACTIONS.length + BAN_ACTIONS.length,
    ),
    domains: uniqueList(CODE, 1, MAX_DOMAINS),
  },
  ['actions', 'domains'],
  { minProperties: 1 },
);

export const ACTIONS: JsonSchema = uniqueList(oneOf(LICENSE_ACTIONS), 1, LICENSE_ACTIONS.length);
export const PURPOSE: JsonSchema = oneOf(PURPOSES);
