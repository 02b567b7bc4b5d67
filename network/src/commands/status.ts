import type { Site } from '../site';
import { collectStatus } from '../status/collect';
import { renderStatus } from '../status/render';
import type { Print } from '../steps/run-steps';

/** Prints the state of the network; the exit code is 1 when something is wrong. */
export async function status(site: Site, print: Print): Promise<void> {
  const { text, healthy } = renderStatus(await collectStatus(site), Date.now());
  print(text);
  if (!healthy) process.exitCode = 1;
}
