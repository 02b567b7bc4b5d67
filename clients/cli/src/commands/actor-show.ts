import { GATEWAY_HELP, gatewayOptions, required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { withClient } from '../submit';

export const actorShow: CliCommand = {
  name: 'actor show',
  summary: 'Show an actor and its keys.',
  help: `registry actor show --actor ID
${GATEWAY_HELP}`,
  options: {
    ...gatewayOptions,
    actor: 'text',
  },
  run: async ({ given }, context) => {
    const id = required(given, 'actor');
    return await withClient(given, context, (client) => client.read.actor(id));
  },
};
