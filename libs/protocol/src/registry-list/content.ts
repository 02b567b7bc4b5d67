import { type Revocation } from '../domain/revocation';
import { omit } from '../encoding/omit';
import { RegistryError } from '../errors/registry-error';
import { assertSchema } from '../schemas/validate';
import { CHAIN_START } from '../rules/revocation-chain';
import { nextPosition, partitionEntries, partitionOfEntries, type ScopePosition } from './derive';
import { type DeltaBody, type ListDocument, type PartitionBody } from './document';
import { compareEntries, SCOPE_ENTRY, type ScopeEntry, scopeEntry } from './list-entry';
import { type ListHeader, listDigest } from './list-header';
import { partitionCount, partitionOf } from './partition';
import { provenEntries } from './proof';
import { subjectTypeOf } from './scopes';

/** What a client holds of one scope's list, verified against the header. */
export interface ScopeContent {
  readonly header: ListHeader;
  /** Entries of the partitions held, sorted. */
  readonly entries: readonly ScopeEntry[];
  /** Indices of the partitions held. What lies in another one is unknown, not good. */
  readonly partitions: readonly number[];
  /** Subjects known by proof. */
  readonly proven: readonly ProvenSubject[];
}

export interface ProvenSubject {
  readonly subject_id: string;
  readonly key_version?: number | undefined;
  readonly entries: readonly ScopeEntry[];
}

/**
 * Asserts what can be seen of a header alone: counts add up, the cut into partitions is the lawful one, and nothing critical is
 * beyond us.
 *
 * @throws RegistryError LIST_CRITICAL_UNKNOWN, LIST_MALFORMED
 */
export function assertHeader(header: ListHeader): void {
  const [unknown] = header.critical ?? [];
  if (unknown !== undefined) {
    throw new RegistryError('LIST_CRITICAL_UNKNOWN', `The list must not be used without ${unknown}.`, {
      subject: unknown,
    });
  }
  const { count, partitions, number, anchor, chain, previous } = header;
  if (partitions.reduce((sum, one) => sum + one.count, 0) !== count)
    throw malformed('its counts do not add up');
  if (partitions.length !== partitionCount(count))
    throw malformed('it is cut into a wrong number of partitions');
  if ((number === 0) !== (anchor === undefined)) throw malformed('number and anchor do not go together');
  const isStart = chain === CHAIN_START && previous === CHAIN_START;
  if (number === 0 && (count !== 0 || !isStart))
    throw malformed('a list without a ledger entry is not empty');
}

/**
 * The content that a document brings for a list, with the help of what is held already.
 *
 * @throws RegistryError LIST_ROOT_MISMATCH, LIST_DELTA_BASE, LIST_CHAIN_BROKEN, LIST_MALFORMED
 */
export function readContent(document: ListDocument, base: ScopeContent | undefined): ScopeContent {
  const { header, partitions, delta, proof } = document;
  const proven =
    proof === undefined
      ? []
      : [
          {
            subject_id: proof.subject_id,
            key_version: proof.key_version,
            entries: provenEntries(header, proof),
          },
        ];
  if (partitions !== undefined) return { ...fromPartitions(header, partitions), proven };
  if (delta !== undefined) return { ...applyDelta(header, delta, base), proven };
  if (base !== undefined && listDigest(base.header) === listDigest(header)) {
    return { ...base, proven: [...base.proven, ...proven] };
  }
  return { header, entries: [], partitions: [], proven };
}

type Partitions = Omit<ScopeContent, 'proven'>;

function fromPartitions(header: ListHeader, bodies: readonly PartitionBody[]): Partitions {
  const sorted = [...bodies].sort((a, b) => a.index - b.index);
  for (const [at, { index, entries }] of sorted.entries()) {
    if (sorted[at - 1]?.index === index) throw malformed(`partition ${index} occurs twice`);
    assertPartition(header, index, entries);
  }
  return {
    header,
    entries: sorted.flatMap(({ entries }) => entries),
    partitions: sorted.map(({ index }) => index),
  };
}

