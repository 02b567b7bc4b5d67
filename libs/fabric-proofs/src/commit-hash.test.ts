import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseBlock } from './block';
import {
  checkCommitHash,
  commitHash,
  metadataOnlyKeys,
  stateKeyId,
  stateUpdates,
  type StateUpdate,
  type ValidTransaction,
} from './commit-hash';
import { hex } from './digests';
import { type NamespaceRwSet } from './rwset';
import { codeOf, REFUSED_BLOCK, unpackBlocks } from './testing/ledger-fixture';
import { parseEndorserTransaction, parseEnvelope } from './transaction';
import { TYPE_ENDORSER_TRANSACTION, VALID } from './validation-codes';

const blocks = unpackBlocks(readFileSync(join(__dirname, '../fixtures/ledger.br'))).map((bytes) =>
  parseBlock(bytes),
);

function validOf(number: number): ValidTransaction[] {
  const block = blocks[number]!;
  return block.envelopes.flatMap((bytes, txIndex) => {
    const envelope = parseEnvelope(bytes);
    const counts =
      block.flags[txIndex] === VALID && envelope.channelHeader.type === TYPE_ENDORSER_TRANSACTION;
    return counts ? [{ txIndex, rwSets: parseEndorserTransaction(envelope).rwSets }] : [];
  });
}

describe('the commit hash of real blocks', () => {
  it('is recomputed for every block, refused transactions and private data included', () => {
    let previous: Uint8Array | null = null;
    for (const block of blocks.slice(1)) {
      const { number } = block.header;
      const updates = stateUpdates(validOf(number), () => undefined);
      expect(hex(commitHash({ block: number, flags: block.flags, updates, previous }))).toBe(
        hex(block.commitHash!),
      );
      previous = block.commitHash;
    }
  });

  const number = 15;
  const block = blocks[number]!;
  const input = {
    block: number,
    flags: block.flags,
    updates: stateUpdates(validOf(number), () => undefined),
    previous: blocks[number - 1]!.commitHash,
  };
  const verdict = (change: Partial<typeof input>): string =>
    codeOf(() => {
      checkCommitHash({ ...input, ...change }, block.commitHash!);
    });
  const first = input.updates[0]!;

  it.each<[string, Partial<typeof input>]>([
    ['another verdict', { flags: Uint8Array.of(11) }],
    ['another past', { previous: blocks[number - 2]!.commitHash }],
    ['no past', { previous: null }],
    ['another block number in the versions', { block: number + 1 }],
    ['a write left out', { updates: input.updates.slice(1) }],
    ['an altered value', { updates: [{ ...first, value: Buffer.from('{}') }, ...input.updates.slice(1)] }],
    ['a deletion instead of a value', { updates: [{ ...first, value: null }, ...input.updates.slice(1)] }],
    ['another namespace', { updates: input.updates.map((update) => ({ ...update, namespace: 'other' })) }],
    ['another order', { updates: [...input.updates].reverse() }],
    ['another transaction', { updates: input.updates.map((update) => ({ ...update, txIndex: 1 })) }],
  ])('refuses %s', (_what, change) => {
    expect(verdict({})).toBe('accepted');
    expect(verdict(change)).toBe('COMMIT_HASH_MISMATCH');
  });

  it('leaves out what a refused transaction wrote', () => {
    expect(validOf(REFUSED_BLOCK)).toEqual([]);
  });
});

const EMPTY: NamespaceRwSet = {
  namespace: 'registry',
  reads: [],
  rangeQueries: 0,
  writes: [],
  metadataWrites: [],
  collections: [],
};
const put = (key: string, value: string): NamespaceRwSet['writes'][number] => ({
  key,
  isDelete: false,
  value: Buffer.from(value),
});
const remove = (key: string): NamespaceRwSet['writes'][number] => ({
  key,
  isDelete: true,
  value: Buffer.alloc(0),
});
const at = (txIndex: number, rwSet: Partial<NamespaceRwSet>): ValidTransaction => ({
  txIndex,
  rwSets: [{ ...EMPTY, ...rwSet }],
});
const shown = (updates: StateUpdate[]): unknown[] =>
  updates.map(({ key, value, txIndex }) => [
    key.toString(),
    value === null ? null : Buffer.from(value).toString(),
    txIndex,
  ]);

