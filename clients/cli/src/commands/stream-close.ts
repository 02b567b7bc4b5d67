import { requiredMembersOf } from '../given-members';
import { intentCommand } from '../shapes';

export const streamClose = intentCommand({
  name: 'stream close',
  summary: 'Close your stream.',
  usage: '--stream ID',
  about: 'What was settled stays.',
  example: '--stream $STREAM',
  options: { stream: 'text' },
  type: 'stream.close',
  body: (given) => requiredMembersOf(given, { stream_id: 'stream' }),
});
