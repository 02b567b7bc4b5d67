import { RegistryError } from '@maker-registry/protocol';
import { type Caller } from '../http/caller';
import { type Access } from '../http/route';

/**
 * Asserts that the caller may use a route.
 *
 * @throws RegistryError UNAUTHENTICATED, FORBIDDEN
 */
export function assertAccess(caller: Caller, access: Access, publicReads: boolean): void {
  if (access === 'anyone' || (access === 'reader' && publicReads)) return;
  if (caller.kind === 'anonymous') {
    throw new RegistryError(
      'UNAUTHENTICATED',
      'Present a client certificate of an operator’s CA or a bearer token.',
    );
  }
  if (access === 'reader' || access === 'authenticated') return;
  if (!access.some((role) => caller.roles.includes(role))) {
    throw new RegistryError('FORBIDDEN', `This needs one of the roles ${access.join(', ')}.`);
  }
}
