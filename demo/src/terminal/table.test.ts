import { formatTable } from './table';

describe('formatTable', () => {
  it('aligns columns and rules off the heading', () => {
    expect(
      formatTable(
        [
          ['step', 'block'],
          ['register', '7'],
          ['revoke', '12'],
        ],
        [1],
      ),
    ).toEqual(['step      block', '--------  -----', 'register      7', 'revoke       12']);
  });

  it('fills rows that are shorter than others', () => {
    expect(formatTable([['a', 'b'], ['long']])).toEqual(['a     b', '----  -', 'long']);
  });

  it('gives nothing for no rows', () => {
    expect(formatTable([])).toEqual([]);
  });
});
