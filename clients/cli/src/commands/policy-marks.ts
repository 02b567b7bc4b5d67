import { type LedgerIntentType } from '@maker-registry/protocol';
import { type CliCommand } from '../command';
import { RECORD_USAGE, recordKeyOf, recordOptions } from '../given-members';
import { intentCommand } from '../shapes';

/** A command that says one thing about a record's policy. */
function policyMark(
  verb: string,
  type: LedgerIntentType,
  more: Readonly<Record<string, string>>,
  summary: string,
  about: string,
): CliCommand {
  return intentCommand({
    name: `policy ${verb}`,
    summary,
    usage: RECORD_USAGE,
    about,
    example: '--model $MODEL --content $HASH',
    options: recordOptions,
    type,
    body: (given) => ({ ...recordKeyOf(given), ...more }),
  });
}

export const policyDeprecate = policyMark(
  'deprecate',
  'policy.mark',
  { status: 'deprecated' },
  'Advise against your royalty policy.',
  'It still settles and claims; every layer under it says so.',
);

export const policyRevoke = policyMark(
  'revoke',
  'policy.mark',
  { status: 'revoked' },
  'Revoke your royalty policy.',
  'The record is not paid for any more, and claims nothing from derivatives. What was settled stays.',
);

export const policyFreeze = policyMark(
  'freeze',
  'policy.freeze',
  {},
  'Freeze your royalty policy for good.',
  'No further version.',
);
