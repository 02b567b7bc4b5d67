import { readActorKeyFile } from '@maker-registry/sdk';
import { optional, required } from '@maker-registry/guard';
import { readClaimItems } from '../claim-files';
import { type CliCommand } from '../command';
import { optionalNumber } from '../given-members';
import { registerClaims } from '../register-claims';
import { INTENT_HELP, intentOptions, submitThrough, withClient } from '../submit';

export const recordRegister: CliCommand = {
  name: 'record register',
  summary: 'Register signed claims as records, one or many.',
  help: `registry record register FILE … [--lines FILE] [--skip N] --actor-key FILE

Each FILE holds one claim (registry record sign), --lines names a file with one on each line. Up to 200 go into one
transaction, all of them or none. A refused one ends it: the error names it, and standard error told how many were
registered before; go on with --skip.

Example: registry record register --lines claims.jsonl --actor-key me.json
${INTENT_HELP}`,
  options: { ...intentOptions, lines: 'text', skip: 'text' },
  takesWords: true,
  run: async ({ given, rest }, context) => {
    const skip = optionalNumber(given, 'skip', Number.MAX_SAFE_INTEGER) ?? 0;
    const items = (await readClaimItems(rest, optional(given, 'lines'))).slice(skip);
    const actor = await readActorKeyFile(required(given, 'actor-key'));
    return await withClient(given, context, (client) =>
      registerClaims(items, context.tell, (batch) => {
        const body = { records: batch.map(({ claim }) => claim) };
        return submitThrough(client, given, actor, { type: 'record.register', body });
      }),
    );
  },
};
