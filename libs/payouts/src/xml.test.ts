import fc from 'fast-check';
import { codeOf } from './test-support/expect-code';
import { readXml } from './xml-reader';
import { element, escapeXml, writeXml } from './xml-writer';

/** Every character XML 1.0 has; without whitespace at the ends, which the reader strips. */
const xmlText = fc
  .string({ unit: 'binary' })
  .filter((text) => !/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text))
  .map((text) => `(${text})`);

describe('XML', () => {
  it('carries any text through writing and reading', () => {
    fc.assert(
      fc.property(xmlText, xmlText, (text, attribute) => {
        const read = readXml(writeXml(element('a', [element('b', text, { c: attribute })])));
        expect(read.children[0]?.text).toBe(text);
        expect(read.children[0]?.attributes.get('c')).toBe(attribute);
      }),
    );
  });

  it('leaves no markup in escaped text', () => {
    fc.assert(
      fc.property(xmlText, (text) => {
        expect(escapeXml(text)).not.toMatch(/[<>"'\t\n\r]|&(?!(amp|lt|gt|quot|apos|#9|#10|#13);)/);
      }),
    );
    expect(escapeXml('</Nm><Amt>&"\'')).toBe('&lt;/Nm&gt;&lt;Amt&gt;&amp;&quot;&apos;');
  });

  it('resolves prefixes, nested and shadowed', () => {
    const root = readXml(
      '<p:a xmlns:p="urn:1" xmlns="urn:2" x="1"><b/><p:c xmlns:p="urn:3"><p:d/></p:c></p:a>',
    );
    expect(root).toMatchObject({ name: 'a', namespace: 'urn:1' });
    expect([...root.attributes]).toEqual([['x', '1']]);
    expect(root.children.map(({ name, namespace }) => [name, namespace])).toEqual([
      ['b', 'urn:2'],
      ['c', 'urn:3'],
    ]);
    expect(root.children[1]?.children[0]?.namespace).toBe('urn:3');
  });

  it('reads references, CDATA, comments and a byte order mark', () => {
    const root = readXml(
      '\ufeff<?xml version="1.0"?><a> x&amp;&#65;&#x42;<!-- c --><![CDATA[&lt;<b>]]> </a>',
    );
    expect(root.text).toBe('x&AB&lt;<b>');
    expect(root.children).toHaveLength(0);
  });

  it.each([
    ['nothing', ''],
    ['text alone', 'a'],
    ['an open element', '<a>'],
    ['crossed elements', '<a><b></a></b>'],
    ['two roots', '<a/><b/>'],
    ['an attribute without quotes', '<a b=c/>'],
    ['an attribute without value', '<a b/>'],
    ['an attribute twice', '<a b="1" b="2"/>'],
    ['a document type', '<!DOCTYPE a><a/>'],
    ['a document type in lower case', '<!doctype a><a/>'],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ['an entity declaration', '<a><!ENTITY x "y"></a>'],
    ['an element declaration', '<!ELEMENT a ANY><a/>'],
    ['a processing instruction', '<a><?php x ?></a>'],
    ['a style sheet', '<?xml-stylesheet href="x"?><a/>'],
    ['an undeclared entity', '<a>&nbsp;</a>'],
    ['a bare ampersand', '<a>a & b</a>'],
    ['an undeclared entity in an attribute', '<a b="&x;"/>'],
    ['a reference to NUL', '<a>&#0;</a>'],
    ['a reference to a surrogate', '<a>&#xD800;</a>'],
    ['a reference beyond Unicode', '<a>&#x110000;</a>'],
    ['a control character', '<a>\u0001</a>'],
    ['half a surrogate pair', '<a>\ud800</a>'],
    ['an undeclared prefix', '<p:a/>'],
    ['a name that JavaScript reserves', '<__proto__/>'],
    ['another such name', '<a constructor="1"/>'],
    ['40 levels', '<a>'.repeat(40) + '</a>'.repeat(40)],
  ])('refuses %s', (_what, text) => {
    expect(codeOf(() => readXml(text))).toBe('SCHEMA_VIOLATION');
  });

  it('refuses more tags than a notification needs', () => {
    expect(codeOf(() => readXml(`<a>${'<b/>'.repeat(600_000)}</a>`))).toBe('TOO_LARGE');
  });

  it('refuses more namespaces than a notification needs', () => {
    const declarations = Array.from({ length: 17 }, (_, n) => `xmlns:p${n}="urn:${n}"`).join(' ');
    expect(codeOf(() => readXml(`<a ${declarations}/>`))).toBe('TOO_LARGE');
  });

  it.each(['\u0000', 'a\u000bb', '\ufffe', '\udc00'])('does not write %j', (text) => {
    expect(codeOf(() => escapeXml(text))).toBe('SCHEMA_VIOLATION');
  });

  it('refuses or reads arbitrary text, and never fails otherwise', () => {
    const piece = fc.constantFrom(
      '<a>',
      '</a>',
      '<b x="1">',
      '</b>',
      '<![CDATA[',
      ']]>',
      '<!--',
      '-->',
      '&lt;',
      '&',
      '"',
      'x',
      '<',
      '>',
      '<?xml ?>',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        expect(['none', 'SCHEMA_VIOLATION']).toContain(codeOf(() => readXml(pieces.join(''))));
      }),
      { numRuns: 1_000 },
    );
  });
});
