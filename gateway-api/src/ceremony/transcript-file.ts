import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { canonicalize, type CeremonyTranscript, parseCeremony } from '@maker-registry/protocol';
import { CeremonyError } from './ceremony-error';

/** Reads a transcript and checks its chain. Throws RegistryError, or the file system's error. */
export function readTranscript(path: string): CeremonyTranscript {
  return parseCeremony(readFileSync(path));
}

/** Writes a transcript so that after a power failure the file is the old one or the new one, never half of it. */
export function writeTranscript(path: string, transcript: CeremonyTranscript): void {
  const beside = `${path}.new`;
  const file = openSync(beside, 'w', 0o600);
  try {
    writeFileSync(file, canonicalize(transcript));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
}

/** A new transcript never takes the place of another. */
export function assertAbsent(path: string): void {
  if (existsSync(path)) throw new CeremonyError(`${path} exists; a ceremony begins with a new transcript.`);
}
