import { readJsonFile } from '../json-file';
import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { ACT_HELP, actOptions, performAct } from '../perform';

export const revocationIssue: CliCommand = {
  name: 'revocation issue',
  summary: 'Revoke, hold or narrow keys, artifacts, actors, rights or devices.',
  help: `registry revocation issue --entries FILE …

FILE holds a JSON list of up to 200 entries {"subject_type","subject_id","kind","reason_code",…}; all of them become one
transaction.
${ACT_HELP}`,
  options: {
    ...actOptions,
    entries: 'text',
  },
  run: async ({ given }, context) => {
    return await performAct(given, context, 'revocation.issue', {
      entries: await readJsonFile(required(given, 'entries')),
    });
  },
};
