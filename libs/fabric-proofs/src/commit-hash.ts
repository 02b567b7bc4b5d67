import { equalBytes, hex, sha256 } from './digests';
import { ProofError } from './errors';
import { type CollectionWrites, type NamespaceRwSet } from './rwset';
import { bytesField, uvarint } from './wire-writer';

/** A valid transaction of a block and what it wrote. */
export interface ValidTransaction {
  readonly txIndex: number;
  readonly rwSets: readonly NamespaceRwSet[];
}

/** The change a block makes to one key. */
export interface StateUpdate {
  readonly namespace: string;
  /** '' for public state; else `key` and `value` are hashes. */
  readonly collection: string;
  readonly key: Buffer;
  /** null: deleted. */
  readonly value: Uint8Array | null;
  /** The transaction whose version the key then has. */
  readonly txIndex: number;
}

/** Names a key whose current value is needed: its metadata changes and its value stays. */
export interface StateKey {
  readonly namespace: string;
  readonly collection: string;
  readonly key: Buffer;
}

/** The value a key has before the block; undefined when it does not exist. */
export type CurrentValue = (key: StateKey) => Uint8Array | undefined;

const EMPTY_HASH = sha256();

function id(namespace: string, collection: string, key: Buffer): string {
  return `${namespace}\u0000${collection}\u0000${key.toString('hex')}`;
}

/** Text form of a key, for maps. */
export function stateKeyId({ namespace, collection, key }: StateKey): string {
  return id(namespace, collection, key);
}

/** Collects the changes of one block, the last write of a key winning. */
class Updates {
  readonly #updates = new Map<string, StateUpdate>();
  readonly #current: CurrentValue;

  constructor(current: CurrentValue) {
    this.#current = current;
  }

  add(transaction: ValidTransaction): void {
    for (const rwSet of transaction.rwSets) {
      // The empty namespace holds the channel configuration, which is not state.
      if (rwSet.namespace === '') continue;
      this.#addPublic(rwSet, transaction.txIndex);
      for (const collection of rwSet.collections)
        this.#addHashed(rwSet.namespace, collection, transaction.txIndex);
    }
  }

  #addPublic({ namespace, writes, metadataWrites }: NamespaceRwSet, txIndex: number): void {
    const written = new Set<string>();
    for (const write of writes) {
      const value = write.isDelete || write.value.length === 0 ? null : write.value;
      const key = Buffer.from(write.key, 'utf8');
      written.add(write.key);
      this.#set({ namespace, collection: '', key, value, txIndex });
    }
    for (const { key } of metadataWrites) {
      if (!written.has(key))
        this.#touch({ namespace, collection: '', key: Buffer.from(key, 'utf8') }, txIndex);
    }
  }

  #addHashed(namespace: string, set: CollectionWrites, txIndex: number): void {
    const { collection } = set;
    const written = new Set<string>();
    for (const { keyHash, isDelete, isPurge, valueHash } of set.writes) {
      const gone = isDelete || isPurge || valueHash.length === 0 || equalBytes(valueHash, EMPTY_HASH);
      const key = Buffer.from(keyHash);
      written.add(key.toString('hex'));
      this.#set({ namespace, collection, key, value: gone ? null : valueHash, txIndex });
    }
    for (const keyHash of set.metadataWrites) {
      const key = Buffer.from(keyHash);
      if (!written.has(key.toString('hex'))) this.#touch({ namespace, collection, key }, txIndex);
    }
  }

  /** A metadata-only write gives the value as it is a new version; on a key that does not exist it does nothing. */
  #touch(key: StateKey, txIndex: number): void {
    const earlier = this.#updates.get(stateKeyId(key));
    if (earlier?.value === null) {
      // Fabric's peers panic on such a block (a policy set on a key that an earlier transaction of the block deleted).
      throw new ProofError(
        'COMMIT_HASH_UNSUPPORTED',
        `key ${hex(key.key)} of ${key.namespace} is deleted and then only its metadata is written`,
      );
    }
    if (key.collection !== '' && !key.collection.startsWith('_implicit_org_')) {
      // Its value may have expired (block-to-live), which the block alone does not tell.
      throw new ProofError(
        'COMMIT_HASH_UNSUPPORTED',
        `metadata of a private key in collection ${key.collection}`,
      );
    }
    const value = earlier === undefined ? this.#current(key) : earlier.value;
    if (value !== undefined) this.#set({ ...key, value, txIndex });
  }

  #set(update: StateUpdate): void {
    this.#updates.set(stateKeyId(update), update);
  }

  /** Namespaces, then collections (public first), then keys, each by bytes. */
  sorted(): StateUpdate[] {
    const names = new Map<string, Buffer>();
    const bytesOf = (name: string): Buffer => {
      const known = names.get(name) ?? Buffer.from(name, 'utf8');
      names.set(name, known);
      return known;
    };
    return [...this.#updates.values()].sort(
      (left, right) =>
        Buffer.compare(bytesOf(left.namespace), bytesOf(right.namespace)) ||
        Buffer.compare(bytesOf(left.collection), bytesOf(right.collection)) ||
        Buffer.compare(left.key, right.key),
    );
  }
}

