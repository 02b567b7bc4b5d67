import { isPlainObject } from '../encoding/strict-json';
import { RegistryError } from '../errors/registry-error';
import { MAX_LIST_NUMBER, MAX_OPERATORS } from '../limits';
import { type ListKey } from '../revocation-list/list-key';
import { closedObject, HEX32, type JsonSchema, MSP_ID, UNIX_TIME } from '../schemas/primitives';
import { assertSchema } from '../schemas/validate';
import { LIST_SCOPES, type ListScope } from './scopes';

/** The newest list of a scope that a client has accepted. */
export interface SeenList {
  readonly number: number;
  readonly digest: string;
  readonly chain: string;
  /** Key ids of the operators that vouched for it. */
  readonly signers: readonly string[];
  /** How many had to. */
  readonly threshold: number;
}

/** The newest statement of one operator that a client has accepted. */
export interface SeenStatement {
  readonly keyid: string;
  readonly height: number;
  readonly this_update: number;
  /** SHA-256 of the payload, hex. */
  readonly digest: string;
}

/** What a client keeps of combined lists. Keep it where a reboot does not lose it. */
export interface SeenRegistryLists {
  readonly v: 1;
  readonly network: string;
  readonly scopes: Readonly<Partial<Record<ListScope, SeenList>>>;
  /** By MSP id. */
  readonly issuers: Readonly<Record<string, SeenStatement>>;
}

const COUNTER: JsonSchema = { type: 'integer', minimum: 0, maximum: MAX_LIST_NUMBER };
const SEEN_LIST = closedObject({
  number: COUNTER,
  digest: HEX32,
  chain: HEX32,
  signers: { type: 'array', items: HEX32, maxItems: MAX_OPERATORS },
  threshold: { type: 'integer', minimum: 1, maximum: MAX_OPERATORS },
});

export const SEEN_REGISTRY_LISTS: JsonSchema = closedObject({
  v: { type: 'integer', const: 1 },
  network: HEX32,
  scopes: closedObject(Object.fromEntries(LIST_SCOPES.map((scope) => [scope, SEEN_LIST])), LIST_SCOPES),
  issuers: {
    type: 'object',
    propertyNames: MSP_ID,
    maxProperties: MAX_OPERATORS,
    additionalProperties: closedObject({
      keyid: HEX32,
      height: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
      this_update: UNIX_TIME,
      digest: HEX32,
    }),
  },
});

/** A stored state as such. Throws SCHEMA_VIOLATION. */
export function parseSeenRegistryLists(value: unknown): SeenRegistryLists {
  if (!isPlainObject(value)) throw new RegistryError('SCHEMA_VIOLATION', 'The state is not an object.');
  assertSchema(SEEN_REGISTRY_LISTS, value);
  return value as unknown as SeenRegistryLists;
}

/**
 * What of a state still binds, given the keys pinned now. A list counts while as many keys as had to vouch for it are still
 * pinned; an operator's statement while its key is. An attacker who had an operator's key and signed a number far ahead must not
 * lock clients out for ever: when the operators replace their keys, what rests on the old ones is forgotten, as TUF forgets
 * versions when a role's keys rotate.
 */
export function stillBinding(
  seen: SeenRegistryLists,
  keys: readonly ListKey[],
): { readonly seen: SeenRegistryLists; readonly dropped: readonly string[] } {
  const pinned = new Set(keys.map(({ keyid }) => keyid));
  const dropped: string[] = [];
  const kept = <Item>(
    items: Readonly<Record<string, Item>>,
    binds: (item: Item) => boolean,
  ): Record<string, Item> =>
    Object.fromEntries(
      Object.entries(items).filter(([name, item]) => {
        if (!binds(item)) dropped.push(name);
        return binds(item);
      }),
    );
  const scopes = kept(
    seen.scopes as Readonly<Record<string, SeenList>>,
    ({ signers, threshold }) => signers.filter((keyid) => pinned.has(keyid)).length >= threshold,
  );
  const issuers = kept(seen.issuers, ({ keyid }) => pinned.has(keyid));
  return { seen: { ...seen, scopes, issuers }, dropped };
}