function assertPartition(header: ListHeader, index: number, entries: readonly ScopeEntry[]): void {
  const expected = header.partitions[index];
  if (expected === undefined) throw malformed(`there is no partition ${index}`);
  const { length } = header.partitions;
  for (const [at, entry] of entries.entries()) {
    const before = entries[at - 1];
    const isOrdered = before === undefined || compareEntries(before, entry) < 0;
    if (!isOrdered || partitionOf(entry.subject_id, length) !== index || entry.number > header.number) {
      throw malformed(`the entries of partition ${index} are not in order, or not its own`);
    }
  }
  const { count, root } = partitionOfEntries(entries);
  if (count !== expected.count || root !== expected.root) {
    throw new RegistryError(
      'LIST_ROOT_MISMATCH',
      `The entries of partition ${index} are not those of the list.`,
      {
        subject: header.scope,
      },
    );
  }
}

function applyDelta(header: ListHeader, delta: DeltaBody, base: ScopeContent | undefined): Partitions {
  if (base === undefined || !isBaseOf(base.header, header, delta)) {
    throw new RegistryError(
      'LIST_DELTA_BASE',
      `The delta rests on list ${delta.base_number}, which is not at hand.`,
      {
        subject: header.scope,
      },
    );
  }
  const events = delta.events.map((event) => checkedEvent(event, header));
  assertChain(header, delta, events);
  const inForce = new Map(base.entries.map((entry) => [entry.number, entry]));
  for (const event of events) {
    const entry = scopeEntry(event);
    if (entry !== undefined) inForce.set(entry.number, entry);
    if (event.releases !== undefined) inForce.delete(event.releases);
  }
  const held = new Set(base.partitions);
  const parts = partitionEntries([...inForce.values()].sort(compareEntries), header.partitions.length);
  const bodies = parts.flatMap((entries, index) => (held.has(index) ? [{ index, entries }] : []));
  return fromPartitions(header, bodies);
}

/** Another cut into partitions would need entries of partitions that are not held. */
function isBaseOf(base: ListHeader, { scope, network, partitions }: ListHeader, delta: DeltaBody): boolean {
  const isSameList = base.scope === scope && base.network === network && base.number === delta.base_number;
  return isSameList && base.chain === delta.base_chain && base.partitions.length === partitions.length;
}

function checkedEvent(event: Revocation, header: ListHeader): Revocation {
  const bare = omit(event, 'lifted');
  const restriction = scopeEntry(bare);
  if (restriction !== undefined) assertEvent(restriction);
  if (bare.subject_type !== subjectTypeOf(header.scope))
    throw malformed('a delta holds an entry of another scope');
  return bare;
}

function assertEvent(entry: ScopeEntry): void {
  try {
    assertSchema(SCOPE_ENTRY, entry);
  } catch (cause) {
    throw malformed(cause instanceof Error ? cause.message : 'an entry does not parse');
  }
}

/** The events lead from the base's chain to the new list's: none is missing, none is made up. */
function assertChain(header: ListHeader, delta: DeltaBody, events: readonly Revocation[]): void {
  let position: ScopePosition = {
    number: delta.base_number,
    previous: header.previous,
    chain: delta.base_chain,
    anchor: header.anchor,
  };
  for (const event of events) {
    if (!(event.number > position.number)) throw broken(header);
    position = nextPosition(position, event);
  }
  const isEnd = position.number === header.number && position.chain === header.chain;
  if (!isEnd || position.previous !== header.previous || position.anchor?.hash !== header.anchor?.hash) {
    throw broken(header);
  }
}

function broken(header: ListHeader): RegistryError {
  return new RegistryError('LIST_CHAIN_BROKEN', 'The delta does not lead from its base to the list.', {
    subject: header.scope,
  });
}

function malformed(what: string): RegistryError {
  return new RegistryError('LIST_MALFORMED', `The lists do not parse: ${what}.`);
}
