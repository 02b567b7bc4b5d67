import { SIGNATURE_ALGORITHMS } from '@maker-registry/protocol';
import { ClientError, generateActorKey, writeActorKeyFile } from '@maker-registry/sdk';
import { optional, required } from '@maker-registry/guard';
import { type CliCommand } from '../command';

export const keysGenerate: CliCommand = {
  name: 'keys generate',
  summary: 'Make a key for a new actor, or the next key of an actor.',
  help: `registry keys generate --out FILE [--alg ed25519|es256] [--for ACTOR_ID]

Writes a new key file that only you can read. The key never leaves this machine; without it the actor is lost, so keep a
copy in a safe place. With --for it is the next key of that actor, for: registry actor rotate`,
  options: { out: 'text', alg: 'text', for: 'text' },
  run: async ({ given }) => {
    const wanted = optional(given, 'alg') ?? 'ed25519';
    const alg = SIGNATURE_ALGORITHMS.find((one) => one === wanted);
    if (alg === undefined) throw new ClientError('USAGE', '--alg is ed25519 or es256.', { subject: 'alg' });
    const key = generateActorKey(alg, optional(given, 'for'));
    const file = required(given, 'out');
    await writeActorKeyFile(file, key);
    return { actor_id: key.actorId, alg, public_key: key.signer.publicKey, file };
  },
};
