import fc from 'fast-check';
import { decodeCursor, encodeCursor } from './cursor';

describe('cursors', () => {
  it('come back as they went', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.string({ maxLength: 64 }), (block, index, id) => {
        expect(decodeCursor(encodeCursor([block, index, id]), ['number', 'number', 'string'])).toEqual([
          block,
          index,
          id,
        ]);
      }),
    );
  });

  it.each([
    ['of another listing', encodeCursor([1, 'a'])],
    ['too short', encodeCursor([1])],
    ['with a fraction', encodeCursor([1.5, 2])],
    ['of an object', Buffer.from('{"0":1,"1":2}').toString('base64url')],
    ['that is no JSON', Buffer.from('[1,').toString('base64url')],
    ['that is no base64', '!!!'],
    ['too long', encodeCursor([1, 2]).padEnd(600, 'A')],
  ])('are refused when %s', (_name, text) => {
    expect(() => decodeCursor(text, ['number', 'number'])).toThrow(
      expect.objectContaining({ code: 'SCHEMA_VIOLATION', subject: '/query/cursor' }) as Error,
    );
  });

  it('are refused with a zero character, which the database can not take', () => {
    expect(() => decodeCursor(encodeCursor([1, 'a\0']), ['number', 'string'])).toThrow(
      expect.objectContaining({ code: 'SCHEMA_VIOLATION', subject: '/query/cursor' }) as Error,
    );
  });
});
