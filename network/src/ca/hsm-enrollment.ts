import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { hsmEnvironment, pkcs11Section } from '../hsm/softhsm';
import { type Paths, caCertificate, identityPaths, logFile, tool } from '../paths';
import { runTool } from '../process/run-tool';
import type { Organization, Topology } from '../topology/model';
import { caName, caUrl } from './ca-config';

/**
 * Enrolls with a key that is made inside the organization's token and never leaves it; its CKA_ID is the subject key
 * identifier of the certificate. Fabric's own client does it, for it makes the key as Fabric's software expects it.
 */
export async function enrollInToken(
  paths: Paths,
  topology: Topology,
  organization: Organization,
  identity: { name: string; secret: string },
): Promise<void> {
  const to = identityPaths(paths, organization, identity.name);
  const home = join(to.folder, 'enrollment');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const config = {
    csr: {
      cn: identity.name,
      keyrequest: { algo: 'ecdsa', size: 256 },
      names: [{ C: organization.country, O: organization.name }],
    },
    bccsp: pkcs11Section(paths, organization),
  };
  writeFileSync(join(home, 'fabric-ca-client-config.yaml'), stringify(config), { mode: 0o600 });
  const { host } = new URL(caUrl(topology, organization));
  // In the environment, since arguments are in the process list and in our log.
  const url = `https://${identity.name}:${identity.secret}@${host}`;
  await runTool({
    command: tool(paths, 'fabric-ca-client'),
    args: [
      'enroll',
      '--caname',
      caName(organization, 'ca'),
      '-H',
      home,
      '-M',
      join(home, 'msp'),
      '--loglevel',
      'warning',
    ],
    env: {
      ...hsmEnvironment(paths),
      FABRIC_CA_CLIENT_URL: url,
      FABRIC_CA_CLIENT_TLS_CERTFILES: caCertificate(paths, organization),
    },
    log: logFile(paths, `enroll-${organization.name}`),
  });
  copyFileSync(join(home, 'msp/signcerts/cert.pem'), to.certificate);
  rmSync(home, { recursive: true });
}
