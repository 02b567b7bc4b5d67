import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { INTENT_HELP, intentOptions, submitIntent } from '../submit';

export const rightGift: CliCommand = {
  name: 'right gift',
  summary: 'Give a right away.',
  help: `registry right gift --right ID --to ACTOR_ID --actor-key FILE

Gives the right to another actor, where its license permits gifts.
${INTENT_HELP}`,
  options: {
    ...intentOptions,
    right: 'text',
    to: 'text',
  },
  run: async ({ given }, context) => {
    return await submitIntent(given, context, 'right.gift', {
      right_id: required(given, 'right'),
      to: required(given, 'to'),
    });
  },
};
