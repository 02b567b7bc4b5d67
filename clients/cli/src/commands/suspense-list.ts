import { type SuspenseFilter } from '@maker-registry/sdk';
import { collect } from '../collect';
import { membersOf } from '../given-members';
import { readCommand } from '../shapes';

export const suspenseList = readCommand({
  name: 'suspense list',
  summary: 'List what waits in suspense.',
  usage: `[--settlement ID] [--status held|released]
    [--reason disputed|payee-unknown|lineage-incomplete]`,
  example: '--status held',
  options: { settlement: 'text', status: 'text', reason: 'text' },
  read: (given) => {
    const filter = membersOf(given, { settlement_id: 'settlement', status: 'status', reason: 'reason' });
    return ({ read }) => collect(read.royalties.suspense(filter as SuspenseFilter));
  },
});
