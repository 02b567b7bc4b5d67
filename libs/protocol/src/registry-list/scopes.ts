import { type SubjectType } from '../domain/revocation';

export const LIST_SCOPES = ['keys', 'artifacts', 'actors', 'rights', 'devices'] as const;
/** What a list is about. Each scope has a list of its own, and all of them together say what the ledger restricts. */
export type ListScope = (typeof LIST_SCOPES)[number];

const SUBJECT_OF: Readonly<Record<ListScope, SubjectType>> = {
  keys: 'key',
  artifacts: 'artifact',
  actors: 'actor',
  rights: 'right',
  devices: 'device',
};
const SCOPE_OF: Readonly<Record<SubjectType, ListScope>> = {
  key: 'keys',
  artifact: 'artifacts',
  actor: 'actors',
  right: 'rights',
  device: 'devices',
};

export function subjectTypeOf(scope: ListScope): SubjectType {
  return SUBJECT_OF[scope];
}

export function scopeOf(type: SubjectType): ListScope {
  return SCOPE_OF[type];
}
