import {
  assertCeremonyEnvelope,
  CEREMONY_PAYLOAD_TYPE,
  countersign,
  type Envelope,
  isPlainObject,
  parseCeremony,
  parseEnvelope,
  parseStrictJson,
  payloadBytes,
  serializeEnvelope,
  signPayload,
} from '@maker-registry/protocol';
import { readActorKeyFile } from '@maker-registry/sdk';
import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { readInput } from '../input-file';
import { writeNewFile } from '../new-file';

export const ceremonySign: CliCommand = {
  name: 'ceremony sign',
  summary: 'Sign the transcript of a key ceremony that you saw.',
  help: `registry ceremony sign --in FILE --key KEY --out SIGNED

FILE is the transcript that the ceremony wrote, or one that others have signed before you: your signature is added. KEY is your
own key file (registry keys generate). SIGNED is a new file. The chain of the transcript's steps is checked first; read what
you sign: registry ceremony verify shows the keys. Needs no gateway.

Example: registry ceremony sign --in transcript.json --key me.json --out signed-1.json`,
  options: { in: 'text', key: 'text', out: 'text' },
  run: async ({ given }) => {
    const { signer } = await readActorKeyFile(required(given, 'key'));
    const input = await readInput(required(given, 'in'));
    const before = signedBefore(input);
    parseCeremony(before === undefined ? input : payloadBytes(before));
    const envelope =
      before === undefined
        ? await signPayload(CEREMONY_PAYLOAD_TYPE, input, signer)
        : await countersign(before, signer);
    const out = required(given, 'out');
    await writeNewFile(out, serializeEnvelope(envelope));
    return { file: out, signatures: envelope.signatures.map(({ keyid }) => keyid) };
  },
};

function signedBefore(input: Uint8Array): Envelope | undefined {
  const value = parseStrictJson(input);
  if (!isPlainObject(value) || !Object.hasOwn(value, 'signatures')) return undefined;
  const envelope = parseEnvelope(input);
  assertCeremonyEnvelope(envelope);
  return envelope;
}
