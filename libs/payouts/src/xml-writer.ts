import { refuse } from './refuse';
import { NOT_XML } from './xml-characters';

/** An element to write: text, or child elements. */
export interface XmlNode {
  readonly name: string;
  readonly content: string | readonly XmlNode[];
  readonly attributes: Readonly<Record<string, string>>;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};
const INDENT = '  ';

/** An element. `name` is a constant of the format, never input. */
export function element(
  name: string,
  content: string | readonly XmlNode[],
  attributes: Readonly<Record<string, string>> = {},
): XmlNode {
  return { name, content, attributes };
}

/** The document's text, UTF-8, one element a line. */
export function writeXml(root: XmlNode): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${write(root, '')}`;
}

/**
 * Text as it stands between tags or in an attribute. Whitespace other than spaces becomes a reference, since a parser
 * would normalize it. Throws SCHEMA_VIOLATION for characters that XML cannot carry.
 */
export function escapeXml(text: string): string {
  if (NOT_XML.test(text)) refuse('A text holds a control character that XML cannot carry.');
  return text.replace(/[&<>"'\t\n\r]/g, (char) => ESCAPES[char] ?? char);
}

function write(node: XmlNode, indent: string): string {
  const attributes = Object.entries(node.attributes)
    .map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
    .join('');
  return `${indent}<${node.name}${attributes}>${writeContent(node.content, indent)}</${node.name}>\n`;
}

function writeContent(content: XmlNode['content'], indent: string): string {
  if (typeof content === 'string') return escapeXml(content);
  return `\n${content.map((child) => write(child, indent + INDENT)).join('')}${indent}`;
}
