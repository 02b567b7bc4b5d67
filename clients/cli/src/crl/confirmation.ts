import { type Given } from '@maker-registry/guard';
import { ClientError } from '@maker-registry/sdk';
import { optionalNumber } from '../given-members';
import { type RevocationPlan } from './revocation-plan';

/** Certificates above which nobody should be surprised by the number. */
export const CONFIRM_ABOVE = 20;
const MAX_COUNT = 10_000_000;

export const CONFIRMATION_HELP = `
  --dry-run                show what it would do; nothing is signed
  --yes                    needed for more than ${CONFIRM_ABOVE} certificates, or
  --count N                as many certificates as --dry-run said would change
  --in-use                 also certificates that your nodes or people use now`;

export const confirmationOptions = {
  'dry-run': 'switch',
  yes: 'switch',
  count: 'text',
  'in-use': 'switch',
} as const;

/** Asserts that whoever asks knows how much it is. Throws USAGE with the number. */
export function assertConfirmed(given: Given, plan: RevocationPlan): void {
  const changing = plan.new + plan.held_before;
  const count = optionalNumber(given, 'count', MAX_COUNT);
  if (count !== undefined && count !== changing) {
    throw new ClientError('USAGE', `${changing} certificates would change, not ${count}.`, {
      subject: 'count',
    });
  }
  if (plan.in_use.length > 0 && given['in-use'] !== true) {
    const names = plan.in_use.map(({ name }) => name).join(', ');
    throw new ClientError(
      'USAGE',
      `Among them are certificates that are in use (${names}): enrol these again first, or say --in-use.`,
      { subject: 'in-use' },
    );
  }
  if (changing > CONFIRM_ABOVE && count === undefined && given['yes'] !== true) {
    throw new ClientError(
      'USAGE',
      `${changing} certificates would change: say --yes or --count ${changing}.`,
      {
        subject: 'yes',
      },
    );
  }
}
