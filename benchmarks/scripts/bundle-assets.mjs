/** Builds dist/assets.cjs, the plain chaincode that the bench compares with, the way the registry's own is built. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const room = dirname(dirname(fileURLToPath(import.meta.url)));

await build({
  absWorkingDir: dirname(room),
  entryPoints: ['benchmarks/src/asset-chaincode/main.ts'],
  outfile: join(room, 'dist', 'assets.cjs'),
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20.19',
  legalComments: 'none',
  minifyWhitespace: true,
  logLevel: 'warning',
});
