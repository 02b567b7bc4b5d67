import { readJsonFile } from '../json-file';
import { optional, required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { INTENT_HELP, intentOptions, submitIntent } from '../submit';

export const artifactRevoke: CliCommand = {
  name: 'artifact revoke',
  summary: 'Hold, restrict, downgrade or revoke your artifact.',
  help: `registry artifact revoke --artifact ID --kind hold|restrict|downgrade|revoke --reason CODE [--note TEXT]
    [--limits FILE] --actor-key FILE

Running copies under a guard stop within seconds. A revocation is for good; the others you lift with artifact release.
${INTENT_HELP}`,
  options: {
    ...intentOptions,
    artifact: 'text',
    kind: 'text',
    reason: 'text',
    note: 'text',
    limits: 'text',
  },
  run: async ({ given }, context) => {
    const note = optional(given, 'note');
    const limits = optional(given, 'limits');
    return await submitIntent(given, context, 'artifact.revoke', {
      artifact_id: required(given, 'artifact'),
      kind: required(given, 'kind'),
      reason_code: required(given, 'reason'),
      ...(note === undefined ? {} : { note }),
      ...(limits === undefined ? {} : { limits: await readJsonFile(limits) }),
    });
  },
};
