import { MAX_MODEL_KEYS, MAX_UNIX_TIME } from '@maker-registry/protocol';
import { required } from '@maker-registry/guard';
import { requiredNumber } from '../given-members';
import { intentCommand } from '../shapes';

export const modelCompromise = intentCommand({
  name: 'model compromise',
  summary: 'Say since when an attestation key of your model cannot be relied on.',
  usage: '--model REF --key-version N --from UNIX_SECONDS',
  about: `Records under that key from then on show the risk key-compromised; none vanishes. A current key stops being
current: no records until you rotate. The time can be set earlier later on, never later.`,
  example: '--model $MODEL --key-version 1 --from 1790000000',
  options: { model: 'text', 'key-version': 'text', from: 'text' },
  type: 'model.compromise',
  body: (given) => ({
    model_ref: required(given, 'model'),
    key_version: requiredNumber(given, 'key-version', MAX_MODEL_KEYS, 1),
    from: requiredNumber(given, 'from', MAX_UNIX_TIME),
  }),
});
