import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import {
  assertSchema,
  canonicalize,
  isPlainObject,
  type OperatorsDocument,
  parseSeenRegistryLists,
  parseStrictJson,
  type SeenLists,
  type SeenRegistryLists,
  schemas,
} from '@maker-registry/protocol';
import { ClientError, fileError, messageOf } from '@maker-registry/sdk';
import { readInput } from './input-file';
import { operatorsFrom } from './pinned-document';

/** What a client has seen so far, and whom it believes: the state file of `registry list verify`. */
export interface ListState {
  readonly v: 1;
  readonly network: string;
  /** Pinned operators, in the form of the document that guard pin keeps; absent where they are named otherwise. */
  readonly operators?: readonly unknown[];
  /** How many operators have to vouch for a combined list. */
  readonly threshold?: number;
  /** Of combined lists. */
  readonly seen?: SeenRegistryLists;
  /** Of operators' own lists. */
  readonly own?: SeenLists;
}

/** A state file as read. */
export interface ReadState {
  readonly state: ListState;
  /** Undefined where the file pins none. */
  readonly operators: OperatorsDocument | undefined;
}

const OWNER_ONLY = 0o600;
const COUNTER = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;
const HEX32 = schemas.parts.hex32;
const SEEN_OWN = {
  type: 'object',
  additionalProperties: false,
  required: ['number', 'previous_hash', 'issuers'],
  properties: {
    number: COUNTER,
    previous_hash: HEX32,
    issuers: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['height', 'this_update', 'digest'],
        properties: { height: COUNTER, this_update: COUNTER, digest: HEX32 },
      },
    },
  },
} as const;
const STATE = {
  type: 'object',
  additionalProperties: false,
  required: ['v', 'network'],
  properties: {
    v: { type: 'integer', const: 1 },
    network: HEX32,
    operators: { type: 'array', items: { type: 'object' } },
    threshold: { type: 'integer', minimum: 1, maximum: 64 },
    seen: { type: 'object' },
    own: SEEN_OWN,
  },
} as const;

/** Reads a state file. Throws FILE_UNREADABLE, CONFIGURATION. */
export async function readListState(path: string): Promise<ReadState> {
  const bytes = await readInput(path);
  try {
    const value = parseStrictJson(bytes);
    assertSchema(STATE, value);
    const state = value as unknown as ListState;
    if (state.seen !== undefined) parseSeenRegistryLists(state.seen);
    return { state, operators: pinnedIn(state, path) };
  } catch (cause) {
    if (cause instanceof ClientError) throw cause;
    throw new ClientError('CONFIGURATION', `${path} is no state of lists: ${messageOf(cause)}`, {
      subject: path,
      cause,
    });
  }
}

function pinnedIn({ network, operators }: ListState, path: string): OperatorsDocument | undefined {
  return operators === undefined
    ? undefined
    : operatorsFrom(canonicalize({ v: 1, network, operators }), path);
}

/** Replaces a state file: a crash leaves the old or the new one, never a part. Throws FILE_UNWRITABLE. */
export async function writeListState(path: string, state: ListState): Promise<void> {
  const temporary = `${path}.${process.pid}.new`;
  try {
    // Only a file of our own: where others may write too, somebody could have laid a link there.
    const handle = await open(temporary, 'wx', OWNER_ONLY);
    try {
      await writeDown(handle, state);
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  } catch (error) {
    throw fileError(error, path, 'FILE_UNWRITABLE');
  }
}

/** On the disk before the rename: else a loss of power could leave an empty file in the old one's place. */
async function writeDown(handle: FileHandle, state: ListState): Promise<void> {
  try {
    await handle.writeFile(`${JSON.stringify(state, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether a text is an operator's own list: an envelope, not a document with several. */
export function isOwnList(text: string): boolean {
  const value: unknown = text.startsWith('{') ? firstLevel(text) : undefined;
  return isPlainObject(value) && 'payloadType' in value;
}

function firstLevel(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
