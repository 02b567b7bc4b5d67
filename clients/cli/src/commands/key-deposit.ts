import { readActorKeyFile, wrapContentKey } from '@maker-registry/sdk';
import { GATEWAY_HELP, gatewayOptions, parseJwks, readContentKeyFile, required } from '@maker-registry/guard';
import { ClientError } from '@maker-registry/sdk';
import { type CliCommand } from '../command';
import { withClient } from '../submit';

export const keyDeposit: CliCommand = {
  name: 'key deposit',
  summary: 'Entrust a content key to an operator.',
  help: `registry key deposit --key FILE --operator MSP_ID --actor-key FILE

Encrypts the content key to the wrapping key in the operator's HSM and hands it to the operator's gateway, which releases
it to attested holders of rights. Repeat for each operator you trust with it.
${GATEWAY_HELP}`,
  options: { ...gatewayOptions, key: 'text', operator: 'text', 'actor-key': 'text' },
  run: async ({ given }, context) => {
    const maker = await readActorKeyFile(required(given, 'actor-key'));
    const operator = required(given, 'operator');
    const { artifactId, keyVersion, contentKey } = await readContentKeyFile(required(given, 'key'));
    try {
      return await withClient(given, context, async ({ trust }) => {
        const wrapKey = parseJwks(await trust.jwks()).find(({ use }) => use === 'wrap');
        if (wrapKey === undefined)
          throw new ClientError('RESPONSE_MALFORMED', 'The operator publishes no wrapping key.');
        const jwe = wrapContentKey(contentKey, wrapKey);
        await trust.depositKey(maker, { artifact_id: artifactId, version: keyVersion, operator, jwe });
        return { artifact_id: artifactId, version: keyVersion, operator };
      });
    } finally {
      contentKey.fill(0);
    }
  },
};
