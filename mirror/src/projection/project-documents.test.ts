import fc from 'fast-check';
import { parseCompositeKey } from './composite-key';
import { documentTable, DOCUMENT_TABLES } from './document-tables';
import { projectDocuments } from './project-documents';
import { type WriteRow } from './rows';
import { safeJson, safeText } from './safe-text';

const ARTIFACT = 'a1'.repeat(32);
const MAKER = 'b2'.repeat(32);
const HOLDER = 'c3'.repeat(32);
const RIGHT = 'd4'.repeat(32);

function key(...parts: string[]): string {
  return `\u0000${parts.join('\u0000')}\u0000`;
}

function write(ledgerKey: string, value: unknown, change: Partial<WriteRow> = {}): WriteRow {
  return {
    block: 7,
    txIndex: 2,
    ordinal: 0,
    namespace: 'registry',
    collection: '',
    key: Buffer.from(ledgerKey),
    isDelete: false,
    isMetadata: false,
    value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
    ...change,
  };
}

const artifact = {
  artifact_id: ARTIFACT,
  maker: MAKER,
  kind: 'model',
  name: 'MiniLM',
  version: '1.0.0',
  state: 'pending-review',
  root_digest: '00'.repeat(32),
  license_id: 'e5'.repeat(32),
  parents: [{ artifact_id: 'f6'.repeat(32), relation: 'derived' }],
  risk: { class: 'high', domains: ['text'] },
};

function project(...writes: WriteRow[]): ReturnType<typeof projectDocuments> {
  return projectDocuments(writes, 'registry');
}

