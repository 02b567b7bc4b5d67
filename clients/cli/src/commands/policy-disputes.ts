import { type ActName } from '@maker-registry/protocol';
import { type CliCommand } from '../command';
import { membersOf, RECORD_USAGE, recordKeyOf, recordOptions } from '../given-members';
import { actCommand } from '../shapes';

/** A command about an objection to who a record's policy pays. */
function disputeCommand(act: ActName, summary: string, about: string): CliCommand {
  return actCommand({
    name: act.replace('.', ' '),
    summary,
    usage: `${RECORD_USAGE} [--note TEXT]`,
    about,
    example: '--model $MODEL --content $HASH',
    options: { ...recordOptions, note: 'text' },
    act,
    argument: (given) => ({ ...recordKeyOf(given), ...membersOf(given, { note: 'note' }) }),
  });
}

export const policyDispute = disputeCommand(
  'policy.dispute',
  'Record an objection to who a policy pays.',
  'Settlements go on; what this policy would pay waits in suspense until the dispute is settled.',
);

export const policySettleDispute = disputeCommand(
  'policy.settle-dispute',
  'Close the objection to who a policy pays.',
  'What waits can then be released: registry suspense release',
);
