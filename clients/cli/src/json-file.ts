import { type JsonValue, parseStrictJson } from '@maker-registry/protocol';
import { ClientError, messageOf } from '@maker-registry/sdk';
import { readInput } from './input-file';
import { MAX_INPUT_BYTES } from './limits';

/** A JSON document from a file; schemas are checked where it is used. Throws FILE_UNREADABLE, USAGE. */
export async function readJsonFile(path: string): Promise<JsonValue> {
  const text = await readInput(path);
  try {
    return parseStrictJson(text, { maxBytes: MAX_INPUT_BYTES });
  } catch (error) {
    throw new ClientError('USAGE', `${path} is not JSON as the registry takes it: ${messageOf(error)}`, {
      subject: path,
      cause: error,
    });
  }
}
