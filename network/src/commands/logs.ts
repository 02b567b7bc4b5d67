import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LOGS_LINES } from '../limits';
import { NetworkError } from '../network-error';
import { logTail } from '../process/log-tail';
import type { Site } from '../site';
import type { Print } from '../steps/run-steps';

/** Shows the end of one log, or of all. */
export function logs(site: Site, name: string | undefined, print: Print): void {
  const folder = join(site.paths.run, 'logs');
  const files = listing(folder).filter((file) => name === undefined || file === `${name}.log`);
  if (files.length === 0)
    throw new NetworkError(
      `There is no log ${name === undefined ? 'yet' : `of ${name}`}.`,
      `Look into ${folder}.`,
    );
  for (const file of files) {
    print(`── ${join(folder, file)}`);
    print(logTail(join(folder, file), LOGS_LINES));
  }
}

function listing(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
