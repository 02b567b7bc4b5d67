import { fromHex, toHex } from '../encoding/bytes';
import { RegistryError } from '../errors/registry-error';
import { merklePath, rootOfPath } from '../merkle/merkle-tree';
import { partitionEntries, type ScopeList } from './derive';
import { type EntryProof, type ProofBody } from './document';
import { compareEntries, entryLeaf, type ListSubject, type ScopeEntry } from './list-entry';
import { type ListHeader } from './list-header';
import { partitionOf } from './partition';

const HASH_BYTES = 32;

/** An entry's side of a subject: before it, of it, after it. Without a key version, all versions of a key are of the subject. */
function side(entry: ScopeEntry, subject: ListSubject): number {
  if (entry.subject_id !== subject.subject_id) return entry.subject_id < subject.subject_id ? -1 : 1;
  return subject.key_version === undefined ? 0 : (entry.key_version ?? 0) - subject.key_version;
}

/** Proves from a whole list what it says of one subject; also that it says nothing. */
export function proveSubject({ header, entries }: ScopeList, subject: ListSubject): ProofBody {
  const { length } = header.partitions;
  const own = partitionEntries(entries, length)[partitionOf(subject.subject_id, length)] ?? [];
  const sides = own.map((entry) => side(entry, subject));
  const first = sides.findIndex((one) => one >= 0);
  const from = first < 0 ? own.length : first;
  const after = sides.findIndex((one) => one > 0);
  const to = after < 0 ? own.length : after;
  const leaves = own.map(entryLeaf);
  const proofs: EntryProof[] = [];
  for (let index = Math.max(0, from - 1); index <= Math.min(own.length - 1, to); index += 1) {
    const entry = own[index];
    if (entry === undefined) break;
    proofs.push({ entry, index, path: merklePath(leaves, index).map(toHex) });
  }
  const { subject_id, key_version } = subject;
  return { subject_id, ...(key_version === undefined ? {} : { key_version }), proofs };
}

/**
 * The entries of the subject that a proof shows, all of them.
 *
 * @throws RegistryError LIST_ROOT_MISMATCH when the proof is of another list, leaves a gap, or has no neighbour where one is due
 */
export function provenEntries(header: ListHeader, proof: ProofBody): readonly ScopeEntry[] {
  const partition = header.partitions[partitionOf(proof.subject_id, header.partitions.length)];
  if (partition === undefined) throw mismatch('its partition is not in the list');
  const { proofs } = proof;
  for (const [at, one] of proofs.entries()) {
    assertInTree(one, partition);
    const before = proofs[at - 1];
    if (before === undefined) continue;
    if (one.index !== before.index + 1) throw mismatch('its entries are not consecutive');
    if (compareEntries(before.entry, one.entry) >= 0) throw mismatch('its entries are not in order');
  }
  assertNothingLeftOut(proof, partition.count);
  return proofs.map(({ entry }) => entry).filter((entry) => side(entry, proof) === 0);
}

function assertInTree(
  { entry, index, path }: EntryProof,
  partition: { readonly count: number; readonly root: string },
): void {
  const hashes = path.map((hash) => fromHex(hash, HASH_BYTES));
  const root = rootOfPath(entryLeaf(entry), { index, size: partition.count }, hashes);
  if (root === undefined || toHex(root) !== partition.root) throw mismatch('an entry is not in the list');
}

/** The proof reaches from a neighbour before the subject, or the list's begin, to one after it, or the list's end. */
function assertNothingLeftOut(proof: ProofBody, count: number): void {
  const first = proof.proofs[0];
  const last = proof.proofs.at(-1);
  if (first === undefined || last === undefined) {
    if (count !== 0) throw mismatch('it shows no entry of a list that has some');
    return;
  }
  if (first.index !== 0 && side(first.entry, proof) >= 0) throw mismatch('the neighbour before is missing');
  if (last.index !== count - 1 && side(last.entry, proof) <= 0)
    throw mismatch('the neighbour after is missing');
}

function mismatch(what: string): RegistryError {
  return new RegistryError('LIST_ROOT_MISMATCH', `The proof does not hold: ${what}.`);
}
