import {
  canonicalize,
  isRegistryError,
  LIST_SCOPES,
  ListDerivation,
  type ListScope,
  partitionEntries,
  RegistryError,
  type ScopeList,
} from '@maker-registry/protocol';
import { type LedgerPosition, type LedgerSnapshot, type SnapshotSource } from './ledger-snapshot';
import { LIST_READ_ENTRIES, SNAPSHOT_TRIES } from './limits';

/** The lists of all scopes as the ledger has them at one position. */
export interface ListsAt {
  readonly position: LedgerPosition;
  readonly lists: ReadonlyMap<ListScope, ScopeList>;
  /** `chain` of a scope's list of this number; undefined when no list has it. */
  readonly chainAt: (scope: ListScope, number: number) => string | undefined;
}

/**
 * Keeps the derivation of the lists in step with the ledger: each revocation is read once. What is derived belongs to the
 * snapshot that was asked with, so whatever else is read from that snapshot agrees with it.
 */
export class DerivedLists {
  readonly #network: string;
  #derivation: ListDerivation;
  /** The lists at the derivation's end, so that they stay the same objects while nothing changes. */
  #listed: { readonly number: number; readonly lists: ListsAt['lists'] } | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(network: string) {
    this.#network = network;
    this.#derivation = new ListDerivation(network);
  }

  /**
   * The lists of a snapshot.
   *
   * @throws RegistryError LIST_CHAIN_BROKEN when the mirror's ledger is not the one derived from so far; MIRROR_BEHIND
   */
  async of(snapshot: LedgerSnapshot): Promise<ListsAt> {
    const turn = this.#turn.then(() => this.#advance(snapshot));
    this.#turn = turn.catch(() => undefined);
    return await turn;
  }

  async #advance(snapshot: LedgerSnapshot): Promise<ListsAt> {
    const { position } = snapshot;
    const to = position.head?.number ?? 0;
    const derivation = this.#derivation;
    if (to < derivation.head.number) {
      // Another request was given a newer snapshot and came first, or the mirror was rebuilt and is on its way.
      throw new RegistryError(
        'MIRROR_BEHIND',
        'The mirror is behind what the lists already know; try again.',
      );
    }
    try {
      await catchUp(derivation, snapshot, to);
      assertHead(derivation, position);
    } catch (error) {
      // A derivation that met another ledger is of no use; the next one starts from the first entry.
      this.#derivation = new ListDerivation(this.#network);
      this.#listed = undefined;
      throw error;
    }
    if (this.#listed?.number !== to) {
      this.#listed = {
        number: to,
        lists: new Map(LIST_SCOPES.map((scope) => [scope, derivation.list(scope)])),
      };
    }
    const { lists } = this.#listed;
    return { position, lists, chainAt: (scope, number) => derivation.chainAt(scope, number) };
  }
}

async function catchUp(derivation: ListDerivation, snapshot: LedgerSnapshot, to: number): Promise<void> {
  while (derivation.head.number < to) {
    const from = derivation.head.number + 1;
    const length = Math.min(LIST_READ_ENTRIES, to - from + 1);
    derivation.append(await snapshot.revocations(Array.from({ length }, (_one, index) => from + index)));
  }
}

function assertHead(derivation: ListDerivation, { head }: LedgerPosition): void {
  if (head === undefined || head.hash === derivation.head.hash) return;
  throw new RegistryError(
    'LIST_CHAIN_BROKEN',
    'The revocations do not lead to the head that the ledger names.',
    {
      subject: String(head.number),
    },
  );
}

/**
 * Looks at one state of the ledger together with its lists. A snapshot that was overtaken by a newer one is taken again.
 *
 * @throws RegistryError as DerivedLists.of, and whatever `work` throws
 */
export async function withLists<T>(
  snapshots: SnapshotSource,
  derived: DerivedLists,
  work: (at: ListsAt, snapshot: LedgerSnapshot) => Promise<T> | T,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await snapshots.at(async (snapshot) => work(await derived.of(snapshot), snapshot));
    } catch (error) {
      if (tries === SNAPSHOT_TRIES || !isRegistryError(error) || error.code !== 'MIRROR_BEHIND') throw error;
    }
  }
}

const texts = new WeakMap<ScopeList, string>();

/** A list with all its partitions as canonical text; made once for each list. */
export function wholeListText(list: ScopeList): string {
  const known = texts.get(list);
  if (known !== undefined) return known;
  const { header, entries } = list;
  const partitions = partitionEntries(entries, header.partitions.length).map((part, index) => ({
    index,
    entries: part,
  }));
  const text = canonicalize({ header, partitions });
  texts.set(list, text);
  return text;
}
