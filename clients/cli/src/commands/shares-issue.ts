import { requiredMembersOf } from '../given-members';
import { intentCommand } from '../shapes';

export const sharesIssue = intentCommand({
  name: 'shares issue',
  summary: 'Divide a claim on proceeds into units.',
  usage: '--name NAME --supply UNITS',
  about: `You get all units; the supply never changes. Name the issue's id as a beneficiary in a royalty policy: what it earns
belongs to whoever holds its units when it is collected.`,
  example: '--name "Album 2026" --supply 1000',
  options: { name: 'text', supply: 'text' },
  type: 'shares.issue',
  body: (given) => requiredMembersOf(given, { name: 'name', supply: 'supply' }),
});
