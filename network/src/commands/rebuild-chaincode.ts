import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { committedDefinition } from '../chaincode/committed';
import { bundleDigest } from '../chaincode/package';
import { NetworkError } from '../network-error';
import { logFile } from '../paths';
import { runTool } from '../process/run-tool';
import type { Site } from '../site';
import type { Print } from '../steps/run-steps';

/**
 * Builds the bundle anew from this checkout, away from the working files, and compares its digest with the one the
 * channel agreed on: so an operator sees whether the code it reviewed is the code it serves.
 */
export async function rebuildChaincode(site: Site, print: Print): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'registry-bundle-'));
  try {
    const file = join(folder, 'bundle.cjs');
    await runTool({
      command: 'npm',
      args: ['run', '--silent', 'bundle', '--workspace', 'chaincode', '--', file],
      cwd: site.paths.root,
      log: logFile(site.paths, 'rebuild-chaincode'),
    });
    const digest = bundleDigest(readFileSync(file));
    print(`This checkout builds   ${digest}`);
    const committed = await committedDefinition(site, 1);
    if (committed === undefined) throw new NetworkError('The channel has no chaincode yet.', 'Run make up.');
    print(`The channel agreed on  ${committed.version} (sequence ${committed.sequence})`);
    if (digest !== committed.version) {
      throw new NetworkError(
        'They differ.',
        'Check out the sources the operators approved, or upgrade with make up.',
      );
    }
    print('They are the same.');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
