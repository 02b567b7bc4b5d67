import { readFileSync } from 'node:fs';
import { ConfigError } from './config-error';

export type Environment = Readonly<Record<string, string | undefined>>;

interface Range {
  readonly min: number;
  readonly max: number;
}

/** Reads typed settings from environment variables; an empty variable counts as absent. Every error names its variable. */
export class EnvironmentReader {
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  optional(name: string): string | undefined {
    const value = this.#environment[name]?.trim();
    return value === '' ? undefined : value;
  }

  text(name: string, fallback?: string): string {
    const value = this.optional(name) ?? fallback;
    if (value === undefined) throw new ConfigError(name, 'is required');
    return value;
  }

  integer(name: string, range: Range, fallback?: number): number {
    const text = this.optional(name);
    if (text === undefined) {
      if (fallback === undefined) throw new ConfigError(name, 'is required');
      return fallback;
    }
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= range.min && value <= range.max)) {
      throw new ConfigError(name, `must be a whole number from ${range.min} to ${range.max}, not "${text}"`);
    }
    return value;
  }

  choice<T extends string>(name: string, options: readonly T[], fallback: T): T {
    const text = this.optional(name) ?? fallback;
    const found = options.find((option) => option === text);
    if (found === undefined)
      throw new ConfigError(name, `must be one of ${options.join(', ')}, not "${text}"`);
    return found;
  }

  flag(name: string, fallback: boolean): boolean {
    return this.choice(name, ['true', 'false'], fallback ? 'true' : 'false') === 'true';
  }

  url(name: string, protocols: readonly string[], fallback?: string): URL {
    const text = this.text(name, fallback);
    if (!URL.canParse(text)) throw new ConfigError(name, 'must be a URL');
    const url = new URL(text);
    if (!protocols.includes(url.protocol)) {
      throw new ConfigError(name, `must be a URL of scheme ${protocols.join(' or ')}`);
    }
    return url;
  }
}

/** Reads a file that a setting names; the error says which setting, which file and why. */
export function readSettingFile(setting: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(setting, `the file can't be read: ${reason}`, { cause });
  }
}
