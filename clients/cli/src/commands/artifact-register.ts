import { readJsonFile } from '../json-file';
import { optional, required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { INTENT_HELP, intentOptions, submitIntent } from '../submit';

export const artifactRegister: CliCommand = {
  name: 'artifact register',
  summary: 'Register an artifact version.',
  help: `registry artifact register --kind model|dataset|vr-asset|library --name NAME --version SEMVER
    --root-digest HEX --license ID --risk FILE [--parents FILE] --actor-key FILE

--root-digest is what registry digest PATH prints. --risk names a JSON file {"class","domains","declaration"};
--parents one with a list of {"artifact_id","relation"}.
${INTENT_HELP}`,
  options: {
    ...intentOptions,
    kind: 'text',
    name: 'text',
    version: 'text',
    'root-digest': 'text',
    license: 'text',
    risk: 'text',
    parents: 'text',
  },
  run: async ({ given }, context) => {
    const parents = optional(given, 'parents');
    return await submitIntent(given, context, 'artifact.register', {
      kind: required(given, 'kind'),
      name: required(given, 'name'),
      version: required(given, 'version'),
      root_digest: required(given, 'root-digest'),
      parents: parents === undefined ? [] : await readJsonFile(parents),
      license_id: required(given, 'license'),
      risk: await readJsonFile(required(given, 'risk')),
    });
  },
};
