import { MAX_COUNT } from '@maker-registry/protocol';
import { optionalNumber, RECORD_USAGE, recordKeyOf, recordOptions } from '../given-members';
import { readCommand } from '../shapes';

export const policyShow = readCommand({
  name: 'policy show',
  summary: 'Show a record’s royalty policy.',
  usage: `${RECORD_USAGE} [--version N]`,
  about: 'As it is now, or the terms of one version, word for word.',
  example: '--model $MODEL --content $HASH',
  options: { ...recordOptions, version: 'text' },
  read: (given) => {
    const { model_ref: model, content_hash: content } = recordKeyOf(given);
    const version = optionalNumber(given, 'version', MAX_COUNT, 1);
    return async ({ read }) =>
      version === undefined
        ? await read.royalties.policy(model, content)
        : await read.royalties.policyVersion(model, content, version);
  },
});