function metadataKeysOf({ namespace, metadataWrites, collections }: NamespaceRwSet): StateKey[] {
  const open = metadataWrites.map(({ key }) => ({
    namespace,
    collection: '',
    key: Buffer.from(key, 'utf8'),
  }));
  const hashed = collections.flatMap((set) =>
    set.metadataWrites.map((hash) => ({ namespace, collection: set.collection, key: Buffer.from(hash) })),
  );
  return [...open, ...hashed];
}

/** Keys whose current value `stateUpdates` may ask for. */
export function metadataOnlyKeys(transactions: readonly ValidTransaction[]): StateKey[] {
  return transactions.flatMap(({ rwSets }) => rwSets.flatMap(metadataKeysOf));
}

/**
 * What a block does to the state, as Fabric's committer applies it.
 *
 * @param transactions the valid chaincode transactions, in order
 * @param current values before the block, for the keys of `metadataOnlyKeys`
 * @returns one entry a key, in the order of the commit hash
 * @throws ProofError COMMIT_HASH_UNSUPPORTED where a faithful answer is not known
 */
export function stateUpdates(
  transactions: readonly ValidTransaction[],
  current: CurrentValue,
): StateUpdate[] {
  const updates = new Updates(current);
  for (const transaction of transactions) updates.add(transaction);
  return updates.sorted();
}

/** Fabric's order-preserving varint: one byte of length, then the minimal big-endian number. */
function orderPreserving(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [bytes.length, ...bytes];
}

/** Updates { 1 repeated KVWrite }; namespace and collection only where they change, proto3 defaults left out. */
function encodeUpdates(block: number, updates: readonly StateUpdate[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let namespace = '';
  let collection = '';
  for (const update of updates) {
    const newNamespace = update.namespace !== namespace;
    const newCollection = update.collection !== '' && (newNamespace || update.collection !== collection);
    namespace = update.namespace;
    collection = update.collection;
    const version = Uint8Array.from([...orderPreserving(block), ...orderPreserving(update.txIndex)]);
    const write = Buffer.concat([
      ...(newNamespace ? bytesField(1, Buffer.from(namespace, 'utf8')) : []),
      ...(newCollection ? bytesField(2, Buffer.from(collection, 'utf8')) : []),
      ...bytesField(3, update.key),
      ...(update.value === null ? [Uint8Array.from([0x20, 1])] : bytesField(5, update.value)),
      ...bytesField(6, version),
    ]);
    parts.push(...bytesField(1, write));
  }
  return parts;
}

/** What a block's commit hash covers. */
export interface CommitHashInput {
  readonly block: number;
  /** metadata[2] as stored. */
  readonly flags: Uint8Array;
  readonly updates: readonly StateUpdate[];
  /** Of the block before; null before block 1. */
  readonly previous: Uint8Array | null;
}

/**
 * H(n) = SHA-256(uvarint(len(flags)) || flags || Updates || H(n-1)): one hash over the validity of every transaction and
 * every write since genesis. Two peers with equal commit hashes have equal states.
 */
export function commitHash(input: CommitHashInput): Buffer {
  return sha256(
    uvarint(input.flags.length),
    input.flags,
    ...encodeUpdates(input.block, input.updates),
    input.previous ?? new Uint8Array(0),
  );
}

/** @throws ProofError COMMIT_HASH_MISMATCH when the peer's hash is not the recomputed one */
export function checkCommitHash(input: CommitHashInput, claimed: Uint8Array): void {
  const actual = commitHash(input);
  if (!equalBytes(actual, claimed)) {
    throw new ProofError(
      'COMMIT_HASH_MISMATCH',
      `block ${input.block}: flags and writes do not hash to the peer's commit hash`,
      {
        block: input.block,
        expected: hex(claimed),
        actual: hex(actual),
      },
    );
  }
}
