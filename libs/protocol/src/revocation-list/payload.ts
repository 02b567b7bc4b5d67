import { type UsageLimits } from '../domain/common';
import {
  RESTRICTION_KINDS,
  type RestrictionKind,
  type RestrictionScope,
  type Revocation,
  type RevocationHead,
  SUBJECT_TYPES,
  type SubjectType,
} from '../domain/revocation';
import { utf8 } from '../encoding/bytes';
import { canonicalize } from '../encoding/canonical-json';
import { CHAIN_START } from '../rules/revocation-chain';
import {
  closedObject,
  CODE,
  HEX32,
  type JsonSchema,
  LIMITS,
  MSP_ID,
  oneOf,
  SCOPE,
  UNIX_TIME,
} from '../schemas/primitives';
import { assertSchema } from '../schemas/validate';

/** One restriction in force. */
export interface RevocationListEntry {
  readonly number: number;
  readonly subject_type: SubjectType;
  readonly subject_id: string;
  readonly key_version?: number;
  readonly kind: RestrictionKind;
  readonly reason_code: string;
  readonly scope?: RestrictionScope;
  readonly limits?: UsageLimits;
  readonly final: boolean;
  readonly revoked_at: number;
}

/** A right whose holder changed: tokens with a lower right_version are worthless. */
export interface SupersededRight {
  readonly right_id: string;
  /** The right's version now. */
  readonly version: number;
}

/** The registry's own revocation list: a function of ledger state at one height. */
export interface RevocationList {
  readonly v: 1;
  readonly network: string;
  /** MSP id of the operator that signed it. */
  readonly issuer: string;
  /** Number of the ledger's latest revocation entry; 0 when there is none. */
  readonly number: number;
  /** Height of the ledger that it was made from. */
  readonly height: number;
  readonly this_update: number;
  readonly next_update: number;
  /** Hash of the ledger's latest entry: two lists of one number must agree on it. */
  readonly previous_hash: string;
  readonly entries: readonly RevocationListEntry[];
  readonly superseded: readonly SupersededRight[];
}

const COUNTER: JsonSchema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };

/** Schema of the list's payload. */
export const REVOCATION_LIST: JsonSchema = closedObject({
  v: { type: 'integer', const: 1 },
  network: HEX32,
  issuer: MSP_ID,
  number: COUNTER,
  height: COUNTER,
  this_update: UNIX_TIME,
  next_update: UNIX_TIME,
  previous_hash: HEX32,
  entries: {
    type: 'array',
    items: closedObject(
      {
        number: { ...COUNTER, minimum: 1 },
        subject_type: oneOf(SUBJECT_TYPES),
        subject_id: HEX32,
        key_version: { ...COUNTER, minimum: 1 },
        kind: oneOf(RESTRICTION_KINDS),
        reason_code: CODE,
        scope: SCOPE,
        limits: LIMITS,
        final: { type: 'boolean' },
        revoked_at: UNIX_TIME,
      },
      ['key_version', 'scope', 'limits'],
    ),
  },
  superseded: {
    type: 'array',
    items: closedObject({ right_id: HEX32, version: { ...COUNTER, minimum: 1 } }),
  },
});

export interface RevocationSnapshot {
  readonly network: string;
  readonly issuer: string;
  readonly head: RevocationHead | undefined;
  readonly height: number;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** Entries of the ledger in any order; lifted ones and releases are left out here. */
  readonly revocations: readonly Revocation[];
  readonly superseded: readonly SupersededRight[];
}

/** Whether a ledger entry restricts something now. */
export function isInForce(entry: Revocation): boolean {
  return entry.kind !== 'release' && entry.lifted === undefined;
}

function listEntry(entry: Revocation, kind: RestrictionKind): RevocationListEntry {
  return {
    number: entry.number,
    subject_type: entry.subject_type,
    subject_id: entry.subject_id,
    ...(entry.key_version === undefined ? {} : { key_version: entry.key_version }),
    kind,
    reason_code: entry.reason_code,
    ...(entry.scope === undefined ? {} : { scope: entry.scope }),
    ...(entry.limits === undefined ? {} : { limits: entry.limits }),
    final: entry.final,
    revoked_at: entry.at,
  };
}

/** The list for a snapshot of the ledger. Equal snapshots give equal lists at every operator. */
export function buildRevocationList(snapshot: RevocationSnapshot): RevocationList {
  const entries = snapshot.revocations
    .filter(isInForce)
    .flatMap((entry) => (entry.kind === 'release' ? [] : [listEntry(entry, entry.kind)]))
    .sort((a, b) => a.number - b.number);
  const superseded = [...snapshot.superseded].sort((a, b) => (a.right_id < b.right_id ? -1 : 1));
  return {
    v: 1,
    network: snapshot.network,
    issuer: snapshot.issuer,
    number: snapshot.head?.number ?? 0,
    height: snapshot.height,
    this_update: snapshot.thisUpdate,
    next_update: snapshot.nextUpdate,
    previous_hash: snapshot.head?.hash ?? CHAIN_START,
    entries,
    superseded,
  };
}

/** The payload bytes of a list, to be signed with `signPayload(REVOCATION_LIST_PAYLOAD_TYPE, …)`. Throws SCHEMA_VIOLATION. */
export function encodeRevocationList(list: RevocationList): Uint8Array {
  assertSchema(REVOCATION_LIST, list);
  return utf8(canonicalize(list));
}
