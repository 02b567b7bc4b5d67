import { type Actor, type Ban } from '../domain/actor';
import { type ScopedAction } from '../domain/revocation';
import { RegistryError } from '../errors/registry-error';

/**
 * Refuses with ACTOR_BANNED an act that some ban of the actor bars. `action` is null for acts that only a ban without
 * scope bars; `domains` are those of the artifact concerned, undefined where no artifact is.
 */
export function assertNotBanned(
  actor: Actor,
  action: ScopedAction | null,
  domains: readonly string[] | undefined,
): void {
  const ban = actor.bans.find((candidate) => bars(candidate, action, domains));
  if (ban !== undefined) {
    throw new RegistryError(
      'ACTOR_BANNED',
      `The actor is barred from this act by revocation ${ban.number} (${ban.reason_code}).`,
      { subject: actor.actor_id },
    );
  }
}

/** Whether a ban or list entry bars the action: in its scope, an absent list means all. */
export function bars(
  { scope }: Pick<Ban, 'scope'>,
  action: ScopedAction | null,
  domains: readonly string[] | undefined,
): boolean {
  if (scope === undefined) return true;
  if (action === null) return false;
  if (scope.actions !== undefined && !scope.actions.includes(action)) return false;
  if (scope.domains === undefined) return true;
  return domains?.some((domain) => scope.domains?.includes(domain) === true) ?? false;
}
