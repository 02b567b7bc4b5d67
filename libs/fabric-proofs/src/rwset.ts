import { LEN, orEmpty, REPEATED, shape, VARINT, WireReader } from './wire-reader';

/** Where a version was written: (block, index in it). */
export interface Version {
  readonly block: number;
  readonly txIndex: number;
}

export interface KeyRead {
  readonly key: string;
  /** null: the key did not exist. */
  readonly version: Version | null;
}

export interface KeyWrite {
  readonly key: string;
  readonly isDelete: boolean;
  readonly value: Uint8Array;
}

/** A write that only sets a key's metadata, such as its endorsement policy. */
export interface MetadataWrite {
  readonly key: string;
}

/** A write to private data as the ledger sees it: hashes only. */
export interface HashedWrite {
  readonly keyHash: Uint8Array;
  readonly isDelete: boolean;
  readonly valueHash: Uint8Array;
  readonly isPurge: boolean;
}

export interface CollectionWrites {
  readonly collection: string;
  readonly writes: readonly HashedWrite[];
  /** Key hashes whose metadata is set. */
  readonly metadataWrites: readonly Uint8Array[];
}

/** What one transaction read and wrote in one namespace. */
export interface NamespaceRwSet {
  readonly namespace: string;
  readonly reads: readonly KeyRead[];
  readonly rangeQueries: number;
  readonly writes: readonly KeyWrite[];
  readonly metadataWrites: readonly MetadataWrite[];
  readonly collections: readonly CollectionWrites[];
}

const TX_RWSET = shape({ 1: VARINT, 2: LEN | REPEATED });
const NS_RWSET = shape({ 1: LEN, 2: LEN, 3: LEN | REPEATED });
const KV_RWSET = shape({ 1: LEN | REPEATED, 2: LEN | REPEATED, 3: LEN | REPEATED, 4: LEN | REPEATED });
const READ = shape({ 1: LEN, 2: LEN });
const VERSION = shape({ 1: VARINT, 2: VARINT });
const WRITE = shape({ 1: LEN, 2: VARINT, 3: LEN });
const METADATA_WRITE = shape({ 1: LEN });
const COLLECTION = shape({ 1: LEN, 2: LEN });
const HASHED_RWSET = shape({ 2: LEN | REPEATED, 3: LEN | REPEATED });
const HASHED_WRITE = shape({ 1: LEN, 2: VARINT, 3: LEN, 4: VARINT });

function parseVersion(bytes: Uint8Array): Version {
  const reader = new WireReader(bytes, 'Version', 'ledger');
  let block = 0;
  let txIndex = 0;
  while (reader.next(VERSION)) {
    if (reader.field === 1) block = reader.uint64();
    else txIndex = reader.uint64();
  }
  return { block, txIndex };
}

function parseRead(bytes: Uint8Array): KeyRead {
  const reader = new WireReader(bytes, 'KVRead', 'ledger');
  let key = '';
  let version: Uint8Array | undefined;
  while (reader.next(READ)) {
    if (reader.field === 1) key = reader.text();
    else version = reader.message(version);
  }
  return { key, version: version === undefined ? null : parseVersion(version) };
}

function parseWrite(bytes: Uint8Array): KeyWrite {
  const reader = new WireReader(bytes, 'KVWrite', 'ledger');
  let key = '';
  let isDelete = false;
  let value: Uint8Array | undefined;
  while (reader.next(WRITE)) {
    if (reader.field === 1) key = reader.text();
    else if (reader.field === 2) isDelete = reader.bool();
    else value = reader.bytes();
  }
  return { key, isDelete, value: orEmpty(value) };
}

function parseMetadataWrite(bytes: Uint8Array): MetadataWrite {
  const reader = new WireReader(bytes, 'KVMetadataWrite', 'ledger');
  let key = '';
  while (reader.next(METADATA_WRITE)) key = reader.text();
  return { key };
}

function parseHashedWrite(bytes: Uint8Array): HashedWrite {
  const reader = new WireReader(bytes, 'KVWriteHash', 'ledger');
  const hashes: (Uint8Array | undefined)[] = [];
  let isDelete = false;
  let isPurge = false;
  while (reader.next(HASHED_WRITE)) {
    if (reader.field === 2) isDelete = reader.bool();
    else if (reader.field === 4) isPurge = reader.bool();
    else hashes[reader.field] = reader.bytes();
  }
  return { keyHash: orEmpty(hashes[1]), isDelete, valueHash: orEmpty(hashes[3]), isPurge };
}

function parseHashedMetadataWrite(bytes: Uint8Array): Uint8Array {
  const reader = new WireReader(bytes, 'KVMetadataWriteHash', 'ledger');
  let keyHash: Uint8Array | undefined;
  while (reader.next(METADATA_WRITE)) keyHash = reader.bytes();
  return orEmpty(keyHash);
}

function parseCollection(bytes: Uint8Array): CollectionWrites {
  const reader = new WireReader(bytes, 'CollectionHashedReadWriteSet', 'ledger');
  let collection = '';
  let hashed: Uint8Array | undefined;
  while (reader.next(COLLECTION)) {
    if (reader.field === 1) collection = reader.text();
    else hashed = reader.bytes();
  }
  const inner = new WireReader(orEmpty(hashed), 'HashedRWSet', 'ledger');
  const writes: HashedWrite[] = [];
  const metadataWrites: Uint8Array[] = [];
  while (inner.next(HASHED_RWSET)) {
    if (inner.field === 2) writes.push(parseHashedWrite(inner.bytes()));
    else metadataWrites.push(parseHashedMetadataWrite(inner.bytes()));
  }
  return { collection, writes, metadataWrites };
}

type PublicPart = Pick<NamespaceRwSet, 'reads' | 'rangeQueries' | 'writes' | 'metadataWrites'>;

function parsePublic(bytes: Uint8Array): PublicPart {
  const reader = new WireReader(bytes, 'KVRWSet', 'ledger');
  const reads: KeyRead[] = [];
  const writes: KeyWrite[] = [];
  const metadataWrites: MetadataWrite[] = [];
  let rangeQueries = 0;
  while (reader.next(KV_RWSET)) {
    const entry = reader.bytes();
    if (reader.field === 1) reads.push(parseRead(entry));
    else if (reader.field === 2) rangeQueries += 1;
    else if (reader.field === 3) writes.push(parseWrite(entry));
    else metadataWrites.push(parseMetadataWrite(entry));
  }
  return { reads, rangeQueries, writes, metadataWrites };
}

function parseNamespace(bytes: Uint8Array): NamespaceRwSet {
  const reader = new WireReader(bytes, 'NsReadWriteSet', 'ledger');
  let namespace = '';
  let publicBytes: Uint8Array | undefined;
  const collections: CollectionWrites[] = [];
  while (reader.next(NS_RWSET)) {
    if (reader.field === 1) namespace = reader.text();
    else if (reader.field === 2) publicBytes = reader.bytes();
    else collections.push(parseCollection(reader.bytes()));
  }
  return { namespace, ...parsePublic(orEmpty(publicBytes)), collections };
}

/**
 * Reads rwset.TxReadWriteSet, the `results` of a chaincode action, as Fabric's committer reads it.
 * @throws ProofError WIRE_*
 */
export function parseRwSet(bytes: Uint8Array): NamespaceRwSet[] {
  const reader = new WireReader(bytes, 'TxReadWriteSet', 'ledger');
  const result: NamespaceRwSet[] = [];
  while (reader.next(TX_RWSET)) {
    if (reader.field === 2) result.push(parseNamespace(reader.bytes()));
    else reader.int32();
  }
  return result;
}
