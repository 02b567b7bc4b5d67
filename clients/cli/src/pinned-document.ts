import { join } from 'node:path';
import { type OperatorsDocument, parseOperators } from '@maker-registry/protocol';
import { ClientError, messageOf, systemCode } from '@maker-registry/sdk';
import { defaultStateDirectory, type Given, optional } from '@maker-registry/guard';
import { type CliContext } from './command';
import { readInput } from './input-file';

export const OPERATORS_HELP = `
  --operators FILE  document of pinned operators: network and public keys. Without it the one that guard pin keeps
                    (REGISTRY_OPERATORS, else operators.json in the guard's state directory)`;

/** The pinned operators that a command shall believe. Throws KEYS_NOT_PINNED, FILE_UNREADABLE, CONFIGURATION. */
export async function readOperators(given: Given, { environment }: CliContext): Promise<OperatorsDocument> {
  const named = optional(given, 'operators') ?? environment['REGISTRY_OPERATORS'];
  const path = named ?? join(defaultStateDirectory(environment), 'operators.json');
  return operatorsFrom(await bytesOf(path, named === undefined), path);
}

/** As a document of operators. Throws CONFIGURATION. */
export function operatorsFrom(input: string | Uint8Array, path: string): OperatorsDocument {
  try {
    return parseOperators(input);
  } catch (cause) {
    throw new ClientError('CONFIGURATION', `${path} is no document of operators: ${messageOf(cause)}`, {
      subject: path,
      cause,
    });
  }
}

async function bytesOf(path: string, isDefault: boolean): Promise<Uint8Array> {
  try {
    return await readInput(path);
  } catch (error) {
    if (!isDefault || !isMissing(error)) throw error;
    throw new ClientError(
      'KEYS_NOT_PINNED',
      'No operators are pinned. Name a document with --operators, or pin them with: registry guard pin',
      { subject: path, cause: error },
    );
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && systemCode(error.cause ?? error) === 'ENOENT';
}
