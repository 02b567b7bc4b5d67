import { readJsonFile } from '../json-file';
import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { INTENT_HELP, intentOptions, submitIntent } from '../submit';

export const rightIssue: CliCommand = {
  name: 'right issue',
  summary: 'Issue a right to a holder.',
  help: `registry right issue --right FILE --actor-key FILE

FILE holds the right as JSON: artifact_id, license_id, holder, actions, purpose, limits, and where wanted device_id,
not_before, expires_at, price {"amount","currency"}.
${INTENT_HELP}`,
  options: {
    ...intentOptions,
    right: 'text',
  },
  run: async ({ given }, context) => {
    return await submitIntent(given, context, 'right.issue', await readJsonFile(required(given, 'right')));
  },
};
