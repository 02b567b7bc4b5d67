import { ClientError, readActorKeyFile } from '@maker-registry/sdk';
import { optional, required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { INTENT_HELP, intentOptions, submitIntent } from '../submit';

export const actorRotate: CliCommand = {
  name: 'actor rotate',
  summary: 'Put a new key of an actor in force.',
  help: `registry actor rotate --actor-key FILE --new-key FILE [--reason rotation|compromise]

Both keys sign. From then on only the new one counts.
${INTENT_HELP}`,
  options: { ...intentOptions, 'new-key': 'text', reason: 'text' },
  run: async ({ given }, context) => {
    const old = await readActorKeyFile(required(given, 'actor-key'));
    const next = await readActorKeyFile(required(given, 'new-key'));
    if (next.actorId !== old.actorId) {
      throw new ClientError(
        'USAGE',
        `--new-key is not for this actor. Make it with: keys generate --for ${old.actorId}`,
        {
          subject: 'new-key',
        },
      );
    }
    const { alg, publicKey } = next.signer;
    const body = { alg, public_key: publicKey, reason: optional(given, 'reason') ?? 'rotation' };
    return await submitIntent(given, context, 'actor.rotate', body, [next.signer]);
  },
};
