import { type RevocationEntry } from '../domain/act-arguments';
import { type Actor } from '../domain/actor';
import { type Artifact } from '../domain/artifact';
import { type ContentKey } from '../domain/content-key';
import { ledgerKeys, type LedgerWrite } from '../domain/ledger';
import {
  type Restriction,
  type RestrictionKind,
  type Revocation,
  type SubjectType,
} from '../domain/revocation';
import { type Right } from '../domain/right';
import { type ErrorCode } from '../errors/error-codes';
import { RegistryError } from '../errors/registry-error';
import {
  banActor,
  banOf,
  contentKeyVersion,
  restrictArtifact,
  restrictContentKey,
  restrictionOf,
  restrictRight,
  withArtifactRestrictions,
  withBans,
  without,
  withKeyRestrictions,
  withRightRestrictions,
} from './restrictions';

/** The ledger value that a restriction changes. */
export type SubjectDocument =
  | { readonly kind: 'artifact'; readonly value: Artifact }
  | { readonly kind: 'actor'; readonly value: Actor }
  | { readonly kind: 'right'; readonly value: Right }
  | { readonly kind: 'key'; readonly value: ContentKey };

/** Where the state of a subject lies; devices have none. */
export interface SubjectReference {
  readonly kind: 'artifact' | 'actor' | 'right' | 'key';
  readonly id: string;
}

interface Subject {
  readonly subject_type: SubjectType;
  readonly subject_id: string;
}

/** The ledger value to load for a subject, or undefined for a device. */
export function subjectReference({ subject_type, subject_id }: Subject): SubjectReference | undefined {
  return subject_type === 'device' ? undefined : { kind: subject_type, id: subject_id };
}

/** The name of a subject in the map of loaded subjects. */
export function subjectName({ kind, id }: SubjectReference): string {
  return `${kind}/${id}`;
}

/** The distinct ledger values to load for a revocation.issue, in the order of its entries. */
export function subjectsOf(entries: readonly Subject[]): SubjectReference[] {
  const references = new Map<string, SubjectReference>();
  for (const entry of entries) {
    const reference = subjectReference(entry);
    if (reference !== undefined) references.set(subjectName(reference), reference);
  }
  return [...references.values()];
}

const UNKNOWN: Readonly<Record<SubjectReference['kind'], ErrorCode>> = {
  artifact: 'ARTIFACT_UNKNOWN',
  actor: 'ACTOR_UNKNOWN',
  right: 'RIGHT_UNKNOWN',
  key: 'CONTENT_KEY_UNKNOWN',
};

/** The loaded subject as a tagged document: ARTIFACT_UNKNOWN, ACTOR_UNKNOWN, RIGHT_UNKNOWN or CONTENT_KEY_UNKNOWN. */
export function requireSubject(
  reference: SubjectReference,
  value: Artifact | Actor | Right | ContentKey | undefined,
): SubjectDocument {
  if (value === undefined) {
    throw new RegistryError(UNKNOWN[reference.kind], `There is no ${reference.kind} of this id.`, {
      subject: reference.id,
    });
  }
  // The caller loaded the value from the key that the reference names, and values under a key are of its kind.
  return { kind: reference.kind, value } as SubjectDocument;
}

/** The subject under one more restriction. */
export function restrictSubject(
  subject: SubjectDocument,
  entry: Revocation,
  kind: RestrictionKind,
): SubjectDocument {
  switch (subject.kind) {
    case 'artifact':
      return { kind: 'artifact', value: restrictArtifact(subject.value, restrictionOf(entry, kind)) };
    case 'right':
      return { kind: 'right', value: restrictRight(subject.value, restrictionOf(entry, kind)) };
    case 'actor':
      return { kind: 'actor', value: banActor(subject.value, banOf(entry, kind)) };
    case 'key': {
      const restriction = restrictionOf(entry, kind);
      return { kind: 'key', value: restrictContentKey(subject.value, entry.key_version ?? 0, restriction) };
    }
  }
}

/**
 * The subject without the restriction of an entry. On a subject that is revoked for good nothing is lifted any more: the hold
 * before it belongs to the record, and nobody shall read a release as the revocation's end. Throws REVOKED.
 */
