import { optional, required, wholeNumber } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { ACT_HELP, actOptions, performAct } from '../perform';

export const revocationRelease: CliCommand = {
  name: 'revocation release',
  summary: 'Lift a hold.',
  help: `registry revocation release --number N [--note TEXT] …
${ACT_HELP}`,
  options: {
    ...actOptions,
    number: 'text',
    note: 'text',
  },
  run: async ({ given }, context) => {
    const note = optional(given, 'note');
    return await performAct(given, context, 'revocation.release', {
      number: wholeNumber(required(given, 'number'), 'number', { min: 1, max: Number.MAX_SAFE_INTEGER }),
      ...(note === undefined ? {} : { note }),
    });
  },
};
