import { assertSepaId, assertSepaText } from './sepa-text';
import { errorOf } from './test-support/expect-code';

describe('text for banks', () => {
  it('takes the whole character set', () => {
    assertSepaText("abc XYZ 019 /-?:().,'+", '/name', 70);
    assertSepaId('OP1/2026-03-02', '/messageId', 35);
  });

  it.each([
    ['Müller', 'U+00FC'],
    ['Dupont & Fils', 'U+0026'],
    ['A<B', 'U+003C'],
    ['O’Brien', 'U+2019'],
    ['Łódź', 'U+0141'],
    ['line\nbreak', 'U+000A'],
    ['non\u00a0breaking', 'U+00A0'],
    ['Ada 😀', 'U+1F600'],
    ['a_b', 'U+005F'],
    ['a"b', 'U+0022'],
    ['А', 'U+0410'],
  ])('refuses %j and names the character, not the text', (text, codePoint) => {
    const error = errorOf(() => {
      assertSepaText(text, '/name', 70);
    });
    expect(error).toMatchObject({ code: 'SCHEMA_VIOLATION', subject: '/name' });
    expect(error.message).toContain(codePoint);
    if (text.length > 1) expect(error.message).not.toContain(text);
  });

  it.each(['', ' a', 'a ', 'a'.repeat(71)])('refuses the form of %j', (text) => {
    expect(
      errorOf(() => {
        assertSepaText(text, '/name', 70);
      }).code,
    ).toBe('SCHEMA_VIOLATION');
  });

  it.each(['/a', 'a/', 'a//b', '/'])('refuses the identifier %j', (text) => {
    expect(
      errorOf(() => {
        assertSepaId(text, '/messageId', 35);
      }).code,
    ).toBe('SCHEMA_VIOLATION');
  });
});
