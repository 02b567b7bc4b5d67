import { MAX_DURATION_S } from '@maker-registry/protocol';
import { optional, required, wholeNumber } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { INTENT_HELP, intentOptions, submitIntent } from '../submit';

export const rightBequeath: CliCommand = {
  name: 'right bequeath',
  summary: 'Name who inherits a right, or nobody.',
  help: `registry right bequeath --right ID [--to ACTOR_ID] --waiting SECONDS --actor-key FILE

The beneficiary claims the right and gets it after the waiting period, unless you act with it in between. Without --to
a former bequest is taken back.
${INTENT_HELP}`,
  options: {
    ...intentOptions,
    right: 'text',
    to: 'text',
    waiting: 'text',
  },
  run: async ({ given }, context) => {
    return await submitIntent(given, context, 'right.bequeath', {
      right_id: required(given, 'right'),
      beneficiary: optional(given, 'to') ?? null,
      waiting_period_s: wholeNumber(required(given, 'waiting'), 'waiting', { min: 0, max: MAX_DURATION_S }),
    });
  },
};
