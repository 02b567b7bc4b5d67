import { GATEWAY_HELP, gatewayOptions, required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { withClient } from '../submit';

export const rightShow: CliCommand = {
  name: 'right show',
  summary: 'Show a right.',
  help: `registry right show --right ID
${GATEWAY_HELP}`,
  options: {
    ...gatewayOptions,
    right: 'text',
  },
  run: async ({ given }, context) => {
    const id = required(given, 'right');
    return await withClient(given, context, (client) => client.read.right(id));
  },
};
