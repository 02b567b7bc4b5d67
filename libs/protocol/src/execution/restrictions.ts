import { type Actor } from '../domain/actor';
import { type Artifact } from '../domain/artifact';
import { type LicenseAction, type Purpose, type UsageLimits } from '../domain/common';
import { type ContentKeyVersion } from '../domain/content-key';
import { type RestrictionKind, type RestrictionScope, type SubjectType } from '../domain/revocation';
import { type Right } from '../domain/right';
import { type ErrorCode } from '../errors/error-codes';
import { type RevocationList, type RevocationListEntry } from '../revocation-list/payload';
import { bars } from '../rules/bans';
import { type TokenClaims } from '../tokens/claims';

/** A restriction that concerns the execution at hand, from the list or from the ledger. */
export interface ApplicableRestriction {
  readonly number: number;
  readonly subject_type: SubjectType;
  readonly kind: RestrictionKind;
  readonly reason_code: string;
  readonly scope?: RestrictionScope;
  readonly limits?: UsageLimits;
}

export interface Use {
  readonly action: LicenseAction;
  readonly purpose: Purpose;
  readonly domains: readonly string[];
}

/** A refusal that follows from a restriction. */
export interface Barred {
  readonly code: ErrorCode;
  readonly number: number;
}

type Names = Pick<TokenClaims, 'artifact_id' | 'right_id' | 'sub' | 'key_version'>;

interface IndexedList {
  readonly entries: Readonly<Record<SubjectType, ReadonlyMap<string, readonly RevocationListEntry[]>>>;
  /** Versions of rights that changed hands. */
  readonly superseded: ReadonlyMap<string, number>;
}

/** A guard asks the same list twice a second, whatever its length: it is indexed once. */
const indexes = new WeakMap<RevocationList, IndexedList>();

function indexOf(list: RevocationList): IndexedList {
  const known = indexes.get(list);
  if (known !== undefined) return known;
  // A map for each type: ids are looked up as they are, no name has to be put together.
  const entries: Record<SubjectType, Map<string, RevocationListEntry[]>> = {
    key: new Map(),
    artifact: new Map(),
    actor: new Map(),
    right: new Map(),
    device: new Map(),
  };
  for (const entry of list.entries) {
    const ofType = entries[entry.subject_type];
    const before = ofType.get(entry.subject_id);
    if (before === undefined) ofType.set(entry.subject_id, [entry]);
    else before.push(entry);
  }
  const superseded = new Map(list.superseded.map(({ right_id, version }) => [right_id, version]));
  const index = { entries, superseded };
  indexes.set(list, index);
  return index;
}

/** The version of a right that changed hands; undefined when the list names none. */
export function supersededVersion(list: RevocationList, rightId: string): number | undefined {
  return indexOf(list).superseded.get(rightId);
}

/** The list's entries that concern a token's artifact, right, holder, key version or device. */
export function restrictionsFromList(
  list: RevocationList,
  token: Names,
  deviceIdHex: string | undefined,
): RevocationListEntry[] {
  const { entries } = indexOf(list);
  const found: RevocationListEntry[] = [];
  const take = (type: SubjectType, id: string | undefined): void => {
    const listed = id === undefined ? undefined : entries[type].get(id);
    for (const entry of listed ?? []) if (isForKey(entry, token.key_version)) found.push(entry);
  };
  take('artifact', token.artifact_id);
  take('right', token.right_id);
  take('actor', token.sub);
  take('key', token.artifact_id);
  take('device', deviceIdHex);
  return found;
}

/** A token without a key version could use any: then every restricted version counts. */
function isForKey(entry: RevocationListEntry, version: number | undefined): boolean {
  return entry.subject_type !== 'key' || version === undefined || entry.key_version === version;
}

/** Ledger state that a gateway has at hand when it decides. */
export interface LedgerView {
  readonly right: Right;
  readonly artifact: Artifact;
  readonly holder: Actor;
  /** The version of the content key concerned. */
  readonly contentKey?: ContentKeyVersion | undefined;
}

/** The restrictions that the ledger's own state carries. */
export function restrictionsFromLedger({
  right,
  artifact,
  holder,
  contentKey,
}: LedgerView): ApplicableRestriction[] {
  const tagged = (
    subject_type: SubjectType,
    items: readonly Omit<ApplicableRestriction, 'subject_type'>[],
  ): ApplicableRestriction[] => items.map((item) => ({ ...item, subject_type }));
  return [
    ...tagged('artifact', artifact.restrictions),
    ...tagged('right', right.restrictions),
    ...tagged('actor', holder.bans),
    ...tagged('key', contentKey?.restrictions ?? []),
  ];
}

/** The first restriction that bars a use, or undefined. */
export function findBar(restrictions: readonly ApplicableRestriction[], use: Use): Barred | undefined {
  for (const restriction of restrictions) {
    const code = barredBy(restriction, use);
    if (code !== undefined) return { code, number: restriction.number };
  }
  return undefined;
}

/** Kinds that stop everything, and the code that says so. */
const FULL_STOPS: Readonly<Partial<Record<RestrictionKind, ErrorCode>>> = {
  revoke: 'REVOKED',
  hold: 'EXECUTION_HELD',
};

function barredBy({ kind, scope, subject_type }: ApplicableRestriction, use: Use): ErrorCode | undefined {
  if (subject_type === 'actor') {
    return bars(scope === undefined ? {} : { scope }, use.action, use.domains) ? 'ACTOR_BANNED' : undefined;
  }
  const stop = FULL_STOPS[kind];
  if (stop !== undefined) return stop;
  if (kind === 'restrict' && use.purpose !== 'research') return 'PURPOSE_NOT_PERMITTED';
  // Without a scope, a partial restriction only tightens limits.
  return scope !== undefined && bars({ scope }, use.action, use.domains) ? 'ACTION_NOT_PERMITTED' : undefined;
}

const LIMIT_NAMES = ['max_executions', 'max_devices', 'duration_s'] as const;

/** The tightest of all limits. */
export function tightenLimits(own: UsageLimits, restrictions: readonly ApplicableRestriction[]): UsageLimits {
  const result: Record<string, number> = {};
  for (const name of LIMIT_NAMES) {
    let bound = own[name];
    for (const { limits } of restrictions) {
      const other = limits?.[name];
      if (other !== undefined && (bound === undefined || other < bound)) bound = other;
    }
    if (bound !== undefined) result[name] = bound;
  }
  return result;
}
