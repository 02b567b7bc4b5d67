import { type CreditFilter } from '@maker-registry/sdk';
import { required } from '@maker-registry/guard';
import { collect } from '../collect';
import { membersOf } from '../given-members';
import { readCommand } from '../shapes';

export const vaultCredits = readCommand({
  name: 'vault credits',
  summary: 'Show what every source owes somebody, line by line.',
  usage: '--beneficiary ID --currency EUR [--state open|collected|all]',
  about: 'The id of an actor or of a share issue, or safety-fund. Everything unless --state is given.',
  example: '--beneficiary $ACTOR --currency EUR --state open',
  options: { beneficiary: 'text', currency: 'text', state: 'text' },
  read: (given) => {
    const [beneficiary, currency] = [required(given, 'beneficiary'), required(given, 'currency')];
    const filter = membersOf(given, { state: 'state' }) as CreditFilter;
    return async ({ read: { royalties } }) => ({
      totals: await royalties.creditTotals(beneficiary, currency),
      credits: await collect(royalties.credits(beneficiary, currency, filter)),
    });
  },
});
