import { createReadStream } from 'node:fs';
import { assertSchema, type JsonSchema, parseStrictJson, RegistryError } from '@maker-registry/protocol';
import { fileError } from '@maker-registry/sdk';
import { MAX_INPUT_BYTES } from './limits';

const STDIN = '-';

/**
 * The bytes of an input file, or of standard input for `-`. It stops at the bound, so a pipe without an end does not fill
 * the memory. Throws FILE_UNREADABLE, TOO_LARGE.
 */
export async function readInput(path: string, maxBytes = MAX_INPUT_BYTES): Promise<Uint8Array> {
  const blocks: Buffer[] = [];
  let size = 0;
  try {
    for await (const block of path === STDIN ? process.stdin : createReadStream(path)) {
      const bytes = Buffer.from(block as Buffer);
      size += bytes.length;
      if (size > maxBytes) break;
      blocks.push(bytes);
    }
  } catch (error) {
    throw fileError(error, path, 'FILE_UNREADABLE');
  }
  if (size <= maxBytes) return new Uint8Array(Buffer.concat(blocks));
  const name = path === STDIN ? 'Standard input' : path;
  throw new RegistryError('TOO_LARGE', `${name} has more than ${maxBytes} bytes.`, { subject: path });
}

/**
 * The object in an input file, of the form of `schema`. Says why a text is refused with the protocol's own codes: the
 * JSON_ ones, TOO_LARGE and SCHEMA_VIOLATION.
 */
export async function readInputObject(path: string, schema: JsonSchema): Promise<Record<string, unknown>> {
  const value = parseStrictJson(await readInput(path), { maxBytes: MAX_INPUT_BYTES });
  assertSchema(schema, value);
  return value as Record<string, unknown>;
}