describe('projectDocuments', () => {
  it('makes a typed row of an artifact, and timelines of what it names', () => {
    const { documents, subjects } = project(write(key('artifact', ARTIFACT), artifact));
    expect(documents).toHaveLength(1);
    expect(documents[0]).toMatchObject({
      values: [
        ARTIFACT,
        'model',
        MAKER,
        'MiniLM',
        '1.0.0',
        'pending-review',
        'high',
        'e5'.repeat(32),
        '00'.repeat(32),
      ],
      block: 7,
      txIndex: 2,
    });
    expect(JSON.parse(documents[0]!.doc!)).toEqual(artifact);
    expect(
      subjects.map(({ subjectType, subjectId, relation }) => [subjectType, subjectId, relation]),
    ).toEqual([
      ['artifact', ARTIFACT, 'object'],
      ['actor', MAKER, 'mention'],
      ['license', 'e5'.repeat(32), 'mention'],
      ['artifact', 'f6'.repeat(32), 'mention'],
    ]);
  });

  it.each<[string, string[], object, unknown[]]>([
    [
      'actor',
      [MAKER],
      {
        name: 'Ada',
        status: 'active',
        keys: [
          { status: 'retired', keyid: '1' },
          { status: 'current', keyid: '2' },
        ],
      },
      [MAKER, 'Ada', 'active', '2'],
    ],
    ['license', ['1'], { licensor: MAKER, name: 'research' }, ['1', MAKER, 'research']],
    [
      'right',
      [RIGHT],
      {
        artifact_id: ARTIFACT,
        license_id: '1',
        maker: MAKER,
        holder: HOLDER,
        purpose: 'research',
        status: 'active',
        version: 2,
        last_transfer_at: 5,
      },
      [RIGHT, ARTIFACT, '1', MAKER, HOLDER, null, 'research', 'active', 2, null, 5],
    ],
    ['key', [ARTIFACT], { current: 3 }, [ARTIFACT, 3]],
    [
      'sale',
      [RIGHT, '2'],
      { artifact_id: ARTIFACT, seller: MAKER, buyer: HOLDER, price: { amount: '1000', currency: 'EUR' } },
      [RIGHT, 2, ARTIFACT, MAKER, HOLDER, 'EUR', '1000'],
    ],
    [
      'revocation',
      ['000000000012'],
      {
        subject_type: 'key',
        subject_id: ARTIFACT,
        key_version: 1,
        kind: 'revoke',
        reason_code: 'leak',
        final: true,
      },
      [12, 'key', ARTIFACT, 1, 'revoke', 'leak', true, false, null],
    ],
    ['revocation-head', [], { number: 12, hash: 'ab' }, ['', 12, 'ab']],
    ['parameters', [], { version: 4 }, [4]],
    ['proposal', ['9'], { status: 'open' }, ['9', 'open']],
    ['intent', [MAKER, '00'], { intent_id: '77' }, [MAKER, '00', '77']],
  ])('knows a %s', (type, id, document, values) => {
    const { documents } = project(write(key(type, ...id), document));
    expect(documents.map((row) => row.values)).toEqual([values]);
    expect(documents[0]!.values).toHaveLength(documents[0]!.table.columns.length);
  });

  it('marks a lifted hold and the release that lifts it', () => {
    const entry = { subject_type: 'artifact', subject_id: ARTIFACT, reason_code: 'x', final: false };
    const { documents } = project(
      write(key('revocation', '000000000001'), { ...entry, kind: 'hold', lifted: { number: 2 } }),
      write(key('revocation', '000000000002'), { ...entry, kind: 'release', releases: 1 }),
    );
    expect(documents.map(({ values }) => [values[7], values[8]])).toEqual([
      [true, null],
      [false, 1],
    ]);
  });

  it('puts what a transaction writes before what it mentions, each once', () => {
    const { subjects } = project(
      write(key('right', RIGHT), { artifact_id: ARTIFACT, maker: MAKER, holder: MAKER }),
      write(key('artifact', ARTIFACT), artifact),
    );
    const own = subjects.filter(({ subjectId }) => subjectId === ARTIFACT);
    expect(own).toHaveLength(1);
    expect(own[0]!.relation).toBe('object');
    expect(subjects.filter(({ subjectId }) => subjectId === MAKER)).toHaveLength(1);
  });

  it.each<[string, WriteRow]>([
    ['another chaincode', write(key('artifact', ARTIFACT), artifact, { namespace: 'asset' })],
    ['a private collection', write(key('artifact', ARTIFACT), artifact, { collection: 'secret' })],
    ['metadata alone', write(key('artifact', ARTIFACT), artifact, { isMetadata: true, value: null })],
    ['a plain key', write('artifact', artifact)],
    ['a kind without a table', write(key('unicorn', '1'), {})],
    ["a kind named like an object's property", write(key('constructor', '1'), {})],
    ['a value that is not JSON', write(key('artifact', ARTIFACT), '{')],
    ['a value that is no object', write(key('artifact', ARTIFACT), '[]')],
    ['bytes that are not UTF-8', write(key('artifact', ARTIFACT), '', { value: Buffer.from([0xff]) })],
    ['an id of two parts', write(key('artifact', ARTIFACT, '2'), artifact)],
    ['a sale of no version', write(key('sale', RIGHT, 'x'), {})],
    ['a sale of a version too large', write(key('sale', RIGHT, '9'.repeat(30)), {})],
    ['a revocation without a number', write(key('revocation', 'one'), {})],
    ['parameters without a version', write(key('parameters'), {})],
  ])('passes over %s', (_what, row) => {
    expect(project(row)).toEqual({ documents: [], subjects: [] });
  });

  it('deletes what the ledger deletes', () => {
    const { documents } = project(write(key('artifact', ARTIFACT), '', { isDelete: true, value: null }));
    expect(documents).toMatchObject([
      { doc: null, values: [ARTIFACT, null, null, null, null, null, null, null, null] },
    ]);
  });

  it('never gives what PostgreSQL could not store, and never throws', () => {
    const anyValue = fc.oneof(fc.json(), fc.string({ unit: 'binary' }), fc.string());
    fc.assert(
      fc.property(
        fc.constantFrom(
          ...['actor', 'artifact', 'right', 'sale', 'revocation', 'key', 'model', 'record', 'settlement'],
        ),
        fc.array(fc.string()),
        anyValue,
        (type, id, value) => {
          const { documents, subjects } = project(write(key(type, ...id), value));
          const texts = [
            ...documents.flatMap((row) => [...row.values, row.doc]),
            ...subjects.map(({ subjectId }) => subjectId),
          ];
          for (const text of texts) expect(String(text)).not.toMatch(/\u0000|\\u0000|\\ud[89a-f]/);
        },
      ),
    );
  });

  it('replaces U+0000 and lone surrogates in names and documents', () => {
    const { documents } = project(
      write(key('artifact', ARTIFACT), '{"name":"a\\u0000b\\ud800","k\\u0000":["\\udc00x"]}'),
    );
    expect(documents[0]!.values[3]).toBe('a\ufffdb\ufffd');
    expect(JSON.parse(documents[0]!.doc!)).toEqual({ name: 'a\ufffdb\ufffd', 'k\ufffd': ['\ufffdx'] });
  });
});

describe('safe text', () => {
  it('keeps what is well-formed and bounds the rest', () => {
    expect(safeText('a\u{1f600}b', 10)).toBe('a\u{1f600}b');
    expect(safeText('abc', 2)).toBe('ab');
    expect(safeText('a\u{1f600}', 2)).toBe('a\ufffd');
    expect(safeJson([1, true, null, { a: 'x\u0000' }])).toEqual([1, true, null, { a: 'x\ufffd' }]);
  });
});

describe('composite keys', () => {
  it('are told from plain ones', () => {
    expect(parseCompositeKey(key('actor', 'x'))).toEqual({ type: 'actor', attributes: ['x'] });
    expect(parseCompositeKey(key('parameters'))).toEqual({ type: 'parameters', attributes: [] });
    for (const plain of ['', 'actor', '\u0000', '\u0000\u0000', '\u0000actor', 'actor\u0000']) {
      expect(parseCompositeKey(plain)).toBeNull();
    }
  });

  it('have one table each', () => {
    expect(new Set(DOCUMENT_TABLES.map(({ table }) => table)).size).toBe(DOCUMENT_TABLES.length);
    expect(documentTable('toString')).toBeNull();
  });
});
