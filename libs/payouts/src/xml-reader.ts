import { RegistryError } from '@maker-registry/protocol';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { MAX_XML_DEPTH, MAX_XML_NAMESPACES, MAX_XML_TAGS } from './limits';
import { refuse } from './refuse';
import { NOT_XML } from './xml-characters';

/** An element as read: names without prefixes, namespaces as URIs. */
export interface XmlElement {
  readonly name: string;
  /** Empty: none. */
  readonly namespace: string;
  /** By name as written; declarations of namespaces are left out. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All text directly in the element, without surrounding whitespace. */
  readonly text: string;
}

/** Namespaces in force, by prefix; the empty prefix is the default one. */
type Scope = ReadonlyMap<string, string>;
/** What the parser gives for a piece of content: one member named after the tag or kind of text, and its attributes. */
type RawNode = Readonly<Record<string, unknown>>;

const ATTRIBUTES = ':@';
const TEXT = '#text';
const CDATA = '#cdata';
const BYTE_ORDER_MARK = /^\ufeff/;
/** A document type can declare entities that grow without bound or name files; no bank's message has one. */
const DECLARATION = /<!(?!--|\[CDATA\[)/;
const INSTRUCTION = /<\?(?!xml[ \t\r\n])/;
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));/g;
const PREDEFINED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const DECIMAL_RADIX = 10;
const HEX_RADIX = 16;
const MAX_CODE_POINT = 0x10ffff;

/** No value is interpreted: an amount that becomes a number has lost its digits. */
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  cdataPropName: CDATA,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: MAX_XML_DEPTH,
});

/**
 * Reads an XML 1.0 text into a tree. Refused before the parser sees it: document types and entities, processing
 * instructions, characters that XML does not have, and more tags than a message of the permitted size needs.
 *
 * @throws RegistryError SCHEMA_VIOLATION when the text is not well-formed or uses what is refused, TOO_LARGE beyond a
 *   limit.
 */
export function readXml(input: string): XmlElement {
  const text = input.replace(BYTE_ORDER_MARK, '');
  assertHarmless(text);
  const verdict = XMLValidator.validate(text);
  if (verdict !== true) refuse('The text is not well-formed XML.', `line ${verdict.err.line}`);
  const elements = parse(text).filter((node) => !isText(node));
  const [root, ...others] = elements;
  if (root === undefined || others.length > 0) refuse('The text does not have exactly one root element.');
  return toElement(root, new Map());
}

function assertHarmless(text: string): void {
  if (DECLARATION.test(text)) refuse('Document types and entity declarations are not read.');
  if (INSTRUCTION.test(text)) refuse('Processing instructions are not read.');
  if (NOT_XML.test(text)) refuse('The text holds a character that XML does not have.');
  let tags = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) tags += 1;
  if (tags > MAX_XML_TAGS) {
    throw new RegistryError(
      'TOO_LARGE',
      `The text has more than ${MAX_XML_TAGS} tags; ask the bank for smaller files.`,
    );
  }
}

function parse(text: string): readonly RawNode[] {
  try {
    return parser.parse(text) as readonly RawNode[];
  } catch (error) {
    throw new RegistryError(
      'SCHEMA_VIOLATION',
      `The text does not parse, or is nested deeper than ${MAX_XML_DEPTH} levels.`,
      { cause: error },
    );
  }
}

function isText(node: RawNode): boolean {
  return Object.hasOwn(node, TEXT) || Object.hasOwn(node, CDATA);
}

function toElement(node: RawNode, outer: Scope): XmlElement {
  const tag = Object.keys(node).find((key) => key !== ATTRIBUTES) ?? '';
  const attributes = attributesOf(node);
  const scope = scopeWith(outer, attributes);
  const content = (node[tag] ?? []) as readonly RawNode[];
  const colon = tag.indexOf(':');
  const namespace = scope.get(colon < 0 ? '' : tag.slice(0, colon));
  if (namespace === undefined && colon >= 0) refuse('An element has a prefix of no namespace.');
  return {
    name: tag.slice(colon + 1),
    namespace: namespace ?? '',
    attributes: new Map([...attributes].filter(([name]) => prefixDeclared(name) === undefined)),
    children: content.filter((child) => !isText(child)).map((child) => toElement(child, scope)),
    text: content.filter(isText).map(textOf).join('').trim(),
  };
}

function attributesOf(node: RawNode): ReadonlyMap<string, string> {
  const raw = (node[ATTRIBUTES] ?? {}) as Readonly<Record<string, string>>;
  return new Map(Object.entries(raw).map(([name, value]) => [name, decode(value)]));
}

function scopeWith(outer: Scope, attributes: ReadonlyMap<string, string>): Scope {
  const declared = [...attributes].flatMap(([name, uri]) => {
    const prefix = prefixDeclared(name);
    return prefix === undefined ? [] : [[prefix, uri] as const];
  });
  if (declared.length === 0) return outer;
  if (outer.size + declared.length > MAX_XML_NAMESPACES) {
    throw new RegistryError('TOO_LARGE', `An element declares more than ${MAX_XML_NAMESPACES} namespaces.`);
  }
  return new Map([...outer, ...declared]);
}

/** The prefix that an attribute declares; empty for the default namespace, undefined for an ordinary attribute. */
function prefixDeclared(attribute: string): string | undefined {
  if (attribute === 'xmlns') return '';
  return attribute.startsWith('xmlns:') ? attribute.slice('xmlns:'.length) : undefined;
}

function textOf(node: RawNode): string {
  if (Object.hasOwn(node, TEXT)) return decode(String(node[TEXT]));
  return (node[CDATA] as readonly RawNode[]).map((part) => String(part[TEXT])).join('');
}

/** Resolves the five entities that XML predefines and character references; any other ampersand is refused. */
function decode(text: string): string {
  if (!text.includes('&')) return text;
  if (text.replace(REFERENCE, '').includes('&'))
    refuse('The text refers to an entity that XML does not predefine.');
  return text.replace(REFERENCE, (_match, name?: string, decimal?: string, hex?: string) => {
    if (name !== undefined) return PREDEFINED[name] ?? '';
    const code =
      decimal === undefined ? Number.parseInt(hex ?? '', HEX_RADIX) : Number.parseInt(decimal, DECIMAL_RADIX);
    const char = code > MAX_CODE_POINT ? '' : String.fromCodePoint(code);
    if (char === '' || NOT_XML.test(char)) refuse('A character reference is to no character of XML.');
    return char;
  });
}
