import 'reflect-metadata';
import { X509Certificate as ParsedCertificate } from '@peculiar/x509';

/** Extension in which Fabric CA writes attributes: UTF-8 JSON {"attrs":{name: value}}, without a DER wrapping. */
const FABRIC_ATTRIBUTES = '1.2.3.4.5.6.7.8.1';

/** Attribute with the one registry role of an identity. */
const ROLE_ATTRIBUTE = 'registry.role';

/** The `registry.role` of a certificate; undefined when it has none or the extension does not parse. */
export function certificateRole(der: Uint8Array): string | undefined {
  const extension = new ParsedCertificate(new Uint8Array(der)).getExtension(FABRIC_ATTRIBUTES);
  if (extension === null) return undefined;
  const attributes = parseAttributes(Buffer.from(extension.value).toString('utf8'));
  const role = attributes[ROLE_ATTRIBUTE];
  return typeof role === 'string' && role !== '' ? role : undefined;
}

function parseAttributes(text: string): Record<string, unknown> {
  try {
    const { attrs } = JSON.parse(text) as { attrs?: unknown };
    return typeof attrs === 'object' && attrs !== null ? (attrs as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
