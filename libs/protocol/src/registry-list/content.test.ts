import fc from 'fast-check';
import { type Revocation } from '../domain/revocation';
import { sha256Hex } from '../encoding/hash';
import { codeOf } from '../test-support/expect-code';
import { listsAt, wholeList } from '../test-support/list-operators';
import { RevocationLedger } from '../test-support/revocation-ledger';
import { assertHeader, readContent, type ScopeContent } from './content';
import { type ScopeList } from './derive';
import { type ListDocument } from './document';
import { type ListHeader } from './list-header';
import { ListIndex } from './list-index';
import { proveSubject } from './proof';

const ledger = new RevocationLedger();
for (const name of ['a', 'b', 'c', 'd', 'e']) ledger.restrict('artifact', name);
const hold = ledger.restrict('artifact', 'f', { kind: 'hold' });
ledger.restrict('artifact', 'g', { kind: 'narrow', scope: { actions: ['adapt'] } });
ledger.lift(hold);
ledger.restrict('artifact', 'a', { kind: 'downgrade', limits: { max_executions: 1 } });

const at = (count: number): ScopeList => listsAt(ledger.entries, count).get('artifacts')!;
const NEWEST = at(ledger.entries.length);
const held = (count: number): ScopeContent => readContent(wholeList(at(count)), undefined);

function delta(from: number, to = ledger.entries.length): ListDocument {
  const base = at(from).header;
  const events = ledger.entries.filter(({ number }) => number > from && number <= to);
  return { header: at(to).header, delta: { base_number: base.number, base_chain: base.chain, events } };
}

describe('a whole list', () => {
  it('is read with all its partitions', () => {
    const content = held(9);
    expect(content.entries).toEqual(NEWEST.entries);
    expect(content.partitions).toEqual([0]);
  });

  const { header, partitions = [] } = wholeList(NEWEST);
  const entries = partitions[0]?.entries ?? [];
  it.each<[string, ListDocument, string]>([
    [
      'an entry left out',
      { header, partitions: [{ index: 0, entries: entries.slice(1) }] },
      'LIST_ROOT_MISMATCH',
    ],
    [
      'an entry altered',
      {
        header,
        partitions: [{ index: 0, entries: [{ ...entries[0]!, final: false }, ...entries.slice(1)] }],
      },
      'LIST_ROOT_MISMATCH',
    ],
    [
      'entries out of order',
      { header, partitions: [{ index: 0, entries: [...entries].reverse() }] },
      'LIST_MALFORMED',
    ],
    [
      'an entry twice',
      { header, partitions: [{ index: 0, entries: [entries[0]!, ...entries] }] },
      'LIST_MALFORMED',
    ],
    ['a partition that it has not', { header, partitions: [{ index: 1, entries: [] }] }, 'LIST_MALFORMED'],
    ['a partition twice', { header, partitions: [...partitions, ...partitions] }, 'LIST_MALFORMED'],
    ['the entries of another list', { ...wholeList(at(8)), header }, 'LIST_ROOT_MISMATCH'],
    ['an entry of a number beyond its own', { ...wholeList(NEWEST), header: at(5).header }, 'LIST_MALFORMED'],
  ])('is refused with %s', (_what, document, code) => {
    expect(codeOf(() => readContent(document, undefined))).toBe(code);
  });
});

describe('the header of a list', () => {
  const { header } = NEWEST;
  it.each<[string, Partial<ListHeader>, string]>([
    ['something critical that is not understood', { critical: ['quantum'] }, 'LIST_CRITICAL_UNKNOWN'],
    ['counts that do not add up', { count: header.count + 1 }, 'LIST_MALFORMED'],
    [
      'another cut',
      { partitions: [...header.partitions, { count: 0, root: '0'.repeat(64) }] },
      'LIST_MALFORMED',
    ],
    ['number 0 and an anchor', { number: 0 }, 'LIST_MALFORMED'],
  ])('is refused with %s', (_what, change, code) => {
    expect(
      codeOf(() => {
        assertHeader({ ...header, ...change });
      }),
    ).toBe(code);
  });

  it('may carry an extension that is not critical', () => {
    expect(
      codeOf(() => {
        assertHeader({ ...header, extensions: { note: 1 }, critical: [] });
      }),
    ).toBe('none');
  });

  it('of an empty list has no chain', () => {
    const empty = listsAt([]).get('keys')!.header;
    expect(
      codeOf(() => {
        assertHeader(empty);
      }),
    ).toBe('none');
    expect(
      codeOf(() => {
        assertHeader({ ...empty, chain: 'a'.repeat(64) });
      }),
    ).toBe('LIST_MALFORMED');
  });

  it('alone brings nothing, unless the list is at hand already', () => {
    const content = held(9);
    expect(readContent({ header }, content).entries).toEqual(content.entries);
    expect(readContent({ header }, held(8)).partitions).toEqual([]);
    expect(readContent({ header }, undefined).partitions).toEqual([]);
  });
});

