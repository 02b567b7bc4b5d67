import { encodeCursor } from '../http/cursor';
import { type ListingDefinition, listingSql } from './listing';

const DEFINITION: ListingDefinition = {
  table: 'registry.artifacts',
  order: [
    { column: 'created_block', type: 'number' },
    { column: 'artifact_id', type: 'string' },
  ],
  filters: { kind: 'kind', maker: 'maker' },
};

describe('listingSql', () => {
  it('asks for one row more than a page', () => {
    expect(listingSql(DEFINITION, { filters: {}, limit: 10 }, 10)).toEqual({
      text: 'SELECT created_block, artifact_id, doc FROM registry.artifacts  ORDER BY created_block, artifact_id LIMIT 11',
      values: [],
    });
  });

  it('keeps values out of the statement', () => {
    const hostile = `'; DROP TABLE x; --`;
    const { text, values } = listingSql(
      DEFINITION,
      { filters: { kind: hostile, unknown: hostile }, limit: 1 },
      1,
    );
    expect(text).toContain('WHERE kind = $1 ORDER');
    expect(text).not.toContain('DROP');
    expect(values).toEqual([hostile]);
  });

  it('goes on after a cursor', () => {
    const query = { filters: { maker: 'm' }, cursor: encodeCursor([7, 'a']), limit: 1 };
    const { text, values } = listingSql(DEFINITION, query, 1);
    expect(text).toContain('WHERE maker = $1 AND (created_block, artifact_id) > ($2::bigint, $3::text)');
    expect(values).toEqual(['m', 7, 'a']);
  });

  it('refuses a cursor of another listing', () => {
    expect(() =>
      listingSql(DEFINITION, { filters: {}, cursor: encodeCursor(['a', 7]), limit: 1 }, 1),
    ).toThrow('cursor');
  });
});
