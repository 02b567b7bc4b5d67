import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Fields, readYaml } from '../decode';
import { pkcs11Section } from '../hsm/softhsm';
import { SECRET_BYTES } from '../limits';
import { type Paths, caFolder } from '../paths';
import type { Organization, Topology } from '../topology/model';

export const REGISTRAR = 'registrar';

/** The two CAs one process serves. */
export type CaKind = 'ca' | 'tlsca';
export const CA_KINDS: readonly CaKind[] = ['ca', 'tlsca'];

export const caName = (organization: Organization, kind: CaKind): string => `${kind}-${organization.name}`;
export const caUrl = (topology: Topology, organization: Organization): string =>
  `https://${topology.host}:${organization.ports.ca}`;

/** Folder of one of the two CAs. */
export function caHome(paths: Paths, organization: Organization, kind: CaKind): string {
  return kind === 'ca' ? caFolder(paths, organization) : join(caFolder(paths, organization), kind);
}

/** The registrar's enrollment secret of an organization; made once. */
export function registrarSecret(paths: Paths, organization: Organization): string {
  const file = join(caFolder(paths, organization), 'registrar-secret');
  if (!existsSync(file)) {
    mkdirSync(caFolder(paths, organization), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${randomBytes(SECRET_BYTES).toString('hex')}\n`, { mode: 0o600 });
  }
  return readFileSync(file, 'utf8').trim();
}

/** Writes both configuration files of an organization's CA process. */
export function writeCaConfig(paths: Paths, topology: Topology, organization: Organization): void {
  const base = readYaml(join(paths.root, 'ca-config/fabric-ca-server.yaml'));
  const own = join(paths.root, 'ca-config', `${organization.name}.yaml`);
  const merged = existsSync(own) ? merge(base, readYaml(own)) : base;
  for (const kind of CA_KINDS) {
    const home = caHome(paths, organization, kind);
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const config = merge(merged, overlay(paths, topology, organization, kind));
    writeFileSync(join(home, 'fabric-ca-server-config.yaml'), stringify(config), { mode: 0o600 });
  }
}

function overlay(paths: Paths, topology: Topology, organization: Organization, kind: CaKind): Fields {
  const { name, country, ports } = organization;
  return {
    port: ports.ca,
    ca: { name: caName(organization, kind), certfile: 'ca-cert.pem', keyfile: 'ca-key.pem' },
    registry: { identities: [registrar(registrarSecret(paths, organization))] },
    affiliations: { [name]: [] },
    csr: { cn: `${kind}.${name}`, names: [{ C: country, O: name }] },
    bccsp: pkcs11Section(paths, organization),
    operations: { listenAddress: `${topology.host}:${ports.ca_operations}`, tls: { enabled: false } },
  };
}

function registrar(secret: string): Fields {
  return {
    name: REGISTRAR,
    pass: secret,
    type: 'client',
    affiliation: '',
    attrs: {
      'hf.Registrar.Roles': '*',
      'hf.Registrar.DelegateRoles': '*',
      'hf.Registrar.Attributes': '*',
      'hf.Revoker': true,
      'hf.GenCRL': true,
      'hf.AffiliationMgr': true,
      'hf.IntermediateCA': false,
    },
  };
}

/** Deep merge of mappings; lists and plain values of the second win. */
export function merge(first: Fields, second: Fields): Fields {
  const result: Record<string, unknown> = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const before = result[key];
    result[key] = isMapping(before) && isMapping(value) ? merge(before, value) : value;
  }
  return result;
}

function isMapping(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
