import { required } from '@maker-registry/guard';
import { collectCommand } from '../collect-command';
import { COLLECT_HELP } from '../open-credits';

export const sharesCollect = collectCommand({
  name: 'shares collect',
  summary: 'Collect what a share issue is owed, for its holders.',
  usage: '--shares ID',
  about: COLLECT_HELP,
  example: '--shares $SHARES',
  options: { shares: 'text' },
  type: 'shares.collect',
  beneficiary: (given) => required(given, 'shares'),
  more: (given) => ({ shares_id: required(given, 'shares') }),
});
