/** A key of the registry's chaincode: the kind of object and what names it. */
export interface LedgerKey {
  readonly kind: string;
  readonly id: readonly string[];
}

const SEPARATOR = '\u0000';

/** Splits Fabric's composite key: U+0000, then kind and parts each followed by U+0000; null for any other key. */
export function splitLedgerKey(key: string): LedgerKey | null {
  if (!key.startsWith(SEPARATOR) || !key.endsWith(SEPARATOR)) return null;
  const [kind, ...id] = key.slice(1, -1).split(SEPARATOR);
  return kind === undefined || kind === '' ? null : { kind, id };
}
