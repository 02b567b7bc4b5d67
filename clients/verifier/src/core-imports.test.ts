import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files of the core: everything but the edge, tests and their support. */
function coreFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['edge', 'testing'].includes(entry.name) ? [] : coreFiles(path);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') && entry.name !== 'index.ts'
      ? [path]
      : [];
  });
}

describe('the core of the verifier', () => {
  it.each(coreFiles(__dirname))('%s needs nothing that a browser has not', (path) => {
    const imports = [...readFileSync(path, 'utf8').matchAll(/from '([^']+)'/g)].map(([, name]) => name);
    for (const name of imports)
      expect(name).toMatch(/^(\.{1,2}\/(?!.*edge\/)|@maker-registry\/(?:protocol|fabric-proofs)$)/);
  });
});
