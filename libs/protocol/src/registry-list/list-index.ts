import { type SubjectType } from '../domain/revocation';
import { partitionOf } from './partition';
import { type ListSubject, type ScopeEntry } from './list-entry';
import { type ScopeContent } from './content';
import { type ScopeContents } from './check';
import { LIST_SCOPES, type ListScope, scopeOf } from './scopes';

interface IndexedScope {
  readonly content: ScopeContent;
  readonly held: ReadonlySet<number>;
  /** Whether all partitions are held: then what is not found is not listed. */
  readonly isComplete: boolean;
  readonly bySubject: ReadonlyMap<string, readonly ScopeEntry[]>;
}

const NOTHING: readonly ScopeEntry[] = [];

/** The lists at hand, indexed once; a look-up is one or two map accesses, whatever the length of the lists. */
export class ListIndex {
  readonly #scopes: Readonly<Partial<Record<ListScope, IndexedScope>>>;

  constructor(contents: ScopeContents) {
    this.#scopes = Object.fromEntries([...contents].map(([scope, content]) => [scope, indexed(content)]));
  }

  /** Scopes of which no list is at hand, or not every partition. */
  get incomplete(): readonly ListScope[] {
    return LIST_SCOPES.filter((scope) => this.#scopes[scope]?.isComplete !== true);
  }

  /**
   * What the lists say of a subject: nothing (an empty array) or its restrictions; undefined where they do not reach. Undefined
   * means unknown, never good.
   */
  entries(type: SubjectType, subject: ListSubject): readonly ScopeEntry[] | undefined {
    const scope = this.#scopes[scopeOf(type)];
    if (scope === undefined) return undefined;
    const { subject_id, key_version } = subject;
    if (
      !scope.isComplete &&
      !scope.held.has(partitionOf(subject_id, scope.content.header.partitions.length))
    ) {
      return provenOf(scope.content, subject);
    }
    const found = scope.bySubject.get(subject_id);
    if (found === undefined) return NOTHING;
    // A token without a key version could use any: then every restricted version counts.
    return key_version === undefined ? found : found.filter((entry) => entry.key_version === key_version);
  }
}

function indexed(content: ScopeContent): IndexedScope {
  const bySubject = new Map<string, ScopeEntry[]>();
  for (const entry of content.entries) {
    const known = bySubject.get(entry.subject_id);
    if (known === undefined) bySubject.set(entry.subject_id, [entry]);
    else known.push(entry);
  }
  const held = new Set(content.partitions);
  return { content, held, isComplete: held.size === content.header.partitions.length, bySubject };
}

function provenOf({ proven }: ScopeContent, subject: ListSubject): readonly ScopeEntry[] | undefined {
  const { subject_id, key_version } = subject;
  const found = proven.find(
    (one) =>
      one.subject_id === subject_id && (one.key_version === undefined || one.key_version === key_version),
  )?.entries;
  return key_version === undefined ? found : found?.filter((entry) => entry.key_version === key_version);
}