describe('stateUpdates', () => {
  const none = (): undefined => undefined;

  it('keeps the last write of a key', () => {
    const updates = stateUpdates(
      [at(0, { writes: [put('a', '1'), put('b', '1')] }), at(1, { writes: [put('a', '2'), remove('b')] })],
      none,
    );
    expect(shown(updates)).toEqual([
      ['a', '2', 1],
      ['b', null, 1],
    ]);
  });

  it('takes an empty value for a deletion', () => {
    expect(shown(stateUpdates([at(0, { writes: [put('a', '')] })], none))).toEqual([['a', null, 0]]);
  });

  it('orders keys by bytes, not by UTF-16 units', () => {
    const updates = stateUpdates(
      [at(0, { writes: [put('\u{1f600}', '1'), put('\uffee', '1'), put('z', '1')] })],
      none,
    );
    expect(updates.map(({ key }) => key.toString())).toEqual(['z', '\uffee', '\u{1f600}']);
  });

  it('gives a key whose metadata alone is written its current value and a new version', () => {
    const transactions = [at(3, { metadataWrites: [{ key: 'a' }, { key: 'missing' }] })];
    expect(metadataOnlyKeys(transactions)).toHaveLength(2);
    const current = new Map([
      [stateKeyId({ namespace: 'registry', collection: '', key: Buffer.from('a') }), Buffer.from('old')],
    ]);
    expect(shown(stateUpdates(transactions, (key) => current.get(stateKeyId(key))))).toEqual([
      ['a', 'old', 3],
    ]);
  });

  it('takes that value from the same block first', () => {
    const updates = stateUpdates(
      [at(0, { writes: [put('a', 'new')] }), at(1, { metadataWrites: [{ key: 'a' }] })],
      () => Buffer.from('old'),
    );
    expect(shown(updates)).toEqual([['a', 'new', 1]]);
  });

  it('keeps a put and a policy in one transaction as one write', () => {
    expect(
      shown(stateUpdates([at(0, { writes: [put('a', '1')], metadataWrites: [{ key: 'a' }] })], none)),
    ).toEqual([['a', '1', 0]]);
  });

  it('refuses to guess at the block that halts Fabric’s peers', () => {
    const transactions = [at(0, { writes: [remove('a')] }), at(1, { metadataWrites: [{ key: 'a' }] })];
    expect(codeOf(() => stateUpdates(transactions, none))).toBe('COMMIT_HASH_UNSUPPORTED');
  });

  it('refuses to guess at private values that may have expired', () => {
    const collections = [{ collection: 'secrets', writes: [], metadataWrites: [Buffer.alloc(32)] }];
    expect(codeOf(() => stateUpdates([at(0, { collections })], none))).toBe('COMMIT_HASH_UNSUPPORTED');
  });

  it('passes over the channel configuration', () => {
    expect(stateUpdates([at(0, { namespace: '', writes: [put('a', '1')] })], none)).toEqual([]);
  });

  it('takes a purge and the hash of nothing for deletions of private data', () => {
    const hash = (text: string): Buffer => Buffer.from(text.repeat(64).slice(0, 64), 'hex');
    const nothing = Buffer.from('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'hex');
    const writes = [
      { keyHash: hash('a'), isDelete: false, valueHash: hash('1'), isPurge: true },
      { keyHash: hash('b'), isDelete: false, valueHash: nothing, isPurge: false },
      { keyHash: hash('c'), isDelete: false, valueHash: hash('1'), isPurge: false },
    ];
    const updates = stateUpdates(
      [at(0, { collections: [{ collection: '_implicit_org_Op1MSP', writes, metadataWrites: [] }] })],
      none,
    );
    expect(updates.map(({ value }) => value === null)).toEqual([true, true, false]);
  });
});
