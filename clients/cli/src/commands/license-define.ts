import { readJsonFile } from '../json-file';
import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { INTENT_HELP, intentOptions, submitIntent } from '../submit';

export const licenseDefine: CliCommand = {
  name: 'license define',
  summary: 'Define license terms.',
  help: `registry license define --name NAME --terms FILE --actor-key FILE

FILE holds the terms as JSON: actions, purposes, limits, transfer, resale_royalty_bps, obligations. Equal terms of one
licensor are one license; they never change.
${INTENT_HELP}`,
  options: {
    ...intentOptions,
    name: 'text',
    terms: 'text',
  },
  run: async ({ given }, context) => {
    return await submitIntent(given, context, 'license.define', {
      name: required(given, 'name'),
      terms: await readJsonFile(required(given, 'terms')),
    });
  },
};
