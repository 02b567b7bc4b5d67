import { readActorKeyFile } from '@maker-registry/sdk';
import { optional, required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { INTENT_HELP, intentOptions, submitIntent } from '../submit';

export const actorRegister: CliCommand = {
  name: 'actor register',
  summary: 'Register the actor of a key file.',
  help: `registry actor register --actor-key FILE [--name NAME]

The name is public and for ever; leave it out rather than give personal data.
${INTENT_HELP}`,
  options: { ...intentOptions, name: 'text' },
  run: async ({ given }, context) => {
    const { signer } = await readActorKeyFile(required(given, 'actor-key'));
    const name = optional(given, 'name');
    return await submitIntent(given, context, 'actor.register', {
      alg: signer.alg,
      public_key: signer.publicKey,
      ...(name === undefined ? {} : { name }),
    });
  },
};
