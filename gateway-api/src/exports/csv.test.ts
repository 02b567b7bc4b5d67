import fc from 'fast-check';
import { csvLine } from './csv';
import { EXPORTS } from './export-kinds';
import { writeExport } from './write-export';

/** RFC 4180 as a reader has it. */
function parseLine(line: string): string[] {
  const cells: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n$)/gy;
  for (let found = pattern.exec(line); found !== null; found = pattern.exec(line)) {
    cells.push(found[1] === undefined ? (found[2] ?? '') : found[1].replaceAll('""', '"'));
    if (found[3] !== ',') return cells;
  }
  throw new Error(`not a line of CSV: ${line}`);
}

describe('csvLine', () => {
  it('gives back what went in, but for the mark of what looks like a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (cells) => {
        const expected = cells.map((text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text));
        expect(parseLine(csvLine(cells))).toEqual(expected);
      }),
    );
  });

  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '=HYPERLINK("https://example.org";"x")',
    "=cmd|' /C calc'!A0",
  ])('lets no spreadsheet run %j', (text) => {
    expect(parseLine(csvLine([text]))).toEqual([`'${text}`]);
    expect(csvLine([text])).not.toMatch(/^"?[=+\-@\t\r]/);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, ''],
    ['null', null, ''],
    ['a number', 7, '7'],
    ['a flag', false, 'false'],
    ['a list', ['a', 'b'], 'a;b'],
    ['an empty list', [], ''],
    ['a list that begins like a formula', ['=1', '2'], "'=1;2"],
    ['a structure', { a: [1] }, '"{""a"":[1]}"'],
    ['a list of structures', [{ a: 1 }], '"[{""a"":1}]"'],
    ['a line break', 'a\nb', '"a\nb"'],
    ['a quote', 'a"b', '"a""b"'],
    ['a comma', 'a,b', '"a,b"'],
  ])('writes %s', (_what, value, cell) => {
    expect(csvLine([value])).toBe(`${cell}\r\n`);
  });
});

describe('writeExport', () => {
  const withdrawal = { withdrawal_id: 'w', amount: '5', requested: { tx_id: 't', at: 1 }, reports: [] };

  it('names the columns on the first page, and only there', () => {
    const first = writeExport(EXPORTS.withdrawals, 'csv', [withdrawal], true);
    expect(first.contentType).toContain('header=present');
    expect(first.text.split('\r\n')).toEqual([
      'withdrawal_id,beneficiary,currency,amount,instruction_commitment,status,requested_tx_id,requested_at,reports',
      'w,,,5,,,t,1,',
      '',
    ]);
    const later = writeExport(EXPORTS.withdrawals, 'csv', [withdrawal], false);
    expect(later.contentType).toContain('header=absent');
    expect(later.text).toBe('w,,,5,,,t,1,\r\n');
  });

  it('writes one document a line, whatever it holds', () => {
    const { text } = writeExport(EXPORTS.records, 'jsonl', [{ a: 'x\ny' }, { b: '\u2028' }], true);
    const lines = text.split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([{ a: 'x\ny' }, { b: '\u2028' }]);
  });

  it('looks into no member that a document only inherits', () => {
    const kind = { ...EXPORTS.records, columns: ['constructor.name', 'toString'] };
    expect(writeExport(kind, 'csv', ['text', null, 7], false).text).toBe(',\r\n,\r\n,\r\n');
  });
});
