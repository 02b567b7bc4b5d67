import { fixtureModel, fixtureRecord, fixtureScheme, marked, NETWORK } from '../testing/fixture-world';
import { codeOf } from '../testing/verifier-code';
import { type Database, mirrorSource } from './mirror-source';

const MODEL = fixtureModel();
const SCHEME = fixtureScheme(MODEL);
const RECORD = fixtureRecord('cat', marked('cat'), SCHEME);

type Query = readonly [text: string, values: readonly unknown[]];

/** A database that answers every query with the same rows. */
function database(rows: readonly unknown[]): Database & { readonly asked: Query[] } {
  const asked: Query[] = [];
  return {
    asked,
    query: (text, values) => {
      asked.push([text, values]);
      return Promise.resolve({ rows });
    },
  };
}

describe('a mirror’s database as a source', () => {
  it('says which network it follows and how far', async () => {
    const source = mirrorSource(database([{ height: '42', genesis_hash: NETWORK }]), 'auditor');
    expect(await source.describe()).toEqual({
      kind: 'mirror',
      subject: 'auditor',
      network: NETWORK,
      height: 42,
    });
  });

  it.each([[[]], [[{ height: '42', genesis_hash: null }]], [[{ genesis_hash: NETWORK }]], [[null]]])(
    'is refused when it does not: %j',
    async (rows) => {
      expect(await codeOf(mirrorSource(database(rows), 'x').describe())).toBe('SOURCE_MALFORMED');
    },
  );

  it('gives documents, values apart from the statement', async () => {
    const records = database([{ doc: RECORD }]);
    const source = mirrorSource(records, 'x');
    expect((await source.record(RECORD))?.record).toEqual(RECORD);
    expect((await source.recordsOf("'; DROP TABLE records; --"))[0]?.record).toEqual(RECORD);
    for (const [text, values] of records.asked) {
      expect(text).not.toContain('DROP');
      expect(text.match(/\$[0-9]/g)).toHaveLength(values.length);
    }
    expect(await mirrorSource(database([{ doc: MODEL }]), 'x').model('ab')).toEqual(MODEL);
    expect(await mirrorSource(database([{ doc: SCHEME }]), 'x').scheme('ab')).toEqual(SCHEME);
    expect(await mirrorSource(database([]), 'x').model('ab')).toBeUndefined();
    expect(await mirrorSource(database([]), 'x').record(RECORD)).toBeUndefined();
  });

  it.each([
    ['ff', 8, `ff${'0'.repeat(62)}`, 'f'.repeat(64)],
    ['a0', 3, `a0${'0'.repeat(62)}`, `bf${'f'.repeat(62)}`],
    ['00', 1, '0'.repeat(64), `7f${'f'.repeat(62)}`],
    ['0012', 16, `0012${'0'.repeat(60)}`, `0012${'f'.repeat(60)}`],
    [RECORD.nonce, 256, RECORD.nonce, RECORD.nonce],
  ])('looks for payload %s of %i bits between two nonces', async (payload, payload_bits, low, high) => {
    const records = database([]);
    await mirrorSource(records, 'x').recordsWith(SCHEME.scheme_ref, { payload, payload_bits });
    expect(records.asked[0]?.[1].slice(0, 3)).toEqual([SCHEME.scheme_ref, low, high]);
  });

  it('refuses what is no document', async () => {
    expect(await codeOf(mirrorSource(database([{ doc: null }]), 'x').model('ab'))).toBe('SOURCE_MALFORMED');
    expect(await codeOf(mirrorSource(database(['row']), 'x').record(RECORD))).toBe('SOURCE_MALFORMED');
  });
});
