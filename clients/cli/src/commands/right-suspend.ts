import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { INTENT_HELP, intentOptions, submitIntent } from '../submit';

export const rightSuspend: CliCommand = {
  name: 'right suspend',
  summary: 'Suspend a right you issued.',
  help: `registry right suspend --right ID --reason CODE --actor-key FILE

Reason codes are in the parameters: registry status
${INTENT_HELP}`,
  options: {
    ...intentOptions,
    right: 'text',
    reason: 'text',
  },
  run: async ({ given }, context) => {
    return await submitIntent(given, context, 'right.suspend', {
      right_id: required(given, 'right'),
      reason_code: required(given, 'reason'),
    });
  },
};
