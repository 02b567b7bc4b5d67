import { type LicenseAction, type Purpose, type RiskClass, type UsageLimits } from '../domain/common';
import { LICENSE_ACTIONS, RISK_CLASSES } from '../domain/common';
import {
  MAX_COUNT,
  MAX_DOMAINS,
  MAX_DURATION_S,
  MAX_KEY_VERSIONS,
  MAX_OBLIGATIONS,
  STATUS_LIST_INDICES,
} from '../limits';
import {
  closedObject,
  CODE,
  HEX32,
  type JsonSchema,
  LIMITS,
  MSP_ID,
  oneOf,
  PURPOSE,
  uniqueList,
  UNIX_TIME,
  URI,
} from '../schemas/primitives';

/** What a risk class demands of an execution. Signed into the token: a guard need not believe a server about it. */
export interface ExecutionGate {
  readonly attestation_required: boolean;
  /** Seconds. */
  readonly list_max_age_s: number;
  readonly fail_closed: boolean;
}

/** Claims of a rights token: a short-lived view of a right, signed in an operator's HSM. */
export interface TokenClaims {
  /** MSP id of the operator. */
  readonly iss: string;
  /** Holder's actor id. */
  readonly sub: string;
  readonly jti: string;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly network: string;
  readonly right_id: string;
  readonly right_version: number;
  readonly artifact_id: string;
  readonly root_digest: string;
  readonly actions: readonly LicenseAction[];
  readonly limits: UsageLimits;
  readonly obligations: readonly string[];
  readonly purpose: Purpose;
  readonly risk_class: RiskClass;
  /** Harm domains of the artifact: scoped bans are judged against them. */
  readonly domains: readonly string[];
  readonly gate: ExecutionGate;
  /** RFC 7638 thumbprint of the holder's key. */
  readonly cnf: { readonly jkt: string };
  readonly device_id?: string;
  readonly key_version?: number;
  /** Where the token's status is told (draft-ietf-oauth-status-list §6.1). */
  readonly status?: TokenStatusReference;
}

/** A place in one of the issuer's status lists. */
export interface TokenStatusReference {
  readonly status_list: { readonly idx: number; readonly uri: string };
}

const COUNT_FROM_1: JsonSchema = { type: 'integer', minimum: 1, maximum: MAX_COUNT };
const BASE64URL_NAME: JsonSchema = { type: 'string', pattern: '^[A-Za-z0-9_-]{1,128}$' };

/** Schema of the claims. */
export const TOKEN_CLAIMS: JsonSchema = closedObject(
  {
    iss: MSP_ID,
    sub: HEX32,
    jti: BASE64URL_NAME,
    iat: UNIX_TIME,
    nbf: UNIX_TIME,
    exp: UNIX_TIME,
    network: HEX32,
    right_id: HEX32,
    right_version: COUNT_FROM_1,
    artifact_id: HEX32,
    root_digest: HEX32,
    actions: uniqueList(oneOf(LICENSE_ACTIONS), 0, LICENSE_ACTIONS.length),
    limits: LIMITS,
    obligations: uniqueList(CODE, 0, MAX_OBLIGATIONS),
    purpose: PURPOSE,
    risk_class: oneOf(RISK_CLASSES),
    domains: uniqueList(CODE, 0, MAX_DOMAINS * MAX_DOMAINS),
    gate: closedObject({
      attestation_required: { type: 'boolean' },
      list_max_age_s: { type: 'integer', minimum: 1, maximum: MAX_DURATION_S },
      fail_closed: { type: 'boolean' },
    }),
    cnf: closedObject({ jkt: { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$' } }),
    device_id: HEX32,
    key_version: { type: 'integer', minimum: 1, maximum: MAX_KEY_VERSIONS },
    status: closedObject({
      status_list: closedObject({
        idx: { type: 'integer', minimum: 0, maximum: STATUS_LIST_INDICES - 1 },
        uri: URI,
      }),
    }),
  },
  ['device_id', 'key_version', 'status'],
);
