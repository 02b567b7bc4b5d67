import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Paths, caCertificate, mspFolder, tlsCaCertificate } from '../paths';
import type { Organization } from '../topology/model';
import { caHome } from './ca-config';

const UNITS = ['Client', 'Peer', 'Admin', 'Orderer'];

/** NodeOUs on: the organizational unit in a certificate says what its owner may be. */
function nodeUnits(): string {
  const units = UNITS.map((unit) => [
    `${unit}OUIdentifier`,
    { Certificate: 'cacerts/ca.pem', OrganizationalUnitIdentifier: unit.toLowerCase() },
  ]);
  const identifiers = Object.fromEntries(units) as Record<string, unknown>;
  return stringify({ NodeOUs: { Enable: true, ...identifiers } });
}

/** Writes the organization's public MSP folder from its CA's certificates. */
export function writeOrganizationMsp(paths: Paths, organization: Organization): void {
  const msp = mspFolder(paths, organization);
  mkdirSync(join(msp, 'cacerts'), { recursive: true });
  mkdirSync(join(msp, 'tlscacerts'), { recursive: true });
  copyFileSync(join(caHome(paths, organization, 'ca'), 'ca-cert.pem'), caCertificate(paths, organization));
  copyFileSync(
    join(caHome(paths, organization, 'tlsca'), 'ca-cert.pem'),
    tlsCaCertificate(paths, organization),
  );
  writeFileSync(join(msp, 'config.yaml'), nodeUnits());
}

/** The public part of a local MSP folder, around which certificate and key are put. */
export function writeLocalMsp(paths: Paths, organization: Organization, folder: string): void {
  for (const sub of ['cacerts', 'tlscacerts', 'signcerts', 'keystore'])
    mkdirSync(join(folder, sub), { recursive: true, mode: 0o700 });
  copyFileSync(caCertificate(paths, organization), join(folder, 'cacerts/ca.pem'));
  copyFileSync(tlsCaCertificate(paths, organization), join(folder, 'tlscacerts/tlsca.pem'));
  writeFileSync(join(folder, 'config.yaml'), nodeUnits());
}
