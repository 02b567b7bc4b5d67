import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeFile } from '../compose/compose-document';
import type { Site } from '../site';
import type { Print } from '../steps/run-steps';

/** Writes compose.yaml at the root. */
export function compose(site: Site, print: Print): void {
  const file = join(site.paths.root, 'compose.yaml');
  writeFileSync(file, composeFile(site.topology));
  print(`Wrote ${file} for profile ${site.topology.profile}.`);
}
