import fc from 'fast-check';
import { sha256Hex } from '../encoding/hash';
import { codeOf } from '../test-support/expect-code';
import { NETWORK } from '../test-support/parameters';
import { RevocationLedger } from '../test-support/revocation-ledger';
import { deriveLists, ListDerivation } from './derive';
import { listDigest } from './list-header';
import { partitionCount, partitionOf } from './partition';
import { LIST_SCOPES, type ListScope } from './scopes';

function ledgerWithLift(): RevocationLedger {
  const ledger = new RevocationLedger();
  ledger.restrict('artifact', 'a');
  const hold = ledger.restrict('artifact', 'b', { kind: 'hold' });
  ledger.restrict('device', 'd');
  ledger.restrict('key', 'a', { kind: 'hold', key_version: 2 });
  ledger.lift(hold);
  return ledger;
}

const digests = (ledger: RevocationLedger, count = ledger.entries.length): string[] =>
  [...deriveLists(NETWORK, ledger.entries.slice(0, count)).values()].map(({ header }) => listDigest(header));

describe('the lists of a ledger', () => {
  it('begin empty, without anchor, at number 0', () => {
    const { header, entries } = new ListDerivation(NETWORK).list('keys');
    expect(entries).toEqual([]);
    expect([header.number, header.count, header.anchor]).toEqual([0, 0, undefined]);
    expect([header.chain, header.previous]).toEqual(['0'.repeat(64), '0'.repeat(64)]);
  });

  it('hold what is in force, each scope its own, with the number of its newest entry', () => {
    const lists = deriveLists(NETWORK, ledgerWithLift().entries);
    const shown = LIST_SCOPES.map((scope) => {
      const list = lists.get(scope);
      return [scope, list?.header.number, list?.entries.map(({ number }) => number)];
    });
    expect(shown).toEqual([
      ['keys', 4, [4]],
      ['artifacts', 5, [1]],
      ['actors', 0, []],
      ['rights', 0, []],
      ['devices', 3, [3]],
    ]);
  });

  it('are the same bytes however long after, and whatever lifted since: marks on entries are not looked at', () => {
    const ledger = new RevocationLedger();
    ledger.restrict('artifact', 'a');
    const hold = ledger.restrict('artifact', 'b', { kind: 'hold' });
    const before = digests(ledger);
    ledger.lift(hold);
    ledger.restrict('artifact', 'c');
    expect(digests(ledger, 2)).toEqual(before);
  });

  it('do not change through entries of another scope', () => {
    const ledger = ledgerWithLift();
    const before = deriveLists(NETWORK, ledger.entries).get('artifacts');
    ledger.restrict('actor', 'x');
    expect(deriveLists(NETWORK, ledger.entries).get('artifacts')).toEqual(before);
  });

  it('are chained: each names the one before', () => {
    const ledger = ledgerWithLift();
    const at = (count: number) =>
      deriveLists(NETWORK, ledger.entries.slice(0, count)).get('artifacts')?.header;
    expect(at(5)?.previous).toBe(at(2)?.chain);
    expect(at(2)?.previous).toBe(at(1)?.chain);
    expect(at(1)?.previous).toBe('0'.repeat(64));
  });

  it('are the same derived in one go or entry by entry', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(8), fc.nat(3), fc.boolean()), { size: 'max', maxLength: 40 }),
        (acts) => {
          const ledger = new RevocationLedger();
          const holds: number[] = [];
          for (const [name, kind, isLift] of acts) {
            const [lifted] = isLift ? holds.splice(0, 1) : [];
            if (lifted !== undefined) ledger.lift(lifted);
            else if (kind === 0) holds.push(ledger.restrict('artifact', `s${name}`, { kind: 'hold' }));
            else ledger.restrict(kind === 1 ? 'artifact' : 'actor', `s${name}`);
          }
          const stepwise = new ListDerivation(NETWORK);
          for (const entry of ledger.entries) {
            stepwise.append([entry]);
            stepwise.list('artifacts');
          }
          const at = deriveLists(NETWORK, ledger.entries);
          expect(LIST_SCOPES.map((scope) => stepwise.list(scope))).toEqual([...at.values()]);
          const artifacts = at.get('artifacts');
          const inForce = ledger.entries.filter(
            ({ subject_type, kind, lifted }) =>
              subject_type === 'artifact' && kind !== 'release' && lifted === undefined,
          );
          expect(artifacts?.entries.map(({ number }) => number).sort((a, b) => a - b)).toEqual(
            inForce.map(({ number }) => number),
          );
        },
      ),
    );
  });

  it.each<[string, (ledger: RevocationLedger) => void]>([
    ['left out', ({ entries }) => void entries.splice(1, 1)],
    ['exchanged', ({ entries }) => void entries.splice(1, 2, ...entries.slice(1, 3).reverse())],
    ['altered', ({ entries }) => void entries.splice(1, 1, { ...entries[1]!, reason_code: 'other' })],
    ['put in front', ({ entries }) => void entries.unshift(entries[0]!)],
  ])('are not derived from a chain of which an entry was %s', (_how, spoil) => {
    const ledger = ledgerWithLift();
    spoil(ledger);
    expect(codeOf(() => deriveLists(NETWORK, ledger.entries))).toBe('LIST_CHAIN_BROKEN');
  });

  it('append all entries given or none', () => {
    const ledger = ledgerWithLift();
    const derivation = new ListDerivation(NETWORK);
    const [first, , third] = ledger.entries;
    expect(
      codeOf(() => {
        derivation.append([first!, third!]);
      }),
    ).toBe('LIST_CHAIN_BROKEN');
    expect(derivation.head.number).toBe(0);
    derivation.append(ledger.entries);
    expect(derivation.head).toEqual(ledger.head);
  });

  it('know the chain of every list of a scope, and of no other number', () => {
    const derivation = new ListDerivation(NETWORK);
    derivation.append(ledgerWithLift().entries);
    const known = (scope: ListScope): number[] =>
      [0, 1, 2, 3, 4, 5, 6].filter((number) => derivation.chainAt(scope, number) !== undefined);
    expect(known('artifacts')).toEqual([0, 1, 2, 5]);
    expect(known('devices')).toEqual([0, 3]);
  });
});

describe('the partitions of a list', () => {
  it.each([
    [0, 1],
    [8_192, 1],
    [8_193, 2],
    [16_385, 4],
    [1_000_000, 128],
  ])('of %s entries are %s', (entries, partitions) => {
    expect(partitionCount(entries)).toBe(partitions);
  });

  it('cover every subject in the order of ids', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(7), (a, b, power) => {
        const of = 2 ** power;
        const [first, second] = [sha256Hex(a), sha256Hex(b)].sort() as [string, string];
        expect(partitionOf(first, of)).toBeLessThanOrEqual(partitionOf(second, of));
        expect(partitionOf(second, of)).toBeLessThan(of);
      }),
    );
  });
});
