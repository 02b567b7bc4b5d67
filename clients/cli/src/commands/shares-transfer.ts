import { requiredMembersOf } from '../given-members';
import { intentCommand } from '../shapes';

export const sharesTransfer = intentCommand({
  name: 'shares transfer',
  summary: 'Hand units of a share issue to another actor.',
  usage: '--shares ID --to ACTOR_ID --units N',
  about: 'What was collected before stays yours to claim.',
  example: '--shares $SHARES --to $ACTOR --units 10',
  options: { shares: 'text', to: 'text', units: 'text' },
  type: 'shares.transfer',
  body: (given) => requiredMembersOf(given, { shares_id: 'shares', to: 'to', units: 'units' }),
});
