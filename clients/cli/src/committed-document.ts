import { type JsonSchema } from '@maker-registry/protocol';
import { ClientError } from '@maker-registry/sdk';
import { type Given, optional, required } from '@maker-registry/guard';
import { readInput, readInputObject } from './input-file';

/** What a commitment is over: parts of fixed form, and the document itself. */
export interface CommittedParts {
  /** Members beside the document's, with their forms. */
  readonly fixed: Readonly<Record<string, JsonSchema>>;
  /** Members that the document consists of; any JSON. */
  readonly document: readonly string[];
  /** These members from the bytes of a file of their own. */
  readonly read: (bytes: Uint8Array) => Readonly<Record<string, unknown>>;
}

/**
 * The parts of a commitment from --in, where the document may stand in a file of its own: --document. Throws USAGE when
 * it is given twice, since two copies may differ.
 */
export async function readCommitted(given: Given, parts: CommittedParts): Promise<Record<string, unknown>> {
  const path = optional(given, 'document');
  const members = { ...parts.fixed, ...Object.fromEntries(parts.document.map((name) => [name, {}])) };
  const input = await readInputObject(required(given, 'in'), {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(path === undefined ? members : parts.fixed),
    properties: members,
  });
  if (path === undefined) return input;
  const twice = parts.document.find((name) => Object.hasOwn(input, name));
  if (twice !== undefined) {
    throw new ClientError('USAGE', `Give ${twice} in --in or in --document, not in both.`, {
      subject: 'document',
    });
  }
  return { ...input, ...parts.read(await readInput(path)) };
}
