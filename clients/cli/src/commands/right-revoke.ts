import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { INTENT_HELP, intentOptions, submitIntent } from '../submit';

export const rightRevoke: CliCommand = {
  name: 'right revoke',
  summary: 'Revoke a right you issued, for good.',
  help: `registry right revoke --right ID --reason CODE --actor-key FILE

Reason codes are in the parameters: registry status
${INTENT_HELP}`,
  options: {
    ...intentOptions,
    right: 'text',
    reason: 'text',
  },
  run: async ({ given }, context) => {
    return await submitIntent(given, context, 'right.revoke', {
      right_id: required(given, 'right'),
      reason_code: required(given, 'reason'),
    });
  },
};
