import { collect } from '../collect';
import { GATEWAY_HELP, gatewayOptions, required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { withClient } from '../submit';

export const timeline: CliCommand = {
  name: 'timeline',
  summary: 'Show everything the ledger holds about an id.',
  help: `registry timeline --id ID

The id of an actor, artifact, license, right, device or proposal.
${GATEWAY_HELP}`,
  options: {
    ...gatewayOptions,
    id: 'text',
  },
  run: async ({ given }, context) => {
    const id = required(given, 'id');
    return await withClient(given, context, (client) => collect(client.read.timeline(id)));
  },
};
