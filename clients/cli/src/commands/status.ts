import { collect } from '../collect';
import { GATEWAY_HELP, gatewayOptions, optional, wholeNumber } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { withClient } from '../submit';

export const status: CliCommand = {
  name: 'status',
  summary: 'Show the parameters in force and the newest revocations.',
  help: `registry status [--after NUMBER]

Revocations with a number above --after; all of them unless given.
${GATEWAY_HELP}`,
  options: {
    ...gatewayOptions,
    after: 'text',
  },
  run: async ({ given }, context) => {
    const after = wholeNumber(optional(given, 'after') ?? '0', 'after', {
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
    });
    return await withClient(given, context, async ({ network, read }) => ({
      network,
      parameters: await read.parameters(),
      revocations: await collect(read.revocations(after)),
    }));
  },
};
