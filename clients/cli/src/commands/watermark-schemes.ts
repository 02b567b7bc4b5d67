import { readyMadeSchemes } from '@maker-registry/watermark';
import { type CliCommand } from '../command';

export const watermarkSchemes: CliCommand = {
  name: 'watermark schemes',
  summary: 'List the ready-made watermark schemes.',
  help: `registry watermark schemes

Lists the scheme documents that come with this software: name (for registry watermark scheme --from), medium, detector with
its version, payload bits, whether this software embeds the mark, and whether the mark is robust. What is not robust is metadata:
any cleaner removes it, and it never counts as evidence.

Example: registry watermark schemes`,
  options: {},
  run: async () => ({
    schemes: (await readyMadeSchemes()).map(({ name, document, scheme }) => ({
      ...{ name, medium: scheme.medium, detector: scheme.name, version: scheme.version },
      payload_bits: scheme.payloadBits(document),
      embeds: scheme.embed !== undefined,
      robust: scheme.robust,
    })),
  }),
};
