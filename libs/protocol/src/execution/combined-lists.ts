import { type SubjectType } from '../domain/revocation';
import { type ListSubject, type ScopeEntry } from '../registry-list/list-entry';
import { type ListIndex } from '../registry-list/list-index';
import { type TokenClaims } from '../tokens/claims';

/** A restriction from the lists, with what it is on. */
export interface ListedRestriction extends Omit<ScopeEntry, 'by' | 'revoked_at'> {
  readonly subject_type: SubjectType;
}

/** What combined lists say of a token. */
export interface ListedFindings {
  readonly restrictions: readonly ListedRestriction[];
  /** Kinds of subjects that the lists at hand do not reach: unknown, never good. */
  readonly unknown: readonly SubjectType[];
}

export type TokenNames = Pick<TokenClaims, 'artifact_id' | 'right_id' | 'sub' | 'key_version'>;

/** The entries that concern a token's artifact, right, holder, key version or device. */
export function restrictionsFromIndex(
  index: ListIndex,
  token: TokenNames,
  deviceIdHex: string | undefined,
): ListedFindings {
  const restrictions: ListedRestriction[] = [];
  const unknown: SubjectType[] = [];
  const ask = (type: SubjectType, subject: ListSubject): void => {
    const entries = index.entries(type, subject);
    if (entries === undefined) unknown.push(type);
    else for (const entry of entries) restrictions.push({ ...entry, subject_type: type });
  };
  ask('artifact', { subject_id: token.artifact_id });
  ask('right', { subject_id: token.right_id });
  ask('actor', { subject_id: token.sub });
  ask('key', { subject_id: token.artifact_id, key_version: token.key_version });
  if (deviceIdHex !== undefined) ask('device', { subject_id: deviceIdHex });
  return { restrictions, unknown };
}
