import { MAX_UNIX_TIME } from '@maker-registry/protocol';
import { attestationKeyBody, readAttestationKeyFile } from '@maker-registry/sdk';
import { optional, required } from '@maker-registry/guard';
import { optionalNumber } from '../given-members';
import { intentCommand } from '../shapes';

export const modelRotate = intentCommand({
  name: 'model rotate',
  summary: 'Put a new attestation key of your model in force.',
  usage: `--model REF --attestation-key FILE [--reason rotation|compromise]
    [--from UNIX_SECONDS]`,
  about: `--attestation-key is the new key. Records under the old one stay valid. With --reason compromise the old key
cannot be relied on --from then on, or from now on.`,
  example: '--model $MODEL --attestation-key next.key.json',
  options: { model: 'text', 'attestation-key': 'text', reason: 'text', from: 'text' },
  type: 'model.rotate',
  body: async (given) => {
    const modelRef = required(given, 'model');
    const key = await readAttestationKeyFile(required(given, 'attestation-key'));
    const from = optionalNumber(given, 'from', MAX_UNIX_TIME);
    return {
      ...(await attestationKeyBody(modelRef, key)),
      model_ref: modelRef,
      reason: optional(given, 'reason') ?? 'rotation',
      ...(from === undefined ? {} : { compromised_from: from }),
    };
  },
});
