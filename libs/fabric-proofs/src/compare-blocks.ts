import { type Block } from './block';
import { equalBytes, hex, sha256 } from './digests';
import { ProofError } from './errors';
import { MAX_DIFFERING_KEYS } from './limits';
import { type NamespaceRwSet } from './rwset';
import { type Envelope, parseEndorserTransaction, parseEnvelope } from './transaction';
import { TYPE_ENDORSER_TRANSACTION, validationCodeName } from './validation-codes';

/** What of a block differs between two peers; signatures never count, for each peer keeps another quorum's. */
export type DifferingPart = 'transactions' | 'header' | 'verdicts' | 'commit_hash';

/** A key in which two copies of a transaction differ, or which a transaction of disputed validity writes. */
export interface DifferingKey {
  readonly namespace: string;
  /** '' for public state; else `key` is the hash in hex. */
  readonly collection: string;
  readonly key: string;
}

/** The first thing in which two copies of one block differ. */
export interface BlockDifference {
  readonly part: DifferingPart;
  /** What each copy says: a hash in hex, or the name of a validation code; '' where a copy has nothing. */
  readonly own: string;
  readonly other: string;
  /** Of the transaction that differs; null where it is the block as a whole. */
  readonly txIndex: number | null;
  /** As the other copy has it, else the own. */
  readonly txId: string | null;
  /** At most MAX_DIFFERING_KEYS. */
  readonly keys: readonly DifferingKey[];
}

/** What a copy of a transaction says of itself and writes; nothing where it can't be read, as a tampered one may not be. */
interface Reading {
  readonly txId: string | null;
  /** Value in hex by key, '' for a deletion. */
  readonly writes: ReadonlyMap<string, { readonly key: DifferingKey; readonly value: string }>;
}

function writesOf(rwSets: readonly NamespaceRwSet[]): Reading['writes'] {
  const found = new Map<string, { key: DifferingKey; value: string }>();
  const add = (key: DifferingKey, value: string): void => {
    found.set(`${key.namespace}\u0000${key.collection}\u0000${key.key}`, { key, value });
  };
  for (const { namespace, writes, metadataWrites, collections } of rwSets) {
    for (const { key } of metadataWrites) add({ namespace, collection: '', key }, 'metadata');
    for (const { key, value, isDelete } of writes)
      add({ namespace, collection: '', key }, isDelete ? '' : hex(value));
    for (const { collection, writes: hashed } of collections) {
      for (const { keyHash, valueHash } of hashed)
        add({ namespace, collection, key: hex(keyHash) }, hex(valueHash));
    }
  }
  return found;
}

function attempt<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProofError) return null;
    throw error;
  }
}

function read(bytes: Uint8Array | undefined): Reading {
  const envelope: Envelope | null = bytes === undefined ? null : attempt(() => parseEnvelope(bytes));
  if (envelope === null) return { txId: null, writes: new Map() };
  const { txId, type } = envelope.channelHeader;
  const transaction =
    type === TYPE_ENDORSER_TRANSACTION ? attempt(() => parseEndorserTransaction(envelope)) : null;
  return { txId: txId === '' ? null : txId, writes: writesOf(transaction?.rwSets ?? []) };
}

function differingKeys(own: Reading, other: Reading): DifferingKey[] {
  const ids = new Set([...own.writes.keys(), ...other.writes.keys()]);
  return [...ids]
    .filter((id) => own.writes.get(id)?.value !== other.writes.get(id)?.value)
    .map((id) => own.writes.get(id)?.key ?? other.writes.get(id)?.key)
    .filter((key) => key !== undefined)
    .slice(0, MAX_DIFFERING_KEYS);
}

function transactionDifference(own: Block, other: Block): BlockDifference | null {
  const count = Math.max(own.envelopes.length, other.envelopes.length);
  for (let txIndex = 0; txIndex < count; txIndex += 1) {
    const [mine, theirs] = [own.envelopes[txIndex], other.envelopes[txIndex]];
    if (mine !== undefined && theirs !== undefined && equalBytes(mine, theirs)) continue;
    const [ownReading, otherReading] = [read(mine), read(theirs)];
    return {
      part: 'transactions',
      own: mine === undefined ? '' : hex(sha256(mine)),
      other: theirs === undefined ? '' : hex(sha256(theirs)),
      txIndex,
      txId: otherReading.txId ?? ownReading.txId,
      keys: differingKeys(ownReading, otherReading),
    };
  }
  return null;
}

function verdictDifference(own: Block, other: Block): BlockDifference | null {
  const count = Math.max(own.flags.length, other.flags.length);
  for (let txIndex = 0; txIndex < count; txIndex += 1) {
    const [mine, theirs] = [own.flags[txIndex], other.flags[txIndex]];
    if (mine === theirs) continue;
    const reading = read(own.envelopes[txIndex]);
    return {
      part: 'verdicts',
      own: mine === undefined ? '' : validationCodeName(mine),
      other: theirs === undefined ? '' : validationCodeName(theirs),
      txIndex,
      txId: reading.txId,
      keys: [...reading.writes.values()].map(({ key }) => key).slice(0, MAX_DIFFERING_KEYS),
    };
  }
  return null;
}

function whole(part: DifferingPart, own: Uint8Array | null, other: Uint8Array | null): BlockDifference {
  const text = (bytes: Uint8Array | null): string => (bytes === null ? '' : hex(bytes));
  return { part, own: text(own), other: text(other), txIndex: null, txId: null, keys: [] };
}

/**
 * Compares two peers' copies of the block of one number: transactions, header, verdicts and commit hash, the most telling
 * first. A tampered write shows as a transaction with the keys that differ, a flipped verdict as a transaction with the
 * keys that it would write. Signatures are left out: each peer keeps those of its own orderer's quorum.
 *
 * @returns null when they say the same
 */
export function compareBlocks(own: Block, other: Block): BlockDifference | null {
  const transactions = transactionDifference(own, other);
  if (transactions !== null) return transactions;
  if (!equalBytes(own.headerHash, other.headerHash)) return whole('header', own.headerHash, other.headerHash);
  const verdicts = verdictDifference(own, other);
  if (verdicts !== null) return verdicts;
  const hashes = [own.commitHash, other.commitHash] as const;
  const equal =
    hashes[0] !== null && hashes[1] !== null ? equalBytes(hashes[0], hashes[1]) : hashes[0] === hashes[1];
  return equal ? null : whole('commit_hash', ...hashes);
}
