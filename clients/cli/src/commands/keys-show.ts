import { keyId } from '@maker-registry/protocol';
import { readActorKeyFile, readAttestationKeyFile } from '@maker-registry/sdk';
import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';

export const keysShow: CliCommand = {
  name: 'keys show',
  summary: 'Show the public part of a key file.',
  help: `registry keys show --key FILE [--attestation]

With --attestation FILE is a model's key.

Example: registry keys show --key me.json`,
  options: { key: 'text', attestation: 'switch' },
  run: async ({ given }) => {
    const file = required(given, 'key');
    if (given['attestation'] === true) {
      const { alg, publicKey } = await readAttestationKeyFile(file);
      return { alg, public_key: publicKey };
    }
    const { actorId, signer } = await readActorKeyFile(file);
    const { alg, publicKey } = signer;
    return { actor_id: actorId, alg, public_key: publicKey, keyid: keyId(alg, publicKey) };
  },
};
