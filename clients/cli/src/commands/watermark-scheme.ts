import { MAX_PARAMS_BYTES } from '@maker-registry/protocol';
import { required } from '@maker-registry/guard';
import { ClientError } from '@maker-registry/sdk';
import {
  committedTo,
  type OpenedScheme,
  readSchemeDocument,
  readyMadeSchemes,
} from '@maker-registry/watermark';
import { type CliCommand } from '../command';
import { readInput } from '../input-file';
import { writeNewFile } from '../new-file';
import { readWatermarkKey } from '../watermark/given-scheme';

export const watermarkScheme: CliCommand = {
  name: 'watermark scheme',
  summary: 'Write a scheme document that commits to your key.',
  help: `registry watermark scheme --from NAME|FILE --key FILE --scheme-id ID --out FILE

Takes a ready-made scheme (registry watermark schemes) or the document in a file, puts your scheme id and the commitment to your
key into it, and writes it to a new file: the document for registry scheme register. The key itself is not in it. Publish the
document as it is; a changed one has another commitment, and marks are found under their own id and key only.

Example: registry watermark scheme --from image-fourier-1 --key mark.key --scheme-id my-marks-1 --out P.json`,
  options: { from: 'text', key: 'text', 'scheme-id': 'text', out: 'text' },
  run: async ({ given }, context) => {
    const { document, scheme } = await origin(required(given, 'from'));
    const key = await readWatermarkKey(required(given, 'key'), context);
    const committed = committedTo(document, required(given, 'scheme-id'), key);
    const file = required(given, 'out');
    await writeNewFile(file, `${JSON.stringify(committed, null, 2)}\n`);
    return {
      scheme_id: committed.scheme_id,
      key_commitment: committed.key_commitment,
      medium: scheme.medium,
      detector: { name: scheme.name, version: scheme.version },
      payload_bits: scheme.payloadBits(committed),
      file,
    };
  },
};

/** A name has neither a folder nor an ending, a file has one of them. */
async function origin(from: string): Promise<OpenedScheme> {
  if (/[/.]/.test(from)) return readSchemeDocument(await readInput(from, MAX_PARAMS_BYTES));
  const known = await readyMadeSchemes();
  const found = known.find(({ name }) => name === from);
  if (found !== undefined) return found;
  const names = known.map(({ name }) => name).join(', ');
  throw new ClientError(
    'USAGE',
    `"${from}" is no ready-made scheme. There are: ${names}. A file is named with its path.`,
    {
      subject: 'from',
    },
  );
}
