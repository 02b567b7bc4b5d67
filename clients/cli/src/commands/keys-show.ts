import { keyId } from '@maker-registry/protocol';
import { readActorKeyFile } from '@maker-registry/sdk';
import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';

export const keysShow: CliCommand = {
  name: 'keys show',
  summary: 'Show the public part of a key file.',
  help: 'registry keys show --key FILE',
  options: { key: 'text' },
  run: async ({ given }) => {
    const { actorId, signer } = await readActorKeyFile(required(given, 'key'));
    const { alg, publicKey } = signer;
    return { actor_id: actorId, alg, public_key: publicKey, keyid: keyId(alg, publicKey) };
  },
};
