import { TAG } from './der-tags';
import { DerReader, type DerElement } from './der-reader';
import { MAX_EXTENSIONS } from './limits';
import { PkiFormatError } from './pki-format-error';

/** An extension with its value's bytes (the content of the OCTET STRING). */
export interface Extension {
  /** Object identifier, content bytes in hex. */
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Buffer;
}

/** Reads a SEQUENCE OF Extension: not empty, no identifier twice, `critical` only where true. */
export function readExtensions(reader: DerReader, list: DerElement): Extension[] {
  const items = reader.inside(list);
  const extensions: Extension[] = [];
  while (!items.done) {
    if (extensions.length >= MAX_EXTENSIONS) throw new PkiFormatError('there are too many extensions');
    const next = readExtension(items);
    if (extensions.some(({ oid }) => oid === next.oid)) throw new PkiFormatError('an extension occurs twice');
    extensions.push(next);
  }
  if (extensions.length === 0) throw new PkiFormatError('a list of extensions is empty');
  return extensions;
}

function readExtension(items: DerReader): Extension {
  const fields = items.inside(items.expect(TAG.sequence, 'an extension'));
  const oid = fields.content(fields.expect(TAG.oid, "an extension's identifier")).toString('hex');
  const flag = fields.optional(TAG.boolean, "an extension's criticality");
  if (flag !== undefined && fields.content(flag).toString('hex') !== 'ff') {
    throw new PkiFormatError("an extension's criticality is written although false, or malformed");
  }
  const value = fields.content(fields.expect(TAG.octetString, "an extension's value"));
  fields.finish('an extension');
  return { oid, critical: flag !== undefined, value };
}

export function findExtension(extensions: readonly Extension[], oid: string): Extension | undefined {
  return extensions.find((extension) => extension.oid === oid);
}

/** keyIdentifier of an AuthorityKeyIdentifier, if it has one. */
export function readAuthorityKeyIdentifier(extension: Extension): Buffer | undefined {
  const outer = new DerReader(extension.value);
  const fields = outer.inside(outer.expect(TAG.sequence, 'the authority key identifier'));
  outer.finish('the authority key identifier');
  const key = fields.optional(TAG.context, 'the key identifier');
  return key === undefined ? undefined : Buffer.from(fields.content(key));
}
