import { refuse } from './refuse';
import { type XmlElement } from './xml-reader';

/** The children of this name in their parent's namespace, in order. */
export function childrenNamed(parent: XmlElement, name: string): readonly XmlElement[] {
  return parent.children.filter((child) => child.name === name && child.namespace === parent.namespace);
}

/** The element at the end of a path of names, or undefined. Throws SCHEMA_VIOLATION where a step is there twice. */
export function find(parent: XmlElement, ...path: readonly string[]): XmlElement | undefined {
  let current = parent;
  for (const name of path) {
    const [child, ...others] = childrenNamed(current, name);
    if (others.length > 0) refuse(`${current.name} has more than one ${name}.`, name);
    if (child === undefined) return undefined;
    current = child;
  }
  return current;
}

/** As find; throws SCHEMA_VIOLATION when nothing is there. */
export function need(parent: XmlElement, ...path: readonly string[]): XmlElement {
  const found = find(parent, ...path);
  return found ?? refuse(`${parent.name} has no ${path.join('/')}.`, path.join('/'));
}

/** Text at the end of a path, of 1 to `maxLength` characters; undefined when nothing is there. Throws SCHEMA_VIOLATION. */
export function textAt(parent: XmlElement, path: readonly string[], maxLength: number): string | undefined {
  const found = find(parent, ...path);
  if (found === undefined) return undefined;
  if (found.children.length > 0 || found.text === '' || found.text.length > maxLength) {
    refuse(`${found.name} is not a text of 1 to ${maxLength} characters.`, path.join('/'));
  }
  return found.text;
}
