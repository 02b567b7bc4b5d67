import { documentHash, sha256Hex } from '../encoding/hash';
import { MAX_LIST_EXTENSIONS, MAX_LIST_NUMBER, MAX_LIST_PARTITIONS } from '../limits';
import { closedObject, HEX32, type JsonSchema, oneOf, uniqueList, UNIX_TIME } from '../schemas/primitives';
import { LIST_SCOPES, type ListScope } from './scopes';

/** The ledger entry that a list was made at. */
export interface ListAnchor {
  /** Hash of the entry in the ledger's revocation chain. */
  readonly hash: string;
  readonly tx_id: string;
  /** Unix seconds. */
  readonly at: number;
}

export interface ListPartition {
  readonly count: number;
  /** RFC 6962 root over the partition's entries, hex. */
  readonly root: string;
}

/**
 * The list of one scope, as operators sign its digest: a pure function of the ledger's revocation entries 1 … `number`. It has
 * no issuer and no clock, so every operator derives the same bytes, at once or years later.
 */
export interface ListHeader {
  readonly v: 1;
  /** Genesis hash: names consortium and channel. */
  readonly network: string;
  readonly scope: ListScope;
  /** Ledger number of the newest entry of this scope; 0 without one. */
  readonly number: number;
  /** `chain` of the list before. */
  readonly previous: string;
  /** Names this list in the chain of the scope's lists; see `chainLink`. */
  readonly chain: string;
  /** Absent where `number` is 0. */
  readonly anchor?: ListAnchor;
  /** Entries in force. */
  readonly count: number;
  readonly partitions: readonly ListPartition[];
  /** Names of `extensions` without which the list must not be used. */
  readonly critical?: readonly string[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

const COUNTER: JsonSchema = { type: 'integer', minimum: 0, maximum: MAX_LIST_NUMBER };
const EXTENSION_NAME = '^[a-z][a-z0-9_]{0,63}$';

export const LIST_HEADER: JsonSchema = closedObject(
  {
    v: { type: 'integer', const: 1 },
    network: HEX32,
    scope: oneOf(LIST_SCOPES),
    number: COUNTER,
    previous: HEX32,
    chain: HEX32,
    anchor: closedObject({
      hash: HEX32,
      tx_id: { type: 'string', minLength: 1, maxLength: 128 },
      at: UNIX_TIME,
    }),
    count: COUNTER,
    partitions: {
      type: 'array',
      minItems: 1,
      maxItems: MAX_LIST_PARTITIONS,
      items: closedObject({ count: COUNTER, root: HEX32 }),
    },
    critical: uniqueList({ type: 'string', pattern: EXTENSION_NAME }, 0, MAX_LIST_EXTENSIONS),
    extensions: {
      type: 'object',
      propertyNames: { pattern: EXTENSION_NAME },
      maxProperties: MAX_LIST_EXTENSIONS,
    },
  },
  ['anchor', 'critical', 'extensions'],
);

/** The digest that operators vouch for, hex. */
export function listDigest(header: ListHeader): string {
  return documentHash(header);
}

/**
 * The name of a list in its scope's chain: over the name of the list before and the hash of the ledger entry that made this
 * one. A list is a function of the entries up to its number, so this names its whole past.
 */
export function chainLink(previous: string, entryHash: string): string {
  // The canonical form of [previous, entryHash]: both are hex.
  return sha256Hex(`["${previous}","${entryHash}"]`);
}
