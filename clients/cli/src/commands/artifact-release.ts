import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { INTENT_HELP, intentOptions, submitIntent } from '../submit';

export const artifactRelease: CliCommand = {
  name: 'artifact release',
  summary: 'Lift your own hold, restriction or downgrade.',
  help: `registry artifact release --artifact ID --actor-key FILE
${INTENT_HELP}`,
  options: {
    ...intentOptions,
    artifact: 'text',
  },
  run: async ({ given }, context) => {
    return await submitIntent(given, context, 'artifact.release', {
      artifact_id: required(given, 'artifact'),
    });
  },
};
