/**
 * Builds dist/bundle.cjs: the whole chaincode service in one CommonJS file that needs only Node.
 *
 * An operator must be able to rebuild the very bytes that the others run, wherever his working copy lies. So everything
 * is taken from sources and the lock file, paths are relative to the repository, comments (which carry paths) are
 * dropped, and nothing of the machine, the moment or the environment is compiled in.
 *
 * `node scripts/bundle.mjs [OUTPUT [ENTRY]]` builds elsewhere, or another entry of src/ (replay.ts, sample.ts).
 */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const room = dirname(dirname(fileURLToPath(import.meta.url)));
const repository = dirname(room);
const [output = join(room, 'dist', 'bundle.cjs'), entry = 'main.ts'] = process.argv.slice(2);

const result = await build({
  absWorkingDir: repository,
  entryPoints: [`chaincode/src/${entry}`],
  alias: { '@maker-registry/protocol': './libs/protocol/src/index.ts' },
  bundle: true,
  write: false,
  platform: 'node',
  format: 'cjs',
  target: 'node20.19',
  charset: 'utf8',
  legalComments: 'none',
  minifyWhitespace: true,
  sourcemap: false,
  tsconfigRaw: { compilerOptions: { target: 'ES2023', useDefineForClassFields: true } },
  logLevel: 'warning',
});

const bytes = result.outputFiles[0].contents;
await mkdir(dirname(output), { recursive: true });
await writeFile(output, bytes);
const digest = createHash('sha256').update(bytes).digest('hex');
process.stdout.write(`${digest}  ${output} (${bytes.length} bytes)\n`);
