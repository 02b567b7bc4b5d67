import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { NetworkError } from './network-error';

export type Fields = Readonly<Record<string, unknown>>;

function wrong(at: string, expected: string): NetworkError {
  return new NetworkError(`${at}: expected ${expected}.`, `Correct ${at.split(':')[0] ?? at}.`);
}

/** Reads a YAML file whose top level is a mapping. */
export function readYaml(file: string): Fields {
  let value: unknown;
  try {
    value = parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new NetworkError(`${file} cannot be read as YAML.`, 'Correct its syntax.', { cause });
  }
  return fields(value, file);
}

export function fields(value: unknown, at: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(at, 'a mapping');
  return value as Fields;
}

/** Refuses keys that nobody reads: a misspelt setting must not pass silently. */
export function onlyKeys(value: Fields, at: string, known: readonly string[]): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw wrong(`${at}/${key}`, `one of ${known.join(', ')}`);
  }
}

export function list(value: unknown, at: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(at, 'a list');
  return value;
}

export function text(value: unknown, at: string): string {
  if (typeof value !== 'string' || value.length === 0) throw wrong(at, 'a text');
  return value;
}

export function optionalText(value: unknown, at: string): string | undefined {
  return value === undefined ? undefined : text(value, at);
}

export function texts(value: unknown, at: string): readonly string[] {
  return list(value, at).map((item, index) => text(item, `${at}/${index}`));
}

/** A name that is safe in file names, certificate subjects and policy expressions. */
export function slug(value: unknown, at: string): string {
  const name = text(value, at);
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(name)) throw wrong(at, 'a lower-case name ([a-z][a-z0-9-]*)');
  return name;
}

export function integer(value: unknown, at: string, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    throw wrong(at, `a whole number from ${min} to ${max}`);
  }
  return value;
}

export function oneOf<T extends string>(value: unknown, at: string, allowed: readonly T[]): T {
  const found = allowed.find((item) => item === value);
  if (found === undefined) throw wrong(at, `one of ${allowed.join(', ')}`);
  return found;
}

const DURATION = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** A duration in Go's notation (`200ms`, `3m0s`), unchanged, since Fabric reads the same. */
export function duration(value: unknown, at: string): string {
  const written = text(value, at);
  durationMs(written, at);
  return written;
}

/** Milliseconds of a duration in Go's notation. */
export function durationMs(written: string, at = 'duration'): number {
  const match = DURATION.exec(written);
  if (match === null || written === '') throw wrong(at, 'a duration such as 200ms, 5s or 3m0s');
  const [hours, minutes, seconds, millis] = match
    .slice(1)
    .map((part) => Number((part as string | undefined) ?? 0));
  return (((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000 + (millis ?? 0);
}
