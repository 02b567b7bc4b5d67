import { type Actor, type Ban } from '../domain/actor';
import { type Artifact, type ArtifactState } from '../domain/artifact';
import { type Author } from '../domain/common';
import { type ContentKey, type ContentKeyStatus, type ContentKeyVersion } from '../domain/content-key';
import { type Restriction, type RestrictionKind, type Revocation } from '../domain/revocation';
import { type Right } from '../domain/right';
import { RegistryError } from '../errors/registry-error';
import { MAX_RESTRICTIONS } from '../limits';

interface HasKind {
  readonly kind: RestrictionKind;
}

const has = (restrictions: readonly HasKind[], kind: RestrictionKind): boolean =>
  restrictions.some((restriction) => restriction.kind === kind);

/** The state of an artifact from its gate and its restrictions; the strictest restriction names it. */
export function artifactState(approved: boolean, restrictions: readonly HasKind[]): ArtifactState {
  if (has(restrictions, 'revoke')) return 'revoked';
  if (has(restrictions, 'hold') || has(restrictions, 'restrict')) return 'restricted';
  if (!approved) return 'pending-review';
  return has(restrictions, 'downgrade') ? 'downgraded' : 'active';
}

/** The status of a right from its restrictions. */
export function rightStatus(restrictions: readonly HasKind[]): Right['status'] {
  if (has(restrictions, 'revoke')) return 'revoked';
  return has(restrictions, 'hold') ? 'suspended' : 'active';
}

/** The status of a content key's version. */
export function contentKeyStatus(isCurrent: boolean, restrictions: readonly HasKind[]): ContentKeyStatus {
  if (has(restrictions, 'revoke')) return 'revoked';
  if (has(restrictions, 'hold')) return 'held';
  return isCurrent ? 'current' : 'retired';
}

/** The status of an actor: only a ban without scope bars everything. */
export function actorStatus(bans: readonly Ban[]): Actor['status'] {
  return bans.some(({ scope }) => scope === undefined) ? 'banned' : 'active';
}

/** The restriction that a ledger entry puts on its subject. */
export function restrictionOf(entry: Revocation, kind: RestrictionKind): Restriction {
  return {
    number: entry.number,
    kind,
    reason_code: entry.reason_code,
    by: entry.by,
    final: entry.final,
    ...(entry.scope === undefined ? {} : { scope: entry.scope }),
    ...(entry.limits === undefined ? {} : { limits: entry.limits }),
  };
}

/** The ban that a ledger entry puts on an actor. */
export function banOf(entry: Revocation, kind: RestrictionKind): Ban {
  return {
    number: entry.number,
    kind,
    reason_code: entry.reason_code,
    ...(entry.scope === undefined ? {} : { scope: entry.scope }),
  };
}

/**
 * A revocation for good always fits: nothing follows it, and whoever has filled a subject's list with harmless entries
 * must not have made it irrevocable.
 */
function append<Item extends HasKind>(
  items: readonly Item[],
  item: Item,
  subjectId: string,
  isLast = item.kind === 'revoke',
): Item[] {
  if (items.length >= MAX_RESTRICTIONS && !isLast) {
    throw new RegistryError(
      'RESTRICTIONS_EXHAUSTED',
      `The subject has ${MAX_RESTRICTIONS} restrictions in force.`,
      {
        subject: subjectId,
      },
    );
  }
  return [...items, item];
}

function assertNotRevoked(restrictions: readonly HasKind[], subjectId: string): void {
  if (has(restrictions, 'revoke')) {
    throw new RegistryError('REVOKED', 'The subject is already revoked for good.', { subject: subjectId });
  }
}

/** The artifact with these restrictions. */
export function withArtifactRestrictions(artifact: Artifact, restrictions: readonly Restriction[]): Artifact {
  return { ...artifact, restrictions, state: artifactState(artifact.approved, restrictions) };
}

/** The right with these restrictions. */
export function withRightRestrictions(right: Right, restrictions: readonly Restriction[]): Right {
  return { ...right, restrictions, status: rightStatus(restrictions) };
}

/** The actor with these bans. */
export function withBans(actor: Actor, bans: readonly Ban[]): Actor {
  return { ...actor, bans, status: actorStatus(bans) };
}

/** The content key with these restrictions on one version. */
export function withKeyRestrictions(
  key: ContentKey,
  version: number,
  restrictions: readonly Restriction[],
): ContentKey {
  const versions = key.versions.map((entry) =>
    entry.version === version
      ? { ...entry, restrictions, status: contentKeyStatus(version === key.current, restrictions) }
      : entry,
  );
  return { ...key, versions };
}

/** One version of a content key, or CONTENT_KEY_UNKNOWN. */
export function contentKeyVersion(key: ContentKey, version: number): ContentKeyVersion {
  const found = key.versions.find((entry) => entry.version === version);
  if (found === undefined) {
    throw new RegistryError('CONTENT_KEY_UNKNOWN', `The artifact has no content key of version ${version}.`, {
      subject: key.artifact_id,
    });
  }
  return found;
}

/** The artifact under one more restriction. Throws REVOKED or RESTRICTIONS_EXHAUSTED. */
export function restrictArtifact(artifact: Artifact, restriction: Restriction): Artifact {
  assertNotRevoked(artifact.restrictions, artifact.artifact_id);
  return withArtifactRestrictions(artifact, append(artifact.restrictions, restriction, artifact.artifact_id));
}

/** The right under one more restriction. Throws REVOKED or RESTRICTIONS_EXHAUSTED. */
export function restrictRight(right: Right, restriction: Restriction): Right {
  assertNotRevoked(right.restrictions, right.right_id);
  return withRightRestrictions(right, append(right.restrictions, restriction, right.right_id));
}

/** The content key with one more restriction on a version. Throws REVOKED, RESTRICTIONS_EXHAUSTED or CONTENT_KEY_UNKNOWN. */
export function restrictContentKey(key: ContentKey, version: number, restriction: Restriction): ContentKey {
  const { restrictions } = contentKeyVersion(key, version);
  assertNotRevoked(restrictions, key.artifact_id);
  return withKeyRestrictions(key, version, append(restrictions, restriction, key.artifact_id));
}

/** The actor under one more ban. An actor barred for good by a ban without scope takes no further one: REVOKED. */
export function banActor(actor: Actor, ban: Ban): Actor {
  assertNotRevoked(
    actor.bans.filter(({ scope }) => scope === undefined),
    actor.actor_id,
  );
  const isLast = ban.kind === 'revoke' && ban.scope === undefined;
  return withBans(actor, append(actor.bans, ban, actor.actor_id, isLast));
}

/** A list without the restriction of this number. */
export function without<Item extends { readonly number: number }>(
  items: readonly Item[],
  number: number,
): Item[] {
  return items.filter((item) => item.number !== number);
}

/** Whether a restriction was issued by this actor. */
export function isBy(author: Author, actorIdHex: string): boolean {
  return 'actor' in author && author.actor === actorIdHex;
}

/**
 * Numbers of the restrictions that the maker put there and may lift. To be loaded for `releaseArtifact` and
 * `resumeRight`.
 */
export function liftableByMaker(restrictions: readonly Restriction[], makerId: string): number[] {
  return restrictions.filter(({ by, final }) => !final && isBy(by, makerId)).map(({ number }) => number);
}
