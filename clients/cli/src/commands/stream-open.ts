import { MAX_UNIX_TIME, MAX_WINDOW_S, MIN_WINDOW_S } from '@maker-registry/protocol';
import { optional } from '@maker-registry/guard';
import {
  RECORD_USAGE,
  recordKeyOf,
  recordOptions,
  requiredMembersOf,
  requiredNumber,
} from '../given-members';
import { intentCommand } from '../shapes';

export const streamOpen = intentCommand({
  name: 'stream open',
  summary: 'Open a subscription or metered use that settles in windows.',
  usage: `${RECORD_USAGE} --ref TEXT --currency EUR --starts-at UNIX_SECONDS --window-seconds N
    [--mode permissive|strict]`,
  about: `--ref is your own reference. Window n begins n windows after --starts-at, and is settled after its end: registry
stream settle`,
  example: `--model $MODEL --content $HASH --ref sub-7 --currency EUR \\
    --starts-at 1790000000 --window-seconds 86400`,
  options: {
    ...recordOptions,
    ref: 'text',
    currency: 'text',
    'starts-at': 'text',
    'window-seconds': 'text',
    mode: 'text',
  },
  type: 'stream.open',
  body: (given) => ({
    ...recordKeyOf(given),
    ...requiredMembersOf(given, { stream_ref: 'ref', currency: 'currency' }),
    mode: optional(given, 'mode') ?? 'permissive',
    starts_at: requiredNumber(given, 'starts-at', MAX_UNIX_TIME),
    window_s: requiredNumber(given, 'window-seconds', MAX_WINDOW_S, MIN_WINDOW_S),
  }),
});
