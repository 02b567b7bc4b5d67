import { ATTESTATION_ALGORITHMS, SIGNATURE_ALGORITHMS } from '@maker-registry/protocol';
import {
  ClientError,
  generateActorKey,
  generateAttestationKey,
  writeActorKeyFile,
  writeAttestationKeyFile,
} from '@maker-registry/sdk';
import { type Given, optional, required } from '@maker-registry/guard';
import { type CliCommand } from '../command';

export const keysGenerate: CliCommand = {
  name: 'keys generate',
  summary: 'Make a key for a new actor, the next key of an actor, or a model’s key.',
  help: `registry keys generate --out FILE [--alg ed25519|es256] [--for ACTOR_ID]
registry keys generate --attestation --out FILE [--alg ed25519|bip340|es256]

Writes a new key file that only you can read. The key never leaves this machine; without it the actor is lost, so keep a
copy in a safe place. With --for it is the next key of that actor, for: registry actor rotate

With --attestation it is a key that signs a model's claims and nothing else, for: registry model register. It is no actor's
key, and neither is taken for the other.

Example: registry keys generate --attestation --alg bip340 --out model.key.json`,
  options: { out: 'text', alg: 'text', for: 'text', attestation: 'switch' },
  run: async ({ given }) =>
    given['attestation'] === true ? await makeAttestationKey(given) : await makeActorKey(given),
};

async function makeActorKey(given: Given): Promise<object> {
  const alg = algorithm(given, SIGNATURE_ALGORITHMS);
  const key = generateActorKey(alg, optional(given, 'for'));
  const file = required(given, 'out');
  await writeActorKeyFile(file, key);
  return { actor_id: key.actorId, alg, public_key: key.signer.publicKey, file };
}

async function makeAttestationKey(given: Given): Promise<object> {
  if (optional(given, 'for') !== undefined) {
    throw new ClientError('USAGE', '--for is about an actor; a model’s key has none.', { subject: 'for' });
  }
  const alg = algorithm(given, ATTESTATION_ALGORITHMS);
  const key = generateAttestationKey(alg);
  const file = required(given, 'out');
  await writeAttestationKeyFile(file, key);
  return { alg, public_key: key.publicKey, file };
}

function algorithm<Name extends string>(given: Given, names: readonly Name[]): Name {
  const wanted = optional(given, 'alg') ?? 'ed25519';
  const alg = names.find((name) => name === wanted);
  if (alg !== undefined) return alg;
  throw new ClientError('USAGE', `--alg is one of ${names.join(', ')}.`, { subject: 'alg' });
}
