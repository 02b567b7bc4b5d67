import { readContentKeyFile, required, wholeNumber, writeKeyShareFile } from '@maker-registry/guard';
import { MAX_OPERATORS, MIN_KEY_THRESHOLD } from '@maker-registry/protocol';
import { sharingOf, splitContentKey } from '@maker-registry/sdk';
import { type CliCommand } from '../command';

export const keySplit: CliCommand = {
  name: 'key split',
  summary: 'Split a content key among operators.',
  help: `registry key split --key FILE --threshold K --operators MSP_ID,MSP_ID,… --out FILE

Splits the content key so that any K of the named operators release it together and fewer can't, nor can who steals from
fewer. High risk classes ask for it. --out is a new file, readable by you alone, for registry key commit --shares (or key
rotate) and registry key deposit --shares; delete it after the deposits. Prints what the ledger will be told.`,
  options: { key: 'text', threshold: 'text', operators: 'text', out: 'text' },
  run: async ({ given }) => {
    const bounds = { min: MIN_KEY_THRESHOLD, max: MAX_OPERATORS };
    const threshold = wholeNumber(required(given, 'threshold'), 'threshold', bounds);
    const operators = required(given, 'operators')
      .split(',')
      .map((one) => one.trim());
    const { artifactId, keyVersion, contentKey } = await readContentKeyFile(required(given, 'key'));
    try {
      const shares = await splitContentKey(contentKey, threshold, operators);
      try {
        await writeKeyShareFile(required(given, 'out'), { artifactId, keyVersion, threshold, shares });
        return {
          artifact_id: artifactId,
          key_version: keyVersion,
          sharing: sharingOf(artifactId, threshold, shares),
        };
      } finally {
        for (const { share } of shares) share.fill(0);
      }
    } finally {
      contentKey.fill(0);
    }
  },
};
