import { type CliCommand } from '../command';
import { oneWord } from '../words';
import { rootDigest } from '../root-digest';

export const digest: CliCommand = {
  name: 'digest',
  summary: 'Compute the root digest of a model’s folder or file.',
  help: `registry digest PATH [--files]

The root digest of OpenSSF Model Signing: SHA-256 over the SHA-256 digests of all files, sorted by name. Entries named
.git* at the top do not count; symbolic links are refused. With --files it also lists every file's digest.`,
  options: { files: 'switch' },
  takesWords: true,
  run: async ({ given, rest }) => {
    const { root_digest, files } = await rootDigest(oneWord(rest, 'folder or file'));
    return given['files'] === true ? { root_digest, files } : { root_digest, files: files.length };
  },
};