describe('a delta', () => {
  it('from any list to any later one gives the whole later list', () => {
    for (let from = 0; from < 9; from += 1) {
      expect(readContent(delta(from), held(from)).entries).toEqual(NEWEST.entries);
    }
  });

  it.each([
    ['no list at hand', undefined],
    ['an older list at hand', held(4)],
    ['a newer list at hand', held(6)],
    ['a list of another scope at hand', readContent(wholeList(listsAt([]).get('keys')!), undefined)],
  ])('is refused with %s', (_what, base) => {
    expect(codeOf(() => readContent(delta(5), base))).toBe('LIST_DELTA_BASE');
  });

  it('is refused with a list of the right number from another ledger at hand', () => {
    const other = new RevocationLedger();
    for (const name of ['a', 'b', 'c', 'd', 'x']) other.restrict('artifact', name);
    const foreign = readContent(wholeList(listsAt(other.entries).get('artifacts')!), undefined);
    expect(foreign.header.number).toBe(5);
    expect(codeOf(() => readContent(delta(5), foreign))).toBe('LIST_DELTA_BASE');
  });

  it.each<[string, (events: Revocation[]) => Revocation[]]>([
    ['an entry left out', (events) => events.slice(1)],
    ['the newest entry left out', (events) => events.slice(0, -1)],
    ['an entry altered', ([first, ...rest]) => [{ ...first!, reason_code: 'other' }, ...rest]],
    ['entries exchanged', ([first, second, ...rest]) => [second!, first!, ...rest]],
    ['an entry more', (events) => [...events, { ...events[0]!, number: 99 }]],
  ])('is refused with %s', (_what, spoil) => {
    const { header, delta: body } = delta(5);
    const document = { header, delta: { ...body!, events: spoil([...body!.events]) } };
    expect(codeOf(() => readContent(document, held(5)))).toBe('LIST_CHAIN_BROKEN');
  });

  it('is refused with an entry of another scope', () => {
    const { header, delta: body } = delta(8);
    const events = body!.events.map((event) => ({ ...event, subject_type: 'device' as const }));
    expect(codeOf(() => readContent({ header, delta: { ...body!, events } }, held(8)))).toBe(
      'LIST_MALFORMED',
    );
  });

  it('does not mind marks of later releases on its entries', () => {
    const { header, delta: body } = delta(5);
    const events = body!.events.map((event) => ({ ...event, lifted: { number: 50, tx_id: 'x', at: 1 } }));
    expect(readContent({ header, delta: { ...body!, events } }, held(5)).entries).toEqual(NEWEST.entries);
  });
});

describe('a proof about one subject', () => {
  const about = (name: string, list = NEWEST) => {
    const subject = { subject_id: sha256Hex(name) };
    return { subject, document: { header: list.header, proof: proveSubject(list, subject) } };
  };
  const numbersOf = (name: string): number[] | undefined => {
    const { subject, document } = about(name);
    const index = new ListIndex(new Map([['artifacts', readContent(document, undefined)]]));
    return index.entries('artifact', subject)?.map(({ number }) => number);
  };

  it('shows all its restrictions, or that there are none', () => {
    expect(numbersOf('a')).toEqual([1, 9]);
    expect(numbersOf('b')).toEqual([2]);
    expect(numbersOf('f')).toEqual([]);
    expect(numbersOf('nobody')).toEqual([]);
  });

  it('says nothing about another subject', () => {
    const index = new ListIndex(new Map([['artifacts', readContent(about('a').document, undefined)]]));
    expect(index.entries('artifact', { subject_id: sha256Hex('b') })).toBeUndefined();
    expect(index.incomplete).toHaveLength(5);
  });

  it('holds for every subject of lists of every size', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(30), (size, asked) => {
        const random = new RevocationLedger();
        for (let n = 0; n < size; n += 1) random.restrict('artifact', `s${n % 15}`);
        const list = listsAt(random.entries).get('artifacts')!;
        const { document, subject } = about(`s${asked}`, list);
        const [proven] = readContent(document, undefined).proven;
        expect(proven?.entries).toEqual(
          list.entries.filter(({ subject_id }) => subject_id === subject.subject_id),
        );
      }),
    );
  });

  it('about one key version does not mix it with others', () => {
    const keys = new RevocationLedger();
    for (const version of [1, 2, 4]) keys.restrict('key', 'k', { key_version: version });
    const list = listsAt(keys.entries).get('keys')!;
    const versions = [1, 2, 3, 4, undefined].map((key_version) => {
      const subject = { subject_id: sha256Hex('k'), key_version };
      const content = readContent({ header: list.header, proof: proveSubject(list, subject) }, undefined);
      return new ListIndex(new Map([['keys', content]])).entries('key', subject)?.length;
    });
    expect(versions).toEqual([1, 1, 0, 1, 3]);
  });

  it('is refused when a restriction or a neighbour is withheld, or it is of another list', () => {
    const { document } = about('a');
    const { header, proof } = document;
    const spoiled = [
      { header, proof: { ...proof, proofs: [] } },
      { header, proof: { ...proof, proofs: proof.proofs.slice(1) } },
      { header, proof: { ...proof, proofs: proof.proofs.slice(0, -1) } },
      { header, proof: { ...proof, proofs: proof.proofs.filter((_one, index) => index !== 1) } },
      { header, proof: { ...proof, proofs: proof.proofs.map((one) => ({ ...one, index: one.index + 1 })) } },
      { header, proof: { ...proof, subject_id: sha256Hex('b') } },
      { header: at(8).header, proof },
    ];
    expect(spoiled.map((one) => codeOf(() => readContent(one, undefined)))).toEqual(
      spoiled.map(() => 'LIST_ROOT_MISMATCH'),
    );
  });
});
