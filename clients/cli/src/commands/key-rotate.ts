import { contentKeyBody } from '../content-key-body';
import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { INTENT_HELP, intentOptions, submitIntent } from '../submit';

export const keyRotate: CliCommand = {
  name: 'key rotate',
  summary: 'Put a new content key in force.',
  help: `registry key rotate --key FILE --container FILE.mrg --actor-key FILE

--key is the content key file that registry guard protect made, --container what it encrypted. The key itself stays
here; the ledger gets its commitment and the container's digest.
${INTENT_HELP}`,
  options: {
    ...intentOptions,
    key: 'text',
    container: 'text',
  },
  run: async ({ given }, context) => {
    return await submitIntent(
      given,
      context,
      'key.rotate',
      await contentKeyBody(required(given, 'key'), required(given, 'container')),
    );
  },
};
