import { isPlainObject, replaySettlement } from '@maker-registry/protocol';
import { readFacts, readSettlement } from '../settlement-facts';
import { readCommand } from '../shapes';
import { oneWord } from '../words';

export const settleReplay = readCommand({
  name: 'settle replay',
  summary: 'Recompute a settlement from records and policies, and compare.',
  usage: 'SETTLEMENT_ID',
  about: `Reads the settlement, its records, the policy versions it names and their models, and divides the payment again.
Prints {"settlement_id","agrees","differences"}; the exit code is 1 when it does not agree to the last unit. To trust no
single gateway, repeat it with another operator's.`,
  example: '$SETTLEMENT',
  takesWords: true,
  isBad: (result) => isPlainObject(result) && result['agrees'] !== true,
  read: (_given, words) => {
    const id = oneWord(words, 'settlement');
    return async (client) => {
      const settlement = await readSettlement(client, id);
      const { agrees, differences } = replaySettlement(settlement, await readFacts(client, settlement));
      return { settlement_id: id, agrees, differences };
    };
  },
});
