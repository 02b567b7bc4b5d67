/** A ledger document, read with care: it is canonical JSON of our chaincode, but only the ledger vouches for that. */
export type Document = Readonly<Record<string, unknown>>;

export function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text member, null when absent or of another type. */
export function text(document: Document, name: string): string | null {
  const value = document[name];
  return typeof value === 'string' ? value : null;
}

/** An integer member, null when absent or of another type. */
export function integer(document: Document, name: string): number | null {
  const value = document[name];
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

export function flag(document: Document, name: string): boolean | null {
  const value = document[name];
  return typeof value === 'boolean' ? value : null;
}

/** An object member, {} when absent or of another type. */
export function part(document: Document, name: string): Document {
  const value = document[name];
  return isDocument(value) ? value : {};
}

/** The objects of a list member, [] when absent or of another type. */
export function parts(document: Document, name: string): Document[] {
  const value = document[name];
  return Array.isArray(value) ? value.filter(isDocument) : [];
}
