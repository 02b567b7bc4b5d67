import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { INTENT_HELP, intentOptions, submitIntent } from '../submit';

export const rightTransfer: CliCommand = {
  name: 'right transfer',
  summary: 'Hand a right over to another of your actors or a partner.',
  help: `registry right transfer --right ID --to ACTOR_ID --actor-key FILE

Moves the right; tokens of the former holder are worthless from then on.
${INTENT_HELP}`,
  options: {
    ...intentOptions,
    right: 'text',
    to: 'text',
  },
  run: async ({ given }, context) => {
    return await submitIntent(given, context, 'right.transfer', {
      right_id: required(given, 'right'),
      to: required(given, 'to'),
    });
  },
};
