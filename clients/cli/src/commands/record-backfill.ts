import { MAX_MODEL_KEYS, recordAttestation } from '@maker-registry/protocol';
import { readAttestationKeyFile, signDigest } from '@maker-registry/sdk';
import { required } from '@maker-registry/guard';
import { readClaim } from '../claim-files';
import { requiredNumber } from '../given-members';
import { intentCommand } from '../shapes';

export const recordBackfill = intentCommand({
  name: 'record backfill',
  summary: 'Register a claim that a retired key signed.',
  usage: '--claim FILE --key-version N --attestation-key FILE',
  about: `--key-version is the retired key that signed the claim, --attestation-key the model's current one: it vouches for
the claim with a signature over the same digest. The record stays marked as backfilled.`,
  example: '--claim claim.json --key-version 1 --attestation-key model.key.json',
  options: { claim: 'text', 'key-version': 'text', 'attestation-key': 'text' },
  type: 'record.backfill',
  body: async (given) => {
    const { claim: record } = await readClaim(required(given, 'claim'));
    const key = await readAttestationKeyFile(required(given, 'attestation-key'));
    return {
      record,
      key_version: requiredNumber(given, 'key-version', MAX_MODEL_KEYS, 1),
      cosignature: await signDigest(key, recordAttestation(record).digest),
    };
  },
});