export function releaseSubject(subject: SubjectDocument, lifted: Revocation): SubjectDocument {
  assertNotRevokedForGood(subject, lifted);
  const free = (items: readonly Restriction[]): Restriction[] => without(items, lifted.number);
  switch (subject.kind) {
    case 'artifact':
      return {
        kind: 'artifact',
        value: withArtifactRestrictions(subject.value, free(subject.value.restrictions)),
      };
    case 'right':
      return { kind: 'right', value: withRightRestrictions(subject.value, free(subject.value.restrictions)) };
    case 'actor':
      return { kind: 'actor', value: withBans(subject.value, without(subject.value.bans, lifted.number)) };
    case 'key': {
      const version = lifted.key_version ?? 0;
      const { restrictions } = contentKeyVersion(subject.value, version);
      return { kind: 'key', value: withKeyRestrictions(subject.value, version, free(restrictions)) };
    }
  }
}

function assertNotRevokedForGood(subject: SubjectDocument, { number, key_version }: Revocation): void {
  if (
    !restrictionsOf(subject, key_version ?? 0).some(
      ({ kind, scope }) => kind === 'revoke' && scope === undefined,
    )
  ) {
    return;
  }
  throw new RegistryError(
    'REVOKED',
    `The subject is revoked for good; hold ${number} is not lifted any more.`,
    {
      subject: String(number),
    },
  );
}

function restrictionsOf(
  subject: SubjectDocument,
  keyVersion: number,
): readonly Pick<Restriction, 'kind' | 'scope'>[] {
  switch (subject.kind) {
    case 'actor':
      return subject.value.bans;
    case 'key':
      return contentKeyVersion(subject.value, keyVersion).restrictions;
    default:
      return subject.value.restrictions;
  }
}

/** The put of a subject. */
export function subjectWrite(subject: SubjectDocument): LedgerWrite {
  switch (subject.kind) {
    case 'artifact':
      return { kind: 'artifact', id: ledgerKeys.artifact(subject.value.artifact_id), value: subject.value };
    case 'right':
      return { kind: 'right', id: ledgerKeys.right(subject.value.right_id), value: subject.value };
    case 'actor':
      return { kind: 'actor', id: ledgerKeys.actor(subject.value.actor_id), value: subject.value };
    case 'key':
      return { kind: 'key', id: ledgerKeys.key(subject.value.artifact_id), value: subject.value };
  }
}

interface SubjectRule {
  readonly kinds: readonly RestrictionKind[];
  /** Kinds that take `limits`. */
  readonly limited: readonly RestrictionKind[];
  /** Kinds that take `scope`. */
  readonly scoped: readonly RestrictionKind[];
}

/**
 * What can be done to which subject. Only an actor can be held or revoked in part (a scoped ban); for the rest a partial
 * stop is a `narrow`, so that nobody reads a full stop into a partial one or the reverse.
 */
const SUBJECT_RULES: Readonly<Record<SubjectType, SubjectRule>> = {
  artifact: {
    kinds: ['hold', 'restrict', 'downgrade', 'narrow', 'revoke'],
    limited: ['restrict', 'downgrade', 'narrow'],
    scoped: ['restrict', 'downgrade', 'narrow'],
  },
  actor: { kinds: ['hold', 'narrow', 'revoke'], limited: [], scoped: ['hold', 'narrow', 'revoke'] },
  right: { kinds: ['hold', 'narrow', 'revoke'], limited: ['narrow'], scoped: ['narrow'] },
  key: { kinds: ['hold', 'narrow', 'revoke'], limited: ['narrow'], scoped: ['narrow'] },
  device: { kinds: ['hold', 'revoke'], limited: [], scoped: [] },
};

/** Asserts that an entry makes sense for its subject: SCHEMA_VIOLATION with a pointer below `base`. */
export function assertEntryForm(entry: RevocationEntry, base: string): void {
  const rule = SUBJECT_RULES[entry.subject_type];
  const { kind } = entry;
  const refuse = (member: string, sentence: string): never => {
    throw new RegistryError('SCHEMA_VIOLATION', `${sentence}.`, { subject: `${base}/${member}` });
  };
  if (!rule.kinds.includes(kind)) refuse('kind', `A ${entry.subject_type} takes no ${kind}`);
  if ((entry.key_version !== undefined) !== (entry.subject_type === 'key')) {
    refuse('key_version', 'key_version belongs to entries of type key, and only there');
  }
  if (entry.limits !== undefined && !rule.limited.includes(kind))
    refuse('limits', `A ${kind} takes no limits here`);
  if (entry.scope !== undefined && !rule.scoped.includes(kind))
    refuse('scope', `A ${kind} takes no scope here`);
  if (kind === 'narrow' && entry.scope === undefined && entry.limits === undefined) {
    refuse('scope', 'To narrow takes a scope or limits');
  }
}
