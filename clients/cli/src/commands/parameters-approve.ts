import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { ACT_HELP, actOptions, performAct } from '../perform';

export const parametersApprove: CliCommand = {
  name: 'parameters approve',
  summary: 'Approve proposed parameters for your operator.',
  help: `registry parameters approve --proposal ID …
${ACT_HELP}`,
  options: {
    ...actOptions,
    proposal: 'text',
  },
  run: async ({ given }, context) => {
    return await performAct(given, context, 'parameters.approve', {
      proposal_id: required(given, 'proposal'),
    });
  },
};
