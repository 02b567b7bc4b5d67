import { MAX_KEY_VERSIONS } from '@maker-registry/protocol';
import { required, wholeNumber } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { INTENT_HELP, intentOptions, submitIntent } from '../submit';

export const keyRevoke: CliCommand = {
  name: 'key revoke',
  summary: 'Revoke a version of a content key.',
  help: `registry key revoke --artifact ID --version N --reason CODE --actor-key FILE
${INTENT_HELP}`,
  options: {
    ...intentOptions,
    artifact: 'text',
    version: 'text',
    reason: 'text',
  },
  run: async ({ given }, context) => {
    return await submitIntent(given, context, 'key.revoke', {
      artifact_id: required(given, 'artifact'),
      version: wholeNumber(required(given, 'version'), 'version', { min: 1, max: MAX_KEY_VERSIONS }),
      reason_code: required(given, 'reason'),
    });
  },
};
