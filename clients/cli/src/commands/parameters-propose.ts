import { readJsonFile } from '../json-file';
import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { ACT_HELP, actOptions, performAct } from '../perform';

export const parametersPropose: CliCommand = {
  name: 'parameters propose',
  summary: 'Propose new parameters.',
  help: `registry parameters propose --parameters FILE …

FILE holds the whole document with the next version number. A majority of the operators puts it in force.
${ACT_HELP}`,
  options: {
    ...actOptions,
    parameters: 'text',
  },
  run: async ({ given }, context) => {
    return await performAct(given, context, 'parameters.propose', {
      parameters: await readJsonFile(required(given, 'parameters')),
    });
  },
};
