import { collectCommand } from '../collect-command';
import { COLLECT_HELP } from '../open-credits';

export const vaultCollect = collectCommand({
  name: 'vault collect',
  summary: 'Collect what you are owed into your vault.',
  usage: '',
  about: COLLECT_HELP,
  example: '',
  type: 'vault.collect',
});
