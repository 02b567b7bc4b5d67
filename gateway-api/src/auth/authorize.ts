import { RegistryError } from '@maker-registry/protocol';
import { type Caller } from '../http/caller';
import { type Access } from '../http/route';

/** What the operator says about access to its gateway. */
export interface AccessRules {
  /** Organization of the gateway. */
  readonly mspId: string;
  /** Whether reads need no identity. */
  readonly publicReads: boolean;
  /** Regulators' organizations of the network, by MSP id. */
  readonly regulators: readonly string[];
}

/** The one role that counts beyond the operator that gave it: a regulator oversees every operator. */
const REGULATOR = 'regulator';

/**
 * Asserts that the caller may use a route. A role counts when this operator gave it: by its own CA or its own issuer of
 * tokens. An administrator of another operator is nobody here. A regulator's role counts from a regulator's organization
 * too, and no other role does from there.
 *
 * @throws RegistryError UNAUTHENTICATED, FORBIDDEN
 */
export function assertAccess(caller: Caller, access: Access, rules: AccessRules): void {
  if (access === 'anyone' || (access === 'reader' && rules.publicReads)) return;
  if (caller.kind === 'anonymous') {
    throw new RegistryError(
      'UNAUTHENTICATED',
      'Present a client certificate of an operator’s CA or a bearer token.',
    );
  }
  if (access === 'reader' || access === 'authenticated') return;
  if (!access.some((role) => caller.roles.includes(role) && counts(role, caller, rules))) {
    throw new RegistryError(
      'FORBIDDEN',
      `This needs one of the roles ${access.join(', ')} of ${rules.mspId}.`,
    );
  }
}

function counts(role: string, { kind, mspId }: Caller, rules: AccessRules): boolean {
  if (kind === 'token' || mspId === rules.mspId) return true;
  return role === REGULATOR && mspId !== undefined && rules.regulators.includes(mspId);
}
