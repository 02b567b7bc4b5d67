import { checkCeremony, keyId, parseEnvelope, type VerificationKey } from '@maker-registry/protocol';
import { ClientError } from '@maker-registry/sdk';
import { required, several } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { readInput } from '../input-file';

const ALGORITHMS = ['ed25519', 'es256'] as const;
const WITNESS = /^(ed25519|es256):((?:[0-9a-f]{2})+)$/;

export const ceremonyVerify: CliCommand = {
  name: 'ceremony verify',
  summary: 'Check the signed transcript of a key ceremony, offline.',
  help: `registry ceremony verify --in SIGNED --witness ALG:KEY --witness ALG:KEY …

Checks that no step is missing or changed, that exactly these people signed, at least two, and that every key was made in its
token, cannot leave it and does one thing only. A witness is given as registry keys show tells it, e.g. ed25519:d75a98…

Prints {"operator","token","steps","keys"}: the keys that the ceremony left in the token; compare their kid with the
operator's /v1/jwks.json. The exit code is 1 with an error if anything does not hold. Needs no gateway.

Example: registry ceremony verify --in signed-2.json --witness ed25519:$ANN --witness ed25519:$BEN`,
  options: { in: 'text', witness: 'texts' },
  run: async ({ given }) => {
    const witnesses = several(given, 'witness').map(witness);
    const { transcript, keys } = checkCeremony(
      parseEnvelope(await readInput(required(given, 'in'))),
      witnesses,
    );
    const { operator, token, steps } = transcript;
    return {
      operator,
      token,
      steps: steps.map(({ n, at, action, text }) => ({ n, at, action, text })),
      keys,
    };
  },
};

function witness(text: string): VerificationKey {
  const [, name, publicKey] = WITNESS.exec(text) ?? [];
  const alg = ALGORITHMS.find((one) => one === name);
  if (alg === undefined || publicKey === undefined) {
    throw new ClientError('USAGE', `"${text}" is no witness; give ALG:KEY, e.g. ed25519:d75a98…`, {
      subject: 'witness',
    });
  }
  return { alg, publicKey, keyid: keyId(alg, publicKey) };
}
