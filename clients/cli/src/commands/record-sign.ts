import { readAttestationKeyFile, signClaim } from '@maker-registry/sdk';
import { required } from '@maker-registry/guard';
import { type CliCommand } from '../command';
import { claimFromOptions } from '../record-claim';

export const recordSign: CliCommand = {
  name: 'record sign',
  summary: 'Sign a claim that your model made a content.',
  help: `registry record sign FILE|--content-hash HASH --model REF --scheme REF --attestation-key FILE
    [--parent HASH [--parent-model REF]] [--nonce HEX] [--time UNIX_SECONDS]
    [--context-hash HEX | --policy FILE [--context HEX]]

Prints the claim; nothing is submitted: registry record register. Needs no gateway. FILE is the content, of which the hash
counts. --parent is the content it derives from, and --parent-model whose record of it where several models have one. --nonce
is 32 bytes, random unless given: a watermark's payload is its leading bits, so draw it before embedding. --time is now
unless given. --policy binds the record to the terms of a file as for policy set: its first policy can then be no other.

Example: registry record sign picture.png --model $MODEL --scheme $SCHEME --attestation-key model.key.json > claim.json`,
  options: {
    'content-hash': 'text',
    model: 'text',
    scheme: 'text',
    'attestation-key': 'text',
    parent: 'text',
    'parent-model': 'text',
    nonce: 'text',
    time: 'text',
    'context-hash': 'text',
    policy: 'text',
    context: 'text',
  },
  takesWords: true,
  run: async ({ given, rest }) => {
    const key = await readAttestationKeyFile(required(given, 'attestation-key'));
    return signClaim(await claimFromOptions(given, rest), key);
  },
};
