import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ProcessIdentity } from './process-identity';

/** What is written when a process starts: enough to recognize it later and to see what it was started with. */
export interface PidRecord extends ProcessIdentity {
  readonly name: string;
  /** Name of the executable file, compared before anything is killed. */
  readonly program: string;
  /** Digest of command, environment and configuration: differs when the process runs with outdated settings. */
  readonly fingerprint: string;
  readonly startedAt: string;
}

const KEYS = ['name', 'program', 'fingerprint', 'startedAt', 'startTicks', 'bootId'] as const;

export function writePidFile(file: string, record: PidRecord): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/** The record, or undefined when the file is absent or damaged (a damaged one names no process we could prove ours). */
export function readPidFile(file: string): PidRecord | undefined {
  try {
    return parsePidRecord(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

export function parsePidRecord(text: string): PidRecord | undefined {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Record<string, unknown>;
  const pid = record['pid'];
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid <= 1) return undefined;
  return KEYS.every((key) => typeof record[key] === 'string') ? (record as unknown as PidRecord) : undefined;
}

export function removePidFile(file: string): void {
  rmSync(file, { force: true });
}
