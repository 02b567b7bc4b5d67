import { required } from '@maker-registry/guard';
import { collect } from '../collect';
import { readCommand } from '../shapes';

export const vaultShow = readCommand({
  name: 'vault show',
  summary: 'Show somebody’s vaults and withdrawals.',
  usage: '--beneficiary ID',
  about:
    'The id of an actor or of a share issue. What nobody collected yet is not in a vault: registry vault credits',
  example: '--beneficiary $ACTOR',
  options: { beneficiary: 'text' },
  read: (given) => {
    const beneficiary = required(given, 'beneficiary');
    return async ({ read: { royalties } }) => ({
      vaults: await collect(royalties.vaults(beneficiary)),
      withdrawals: await collect(royalties.withdrawals({ beneficiary })),
    });
  },
});
