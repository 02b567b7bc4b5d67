import { contentKeyBody } from '../content-key-body';
import { optional, required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { INTENT_HELP, intentOptions, submitIntent } from '../submit';

export const keyCommit: CliCommand = {
  name: 'key commit',
  summary: 'Put the commitment to a content key on the ledger.',
  help: `registry key commit --key FILE --container FILE.mrg [--shares FILE] --actor-key FILE

--key is the content key file that registry guard protect made, --container what it encrypted. The key itself stays
here; the ledger gets its commitment and the container's digest. --shares is what registry key split made of the key: the
ledger gets the scheme and a commitment to each share. High risk classes ask for it.
${INTENT_HELP}`,
  options: {
    ...intentOptions,
    key: 'text',
    container: 'text',
    shares: 'text',
  },
  run: async ({ given }, context) => {
    return await submitIntent(
      given,
      context,
      'key.commit',
      await contentKeyBody(required(given, 'key'), required(given, 'container'), optional(given, 'shares')),
    );
  },
};
