import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { INTENT_HELP, intentOptions, submitIntent } from '../submit';

export const rightClaim: CliCommand = {
  name: 'right claim',
  summary: 'Claim a right that was bequeathed to you.',
  help: `registry right claim --right ID --actor-key FILE

The first claim starts the waiting period; the same command after its end moves the right to you.
${INTENT_HELP}`,
  options: {
    ...intentOptions,
    right: 'text',
  },
  run: async ({ given }, context) => {
    return await submitIntent(given, context, 'right.claim', { right_id: required(given, 'right') });
  },
};
