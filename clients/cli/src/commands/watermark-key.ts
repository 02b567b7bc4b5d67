import { randomBytes } from 'node:crypto';
import { required } from '@maker-registry/guard';
import { writeSecretFile } from '@maker-registry/sdk';
import { WatermarkKey } from '@maker-registry/watermark';
import { type CliCommand } from '../command';
import { WATERMARK_KEY_BYTES } from '../limits';

export const watermarkKey: CliCommand = {
  name: 'watermark key',
  summary: 'Make the secret key of a watermark scheme.',
  help: `registry watermark key --out FILE

Writes 32 random bytes in hex to a new file that only you can read, and prints their commitment, which scheme documents carry
(registry watermark scheme). Who has the key can forge, find and remove the marks: give it to your detectors and nobody else,
and keep a copy, for without it no mark is found.

Example: registry watermark key --out mark.key`,
  options: { out: 'text' },
  run: async ({ given }) => {
    const file = required(given, 'out');
    const bytes = randomBytes(WATERMARK_KEY_BYTES);
    await writeSecretFile(file, `${bytes.toString('hex')}\n`);
    return { key_commitment: new WatermarkKey(bytes).commitment(), file };
  },
};
