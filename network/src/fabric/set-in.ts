type Mutable = Record<string, unknown>;

/**
 * Sets a value in a parsed configuration by its dotted path. Every part but the last must exist already: a misspelt
 * setting of Fabric would otherwise be ignored in silence.
 */
export function setIn(config: unknown, path: string, value: unknown): void {
  const parts = path.split('.');
  const last = parts.pop() ?? '';
  let at = config as Mutable;
  for (const part of parts) {
    const next = at[part];
    if (typeof next !== 'object' || next === null)
      throw new Error(`Fabric's sample configuration has no ${path}`);
    at = next as Mutable;
  }
  at[last] = value;
}

/** Sets many values; keys are dotted paths. */
export function setAll(config: unknown, values: Readonly<Record<string, unknown>>): void {
  for (const [path, value] of Object.entries(values)) setIn(config, path, value);
}
