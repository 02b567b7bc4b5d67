import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NetworkError } from '../network-error';
import type { Paths } from '../paths';
import type { Site } from '../site';

const profileFile = (paths: Paths): string => join(paths.run, 'profile');

/** The profile of the network whose state lies here, if there is one. */
export function existingProfile(paths: Paths): string | undefined {
  return existsSync(profileFile(paths)) ? readFileSync(profileFile(paths), 'utf8').trim() : undefined;
}

/** Remembers the profile. @throws NetworkError when the state belongs to a network of another one. */
export function claimProfile(site: Site): void {
  const { paths, topology } = site;
  const existing = existingProfile(paths);
  if (existing !== undefined && existing !== topology.profile) {
    throw new NetworkError(
      `The network in ${paths.run} has profile ${existing}, not ${topology.profile}.`,
      `Use PROFILE=${existing}, or run make reset first.`,
    );
  }
  mkdirSync(paths.run, { recursive: true });
  writeFileSync(profileFile(paths), `${topology.profile}\n`);
}
