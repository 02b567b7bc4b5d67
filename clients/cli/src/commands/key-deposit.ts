import { GATEWAY_HELP, gatewayOptions, readContentKeyFile, required } from '@maker-registry/guard';
import { readActorKeyFile, wrapContentKey } from '@maker-registry/sdk';
import { type CliCommand } from '../command';
import { withClient } from '../submit';
import { wrappingKey } from '../wrapping-key';

export const keyDeposit: CliCommand = {
  name: 'key deposit',
  summary: 'Entrust a content key to an operator.',
  help: `registry key deposit --key FILE --operator MSP_ID (--fingerprint HEX | --trust-first) --actor-key FILE

Encrypts the content key to the wrapping key in the operator's HSM and hands it to the operator's gateway, which releases
it to attested holders of rights. Repeat for each operator you trust with it. --fingerprint is that of the operator's keys,
as guard pin shows and compares it: a gateway could name a wrapping key of its own. --trust-first takes the key unseen.
${GATEWAY_HELP}`,
  options: {
    ...gatewayOptions,
    key: 'text',
    operator: 'text',
    fingerprint: 'text',
    'trust-first': 'switch',
    'actor-key': 'text',
  },
  run: async ({ given }, context) => {
    const maker = await readActorKeyFile(required(given, 'actor-key'));
    const operator = required(given, 'operator');
    const { artifactId, keyVersion, contentKey } = await readContentKeyFile(required(given, 'key'));
    try {
      return await withClient(given, context, async ({ trust }) => {
        const jwe = wrapContentKey(contentKey, wrappingKey(await trust.jwks(), given));
        await trust.depositKey(maker, { artifact_id: artifactId, version: keyVersion, operator, jwe });
        return { artifact_id: artifactId, version: keyVersion, operator };
      });
    } finally {
      contentKey.fill(0);
    }
  },
};
