import { MAX_COUNT } from '@maker-registry/protocol';
import { required } from '@maker-registry/guard';
import { optionalNumber } from '../given-members';
import { readCommand } from '../shapes';

export const modelShow = readCommand({
  name: 'model show',
  summary: 'Show a model, its keys and its state.',
  usage: '--model REF [--version N]',
  about: 'As it is now, or as it was at a version of its entry.',
  example: '--model $MODEL',
  options: { model: 'text', version: 'text' },
  read: (given) => {
    const ref = required(given, 'model');
    const version = optionalNumber(given, 'version', MAX_COUNT, 1);
    return async ({ read }) =>
      version === undefined
        ? await read.provenance.model(ref)
        : await read.provenance.modelVersion(ref, version);
  },
});
