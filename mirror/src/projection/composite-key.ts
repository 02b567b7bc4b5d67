/** A ledger key of ours: the kind of object and what names it. */
export interface CompositeKey {
  readonly type: string;
  readonly attributes: readonly string[];
}

const SEPARATOR = '\u0000';

/**
 * Splits Fabric's composite key: U+0000, then type and attributes each followed by U+0000.
 * @returns null for a key that is not composite
 */
export function parseCompositeKey(key: string): CompositeKey | null {
  if (!key.startsWith(SEPARATOR) || !key.endsWith(SEPARATOR) || key.length < 2) return null;
  const [type, ...attributes] = key.slice(1, -1).split(SEPARATOR);
  return type === undefined || type === '' ? null : { type, attributes };
}
