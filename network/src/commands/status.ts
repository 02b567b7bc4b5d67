import type { Site } from '../site.js';
import { collectStatus } from '../status/collect.js';
import { renderStatus } from '../status/render.js';
import type { Print } from '../steps/run-steps.js';

/** Prints the state of the network; the exit code is 1 when something is wrong. */
export async function status(site: Site, print: Print): Promise<void> {
  const { text, healthy } = renderStatus(await collectStatus(site), Date.now());
  print(text);
  if (!healthy) process.exitCode = 1;
}
