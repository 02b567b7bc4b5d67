import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Paths, caFolder } from '../paths';
import type { Organization } from '../topology/model';
import type { CaClient, Credentials } from './ca-client';
import { type CaKind, REGISTRAR, registrarSecret } from './ca-config';
import { newRequest } from './certificate-request';

/** The credentials of an organization's registrar at one of its CAs; enrolled once and kept. */
export async function openRegistrar(
  paths: Paths,
  organization: Organization,
  kind: CaKind,
  client: CaClient,
): Promise<Credentials> {
  const folder = join(caFolder(paths, organization), `registrar-${kind}`);
  const certificate = join(folder, 'cert.pem');
  const key = join(folder, 'key.pem');
  if (!existsSync(certificate)) {
    const { keyPem, requestPem } = await newRequest(REGISTRAR, organization.name, organization.country);
    const issued = await client.enroll(REGISTRAR, registrarSecret(paths, organization), requestPem);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(key, keyPem, { mode: 0o600 });
    writeFileSync(certificate, issued);
  }
  return { certificatePem: readFileSync(certificate, 'utf8'), keyPem: readFileSync(key, 'utf8') };
}
