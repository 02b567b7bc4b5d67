import { RegistryError } from '../errors/registry-error';

/** Marks a payee that is not known yet: 32 bytes of a salted commitment to whoever it is, never a name. */
export const UNKNOWN_PAYEE_PREFIX = 'pending:';

const IDENTIFIER = /^[0-9a-f]{64}$/;
const UNKNOWN_PAYEE = /^pending:[0-9a-f]{64}$/;

/** Whether a beneficiary stands for somebody who is not known yet; what it earns waits in suspense. */
export function isUnknownPayee(beneficiary: string): boolean {
  return beneficiary.startsWith(UNKNOWN_PAYEE_PREFIX);
}

/**
 * Asserts that a policy may name the beneficiary: an actor, a share issue, or `pending:` with 64 hexadecimal characters.
 * An actor need not be registered yet; its vault waits for it.
 *
 * @throws RegistryError POLICY_INVALID about `subject`
 */
export function assertBeneficiary(beneficiary: string, subject: string): void {
  if (IDENTIFIER.test(beneficiary) || UNKNOWN_PAYEE.test(beneficiary)) return;
  throw new RegistryError(
    'POLICY_INVALID',
    'A beneficiary is the id of an actor or of a share issue, or pending: and a salted commitment.',
    { subject },
  );
}
