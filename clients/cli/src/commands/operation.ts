import { GATEWAY_HELP, gatewayOptions, required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { waitSeconds, withClient } from '../submit';

export const operation: CliCommand = {
  name: 'operation',
  summary: 'Show how an operation stands.',
  help: `registry operation --id ID [--wait SECONDS]
${GATEWAY_HELP}`,
  options: {
    ...gatewayOptions,
    id: 'text',
    wait: 'text',
  },
  run: async ({ given }, context) => {
    const id = required(given, 'id');
    const wait = waitSeconds(given);
    return await withClient(given, context, (client) => client.operation(id, wait));
  },
};
