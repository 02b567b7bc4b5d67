import { required } from '@maker-registry/guard';
import { idList, membersOf } from '../given-members';
import { intentCommand } from '../shapes';

export const modelUpdate = intentCommand({
  name: 'model update',
  summary: 'Change the description or the recorders of your model.',
  usage: `--model REF [--version TEXT] [--metadata-uri URI] [--recorders ID,ID,…]
    [--not-updatable]`,
  about: `What is not given stays. --recorders is the whole new list; "" is nobody. --not-updatable is for good.`,
  example: '--model $MODEL --version 1.1.0',
  options: {
    model: 'text',
    version: 'text',
    'metadata-uri': 'text',
    recorders: 'text',
    'not-updatable': 'switch',
  },
  type: 'model.update',
  body: (given) => {
    const recorders = idList(given, 'recorders');
    return {
      model_ref: required(given, 'model'),
      ...membersOf(given, { model_version: 'version', metadata_uri: 'metadata-uri' }),
      ...(recorders === undefined ? {} : { recorders }),
      ...(given['not-updatable'] === true ? { updatable: false } : {}),
    };
  },
});
