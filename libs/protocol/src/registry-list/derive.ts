import { type Revocation, type RevocationHead } from '../domain/revocation';
import { toHex } from '../encoding/bytes';
import { RegistryError } from '../errors/registry-error';
import { merkleRoot } from '../merkle/merkle-tree';
import { CHAIN_START, revocationHash } from '../rules/revocation-chain';
import { compareEntries, entryLeaf, type ScopeEntry, scopeEntry } from './list-entry';
import { chainLink, type ListAnchor, type ListHeader, type ListPartition } from './list-header';
import { partitionCount, partitionOf } from './partition';
import { LIST_SCOPES, type ListScope, scopeOf } from './scopes';

/** A list with its entries, sorted. */
export interface ScopeList {
  readonly header: ListHeader;
  readonly entries: readonly ScopeEntry[];
}

/** The end of a scope's chain of lists. */
export interface ScopePosition {
  readonly number: number;
  readonly previous: string;
  readonly chain: string;
  readonly anchor: ListAnchor | undefined;
}

/** Where every scope begins. */
export const SCOPE_START: ScopePosition = {
  number: 0,
  previous: CHAIN_START,
  chain: CHAIN_START,
  anchor: undefined,
};

/** The position after one more ledger entry of the scope. */
export function nextPosition(
  position: ScopePosition,
  entry: Revocation,
  hash = revocationHash(entry),
): ScopePosition {
  return {
    number: entry.number,
    previous: position.chain,
    chain: chainLink(position.chain, hash),
    anchor: { hash, tx_id: entry.tx_id, at: entry.at },
  };
}

/** The entries of each partition, in order. */
export function partitionEntries(entries: readonly ScopeEntry[], partitions: number): ScopeEntry[][] {
  const parts: ScopeEntry[][] = Array.from({ length: partitions }, () => []);
  for (const entry of entries) parts[partitionOf(entry.subject_id, partitions)]?.push(entry);
  return parts;
}

/** Count and root of one partition's entries. */
export function partitionOfEntries(entries: readonly ScopeEntry[]): ListPartition {
  return { count: entries.length, root: toHex(merkleRoot(entries.map(entryLeaf))) };
}

/** The list at a position. `entries` are those in force, sorted. */
export function scopeList(
  network: string,
  scope: ListScope,
  position: ScopePosition,
  entries: readonly ScopeEntry[],
): ScopeList {
  const parts = partitionEntries(entries, partitionCount(entries.length));
  const { number, previous, chain, anchor } = position;
  const header: ListHeader = {
    v: 1,
    network,
    scope,
    number,
    previous,
    chain,
    ...(anchor === undefined ? {} : { anchor }),
    count: entries.length,
    partitions: parts.map(partitionOfEntries),
  };
  return { header, entries };
}

class ScopeState {
  position = SCOPE_START;
  /** `chain` by number, for deltas. */
  readonly chains = new Map<number, string>([[0, CHAIN_START]]);
  readonly inForce = new Map<number, ScopeEntry>();
  list: ScopeList | undefined;

  append(entry: Revocation, hash: string): void {
    this.position = nextPosition(this.position, entry, hash);
    this.chains.set(entry.number, this.position.chain);
    const restriction = scopeEntry(entry);
    if (restriction !== undefined) this.inForce.set(entry.number, restriction);
    if (entry.releases !== undefined) this.inForce.delete(entry.releases);
    this.list = undefined;
  }
}

/**
 * Derives the lists of all scopes from the ledger's gapless revocation chain, entry by entry. What was lifted follows from
 * the releases; the mark on a lifted ledger entry is not looked at.
 */
export class ListDerivation {
  readonly #network: string;
  readonly #scopes: ReadonlyMap<ListScope, ScopeState>;
  #head: RevocationHead = { number: 0, hash: CHAIN_START };

  constructor(network: string) {
    this.#network = network;
    this.#scopes = new Map(LIST_SCOPES.map((scope) => [scope, new ScopeState()]));
  }

  /** The end of the ledger's chain as appended so far. */
  get head(): RevocationHead {
    return this.#head;
  }

  /**
   * Appends the ledger's next entries in the order of their numbers.
   *
   * @throws RegistryError LIST_CHAIN_BROKEN when one does not continue the chain; nothing is appended then
   */
  append(entries: readonly Revocation[]): void {
    const hashes: string[] = [];
    let head = this.#head;
    for (const entry of entries) {
      if (entry.number !== head.number + 1 || entry.previous !== head.hash) throw broken(head.number + 1);
      head = { number: entry.number, hash: revocationHash(entry) };
      hashes.push(head.hash);
    }
    for (const [at, entry] of entries.entries()) {
      this.#state(scopeOf(entry.subject_type)).append(entry, hashes[at] ?? revocationHash(entry));
    }
    this.#head = head;
  }

  /** The list of a scope at the chain's end. */
  list(scope: ListScope): ScopeList {
    const state = this.#state(scope);
    state.list ??= scopeList(
      this.#network,
      scope,
      state.position,
      [...state.inForce.values()].sort(compareEntries),
    );
    return state.list;
  }

  /** `chain` of the scope's list of this number; undefined when no list has it. */
  chainAt(scope: ListScope, number: number): string | undefined {
    return this.#state(scope).chains.get(number);
  }

  #state(scope: ListScope): ScopeState {
    const state = this.#scopes.get(scope);
    if (state === undefined)
      throw new RegistryError('SCHEMA_VIOLATION', 'There is no such scope.', { subject: scope });
    return state;
  }
}

function broken(number: number): RegistryError {
  return new RegistryError('LIST_CHAIN_BROKEN', `The ledger's entry ${number} does not continue the chain.`, {
    subject: String(number),
  });
}

/** The lists of all scopes from the ledger's entries 1 … n. Throws LIST_CHAIN_BROKEN. */
export function deriveLists(
  network: string,
  entries: readonly Revocation[],
): ReadonlyMap<ListScope, ScopeList> {
  const derivation = new ListDerivation(network);
  derivation.append(entries);
  return new Map(LIST_SCOPES.map((scope) => [scope, derivation.list(scope)]));
}
