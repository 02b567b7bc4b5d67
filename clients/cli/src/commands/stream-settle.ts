import { assertSchema, INTENT_TYPES, MAX_COUNT } from '@maker-registry/protocol';
import { readActorKeyFile } from '@maker-registry/sdk';
import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { membersOf, requiredMembersOf, requiredNumber } from '../given-members';
import { lineageHint } from '../lineage-hint';
import { readReports } from '../read-reports';
import { INTENT_HELP, intentOptions, submitThrough, withClient } from '../submit';

export const streamSettle: CliCommand = {
  name: 'stream settle',
  summary: 'Settle the next window of your stream.',
  help: `registry stream settle --stream ID --window N --amount MINOR_UNITS [--usage UNITS] [--reports FILE] --actor-key FILE

Windows settle one after the other, from 0 and each after its end; --amount 0 for one in which nothing is owed. Naming the
window keeps a repeated call from paying the next one. --reports is as in registry settle.

Example: registry stream settle --stream $STREAM --window 0 --amount 250 --actor-key me.json
${INTENT_HELP}`,
  options: {
    ...intentOptions,
    stream: 'text',
    window: 'text',
    amount: 'text',
    usage: 'text',
    reports: 'text',
  },
  run: async ({ given }, context) => {
    const body = {
      ...requiredMembersOf(given, { stream_id: 'stream', amount: 'amount' }),
      window: requiredNumber(given, 'window', MAX_COUNT),
      ...membersOf(given, { usage: 'usage' }),
      ...(await readReports(given)),
    };
    assertSchema(INTENT_TYPES['stream.settle'].schema, body);
    const actor = await readActorKeyFile(required(given, 'actor-key'));
    return await withClient(given, context, async (client) => {
      const hint = await lineageHint(client, await client.read.royalties.stream(required(given, 'stream')));
      return await submitThrough(client, given, actor, { type: 'stream.settle', body: { ...body, ...hint } });
    });
  },
};
