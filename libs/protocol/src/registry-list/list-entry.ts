import { type Author, type UsageLimits } from '../domain/common';
import {
  RESTRICTION_KINDS,
  type RestrictionKind,
  type RestrictionScope,
  type Revocation,
} from '../domain/revocation';
import { canonicalize } from '../encoding/canonical-json';
import { MAX_KEY_VERSIONS, MAX_LIST_NUMBER } from '../limits';
import { merkleLeaf } from '../merkle/merkle-tree';
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

/** One restriction in force, as the list of its scope carries it. */
export interface ScopeEntry {
  /** Of the ledger's revocation chain. */
  readonly number: number;
  readonly subject_id: string;
  readonly key_version?: number;
  readonly kind: RestrictionKind;
  readonly reason_code: string;
  readonly scope?: RestrictionScope;
  readonly limits?: UsageLimits;
  /** Whether nothing lifts it. */
  readonly final: boolean;
  readonly by: Author;
  readonly revoked_at: number;
}

/** Whom a list is asked about. */
export interface ListSubject {
  readonly subject_id: string;
  readonly key_version?: number | undefined;
}

const AUTHOR: JsonSchema = {
  oneOf: [closedObject({ actor: HEX32 }), closedObject({ msp_id: MSP_ID, role: CODE })],
};

export const SCOPE_ENTRY: JsonSchema = closedObject(
  {
    number: { type: 'integer', minimum: 1, maximum: MAX_LIST_NUMBER },
    subject_id: HEX32,
    key_version: { type: 'integer', minimum: 1, maximum: MAX_KEY_VERSIONS },
    kind: oneOf(RESTRICTION_KINDS),
    reason_code: CODE,
    scope: SCOPE,
    limits: LIMITS,
    final: { type: 'boolean' },
    by: AUTHOR,
    revoked_at: UNIX_TIME,
  },
  ['key_version', 'scope', 'limits'],
);

/** A ledger entry as its list carries it; undefined for a release, which restricts nothing. */
export function scopeEntry(entry: Revocation): ScopeEntry | undefined {
  if (entry.kind === 'release') return undefined;
  return {
    number: entry.number,
    subject_id: entry.subject_id,
    ...(entry.key_version === undefined ? {} : { key_version: entry.key_version }),
    kind: entry.kind,
    reason_code: entry.reason_code,
    ...(entry.scope === undefined ? {} : { scope: entry.scope }),
    ...(entry.limits === undefined ? {} : { limits: entry.limits }),
    final: entry.final,
    by: entry.by,
    revoked_at: entry.at,
  };
}

/** The order of subjects in a list: by id, then by key version; those without a version come first. */
export function compareSubjects(a: ListSubject, b: ListSubject): number {
  if (a.subject_id !== b.subject_id) return a.subject_id < b.subject_id ? -1 : 1;
  return (a.key_version ?? 0) - (b.key_version ?? 0);
}

/** The order of entries in a list: by subject, then by number. It makes the absence of a subject provable. */
export function compareEntries(a: ScopeEntry, b: ScopeEntry): number {
  const bySubject = compareSubjects(a, b);
  return bySubject === 0 ? a.number - b.number : bySubject;
}

/** The leaf of an entry in its partition's tree. */
export function entryLeaf(entry: ScopeEntry): Uint8Array {
  return merkleLeaf(canonicalize(entry));
}
