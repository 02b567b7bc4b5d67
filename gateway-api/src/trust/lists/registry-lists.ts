import {
  canonicalize,
  type Envelope,
  encodeListStatement,
  LIST_SCOPES,
  LIST_STATEMENT_PAYLOAD_TYPE,
  listDigest,
  type ListDocument,
  type ListReference,
  type ListScope,
  type ListStatement,
  type ListSubject,
  MAX_DELTA_EVENTS,
  omit,
  proveSubject,
  RegistryError,
  type Revocation,
  type ScopeList,
  serializeEnvelope,
  serializeRegistryLists,
  sha256Hex,
  signPayload,
  subjectTypeOf,
} from '@maker-registry/protocol';
import { unixNow } from '../clock';
import { type TrustDeps } from '../deps';
import { LIST_LIFETIME_S, LIST_REFRESH_S } from '../limits';
import { hsmSigner, type TrustKeys } from '../trust-keys';
import { type DerivedLists, type ListsAt, wholeListText, withLists } from './derived-lists';
import { type SnapshotSource } from './ledger-snapshot';
import { type PeerStatements } from './peer-statements';
import { STATEMENT_PATIENCE_MS } from './limits';

/** This operator's own word on the lists. */
export interface OwnWord extends ListsAt {
  readonly statement: ListStatement;
  readonly envelope: Envelope;
  /** The envelope as served. */
  readonly text: string;
}

/** A combined list as served. */
export interface ServedLists {
  readonly text: string;
  readonly etag: string;
  /** Number of the ledger's newest revocation in it. */
  readonly number: number;
}

/** What a caller has of each scope: the number of its list. */
export type HeldNumbers = ReadonlyMap<ListScope, number>;

interface Parts {
  readonly deps: Pick<TrustDeps, 'hsm' | 'config' | 'head' | 'freshness'>;
  readonly keys: TrustKeys;
  readonly snapshots: SnapshotSource;
  readonly derived: DerivedLists;
  readonly peers: PeerStatements;
}

/** The lists of all scopes, this operator's statement on them, and those of the others. */
export class RegistryLists {
  readonly #parts: Parts;
  #current: OwnWord | undefined;
  #building: Promise<OwnWord> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** This operator's word: at most LIST_REFRESH_S old, and of every revocation that the mirror announced. */
  async own(): Promise<OwnWord> {
    const begun = await this.#building;
    const current = begun ?? this.#current;
    if (current !== undefined && this.#isFresh(current)) return current;
    this.#building ??= this.#build().finally(() => {
      this.#building = undefined;
    });
    return await this.#building;
  }

  /** The lists with every statement at hand; for a scope that the caller has, only what is new. */
  async combined(held: HeldNumbers): Promise<ServedLists> {
    const own = await this.own();
    await this.#parts.peers.knowing(own.statement.number, STATEMENT_PATIENCE_MS);
    const lists = await Promise.all(LIST_SCOPES.map((scope) => this.#listText(own, scope, held.get(scope))));
    const statements = this.#statements(own).map((envelope) => canonicalize(envelope));
    // The parts are canonical and their names are in order: so is the whole.
    const text = `{"lists":[${lists.join(',')}],"statements":[${statements.join(',')}],"v":1}`;
    const names = [...LIST_SCOPES.map((scope) => held.get(scope) ?? -1), ...statements];
    return { text, etag: `"${sha256Hex(canonicalize(names))}"`, number: own.statement.number };
  }

  /** What the list of a scope says of one subject, with the proof that it says nothing else. */
  async proof(scope: ListScope, subject: ListSubject): Promise<string> {
    const own = await this.own();
    const list = listOf(own, scope);
    const lists: ListDocument[] = [{ header: list.header, proof: proveSubject(list, subject) }];
    return serializeRegistryLists({ v: 1, statements: this.#statements(own), lists });
  }

  #isFresh({ statement, position }: OwnWord): boolean {
    const isYoung = unixNow() - statement.this_update < LIST_REFRESH_S;
    return isYoung && position.height >= this.#parts.deps.head.height;
  }

  async #build(): Promise<OwnWord> {
    const { deps, keys, snapshots, derived, peers } = this.#parts;
    // Asked before the state is read, which is then at least that new.
    const currentAt = deps.freshness.currentAt();
    if (currentAt === 0) deps.freshness.assertFresh();
    const at = await withLists(snapshots, derived, (lists) => lists);
    // A clock that was set back must not make statements that clients take for older ones.
    const before = this.#current?.statement.this_update ?? 0;
    const thisUpdate = Math.max(Math.min(unixNow(), currentAt), before);
    const statement = statementOf(at, deps.config, thisUpdate);
    const envelope = await signPayload(
      LIST_STATEMENT_PAYLOAD_TYPE,
      encodeListStatement(statement),
      hsmSigner(deps.hsm, keys.list),
    );
    const own = { ...at, statement, envelope, text: serializeEnvelope(envelope) };
    this.#current = own;
    peers.noteNumber(statement.number);
    return own;
  }

  #statements(own: OwnWord): Envelope[] {
    return [own.envelope, ...this.#parts.peers.statements.map(({ envelope }) => envelope)];
  }

  async #listText(own: OwnWord, scope: ListScope, held: number | undefined): Promise<string> {
    const list = listOf(own, scope);
    if (held === list.header.number) return canonicalize({ header: list.header });
    const chain = held === undefined ? undefined : own.chainAt(scope, held);
    if (held === undefined || chain === undefined || held > list.header.number) return wholeListText(list);
    const events = await this.#events(list, held);
    if (events === undefined) return wholeListText(list);
    return canonicalize({ header: list.header, delta: { base_number: held, base_chain: chain, events } });
  }

  /** The ledger's entries between two lists of a scope; undefined when the list itself is the shorter answer. */
  async #events({ header }: ScopeList, after: number): Promise<readonly Revocation[] | undefined> {
    return await this.#parts.snapshots.at(async (snapshot) => {
      const type = subjectTypeOf(header.scope);
      const numbers = await snapshot.revocationNumbers(type, after, MAX_DELTA_EVENTS + 1);
      const between = numbers.filter((number) => number <= header.number);
      if (numbers.length > MAX_DELTA_EVENTS || between.length > header.count) return undefined;
      return (await snapshot.revocations(between)).map((entry) => omit(entry, 'lifted'));
    });
  }
}

function listOf({ lists }: ListsAt, scope: ListScope): ScopeList {
  const list = lists.get(scope);
  if (list === undefined)
    throw new RegistryError('LIST_MISSING', `There is no list of ${scope}.`, { subject: scope });
  return list;
}

function statementOf(
  at: ListsAt,
  { mspId, network }: { readonly mspId: string; readonly network: string },
  thisUpdate: number,
): ListStatement {
  const { height, blockHash, head } = at.position;
  const references = LIST_SCOPES.map((scope): [ListScope, ListReference] => {
    const { header } = listOf(at, scope);
    return [scope, { number: header.number, digest: listDigest(header) }];
  });
  return {
    v: 1,
    network,
    issuer: mspId,
    number: head?.number ?? 0,
    hash: head?.hash ?? '0'.repeat(64),
    height,
    block_hash: blockHash,
    this_update: thisUpdate,
    next_update: thisUpdate + LIST_LIFETIME_S,
    lists: Object.fromEntries(references) as Record<ListScope, ListReference>,
  };
}
