import { requiredMembersOf } from '../given-members';
import { intentCommand } from '../shapes';

export const sharesClaim = intentCommand({
  name: 'shares claim',
  summary: 'Claim your part of what a share issue collected.',
  usage: '--shares ID --currency EUR',
  about: 'It becomes a credit of yours: registry vault collect',
  example: '--shares $SHARES --currency EUR',
  options: { shares: 'text', currency: 'text' },
  type: 'shares.claim',
  body: (given) => requiredMembersOf(given, { shares_id: 'shares', currency: 'currency' }),
});
