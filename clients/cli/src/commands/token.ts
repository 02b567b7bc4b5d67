import { decodeToken, PURPOSES } from '@maker-registry/protocol';
import { ClientError, readActorKeyFile, writeSecretFile } from '@maker-registry/sdk';
import { GATEWAY_HELP, gatewayOptions, optional, required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { withClient } from '../submit';

export const token: CliCommand = {
  name: 'token',
  summary: 'Get a rights token.',
  help: `registry token --right ID --actor-key FILE [--device ID] [--purpose research|deployment] [--out FILE]

The token is printed, or written to the new file --out (0600).
${GATEWAY_HELP}`,
  options: {
    ...gatewayOptions,
    right: 'text',
    'actor-key': 'text',
    device: 'text',
    purpose: 'text',
    out: 'text',
  },
  run: async ({ given }, context) => {
    const holder = await readActorKeyFile(required(given, 'actor-key'));
    const deviceId = optional(given, 'device');
    const wanted = optional(given, 'purpose');
    const purpose = PURPOSES.find((one) => one === wanted);
    if (purpose !== wanted) {
      throw new ClientError('USAGE', `--purpose is one of ${PURPOSES.join(', ')}.`, { subject: 'purpose' });
    }
    const out = optional(given, 'out');
    return await withClient(given, context, async ({ trust }) => {
      const token = await trust.requestToken(holder, required(given, 'right'), {
        ...(deviceId === undefined ? {} : { deviceId }),
        ...(purpose === undefined ? {} : { purpose }),
      });
      const { claims } = decodeToken(token);
      if (out === undefined) return { token, claims };
      await writeSecretFile(out, token);
      return { file: out, claims };
    });
  },
};
