import { collect } from '../collect';
import { readCommand } from '../shapes';
import { oneWord } from '../words';

export const settleShow = readCommand({
  name: 'settle show',
  summary: 'Show a settlement and every line of its division.',
  usage: 'SETTLEMENT_ID',
  example: '$SETTLEMENT',
  takesWords: true,
  read: (_given, words) => {
    const id = oneWord(words, 'settlement');
    return async ({ read: { royalties } }) => ({
      ...(await royalties.settlement(id)),
      allocations: await collect(royalties.allocations(id)),
    });
  },
});
