import { GATEWAY_HELP, gatewayOptions, required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { withClient } from '../submit';

export const artifactShow: CliCommand = {
  name: 'artifact show',
  summary: 'Show an artifact, its keys and its state.',
  help: `registry artifact show --artifact ID
${GATEWAY_HELP}`,
  options: {
    ...gatewayOptions,
    artifact: 'text',
  },
  run: async ({ given }, context) => {
    const id = required(given, 'artifact');
    return await withClient(given, context, (client) => client.read.artifact(id));
  },
};
