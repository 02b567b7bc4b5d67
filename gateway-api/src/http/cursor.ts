import { RegistryError } from '@maker-registry/protocol';
import { MAX_CURSOR_LENGTH } from '../limits';

/** A place in a listing: the values of the ordering columns of the last row of a page. */
export type CursorValues = readonly (string | number)[];

/** Opaque to clients; changes of form are ours to make. */
export function encodeCursor(values: CursorValues): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/**
 * @param form The type of each value.
 * @throws RegistryError SCHEMA_VIOLATION when the text is no cursor of this listing.
 */
export function decodeCursor(text: string, form: readonly ('string' | 'number')[]): CursorValues {
  const values = text.length <= MAX_CURSOR_LENGTH ? parse(text) : undefined;
  if (
    !Array.isArray(values) ||
    values.length !== form.length ||
    !form.every((type, n) => fits(values[n], type))
  ) {
    throw new RegistryError('SCHEMA_VIOLATION', 'The cursor is not one that this listing gave.', {
      subject: '/query/cursor',
    });
  }
  return values as CursorValues;
}

/** PostgreSQL has no text with a zero character: it would fail there, as a fault of the gateway. */
function fits(value: unknown, type: 'string' | 'number'): boolean {
  return type === 'number' ? Number.isSafeInteger(value) : typeof value === 'string' && !value.includes('\0');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
