import { required } from '@maker-registry/guard';
import { collect } from '../collect';
import { readCommand } from '../shapes';

export const sharesShow = readCommand({
  name: 'shares show',
  summary: 'Show a share issue and who holds its units.',
  usage: '--shares ID',
  example: '--shares $SHARES',
  options: { shares: 'text' },
  read: (given) => {
    const id = required(given, 'shares');
    return async ({ read: { royalties } }) => ({
      ...(await royalties.shareIssue(id)),
      holdings: await collect(royalties.shareHoldings(id)),
    });
  },
});
