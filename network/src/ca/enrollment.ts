import { createHmac } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type IdentityPaths,
  type Paths,
  caCertificate,
  caFolder,
  identityPaths,
  logFile,
  tlsCaCertificate,
} from '../paths';
import type { Organization, Topology } from '../topology/model';
import { nodeName } from '../topology/queries';
import { type Attribute, CaClient, type Credentials } from './ca-client';
import { type CaKind, CA_KINDS, REGISTRAR, caName, caUrl, registrarSecret } from './ca-config';
import { newRequest } from './certificate-request';
import { enrollInToken } from './hsm-enrollment';
import { type IdentityPlan, identitiesOf } from './identities';
import { writeLocalMsp, writeOrganizationMsp } from './msp-folder';

const ROLE_ATTRIBUTE = 'registry.role';

/**
 * Enrolls every identity of an organization that has no certificate yet; returns how many certificates were issued.
 * The CA must be running.
 */
export async function enrollOrganization(
  paths: Paths,
  topology: Topology,
  organization: Organization,
): Promise<number> {
  writeOrganizationMsp(paths, organization);
  const missing = identitiesOf(paths, organization).filter(
    (plan) => !isEnrolled(plan, identityPaths(paths, organization, plan.name)),
  );
  if (missing.length === 0) return 0;
  const issued = await Promise.all(
    CA_KINDS.map(async (kind) => {
      const office = await openOffice(paths, topology, organization, kind);
      try {
        for (const plan of missing) await office.issue(plan);
      } finally {
        office.client.close();
      }
      return missing.length;
    }),
  );
  return issued.reduce((sum, count) => sum + count, 0);
}

function isEnrolled(plan: IdentityPlan, at: IdentityPaths): boolean {
  return existsSync(at.tlsCertificate) && (!plan.signing || existsSync(at.certificate));
}

interface Office {
  readonly client: CaClient;
  readonly issue: (plan: IdentityPlan) => Promise<void>;
}

/** One of the organization's two CAs with its registrar at work. */
async function openOffice(
  paths: Paths,
  topology: Topology,
  organization: Organization,
  kind: CaKind,
): Promise<Office> {
  const client = new CaClient({
    url: caUrl(topology, organization),
    caName: caName(organization, kind),
    trust: caCertificate(paths, organization),
    log: logFile(paths, nodeName(organization, 'ca')),
  });
  const secret = registrarSecret(paths, organization);
  const own = await newRequest(REGISTRAR, organization.name, organization.country);
  const registrar: Credentials = {
    certificatePem: await client.enroll(REGISTRAR, secret, own.requestPem),
    keyPem: own.keyPem,
  };
  keepRegistrar(join(caFolder(paths, organization), `registrar-${kind}`), registrar);
  const issue = async (plan: IdentityPlan): Promise<void> => {
    if (kind === 'ca' && !plan.signing) return;
    const attributes: Attribute[] =
      plan.role === undefined ? [] : [{ name: ROLE_ATTRIBUTE, value: plan.role, ecert: true }];
    // Derived, so that a run that was killed between registering and enrolling can go on.
    const own = createHmac('sha256', secret).update(`${kind}:${plan.name}`).digest('hex');
    await client.register(registrar, { name: plan.name, secret: own, type: plan.type, attributes });
    const to = identityPaths(paths, organization, plan.name);
    if (kind === 'tlsca') await issueTls(paths, organization, client, { name: plan.name, secret: own }, to);
    else await issueSigning(paths, topology, organization, client, { ...plan, secret: own });
  };
  return { client, issue };
}

function keepRegistrar(folder: string, registrar: Credentials): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'cert.pem'), registrar.certificatePem);
  writeFileSync(join(folder, 'key.pem'), registrar.keyPem, { mode: 0o600 });
}

async function issueSigning(
  paths: Paths,
  topology: Topology,
  organization: Organization,
  client: CaClient,
  identity: IdentityPlan & { readonly secret: string },
): Promise<void> {
  const to = identityPaths(paths, organization, identity.name);
  writeLocalMsp(paths, organization, to.msp);
  if (identity.key === 'hsm') {
    await enrollInToken(paths, topology, organization, identity);
    return;
  }
  const { keyPem, requestPem } = await newRequest(identity.name, organization.name, organization.country);
  const certificate = await client.enroll(identity.name, identity.secret, requestPem);
  writeFileSync(to.key, keyPem, { mode: 0o600 });
  writeFileSync(to.certificate, certificate);
}

async function issueTls(
  paths: Paths,
  organization: Organization,
  client: CaClient,
  identity: { name: string; secret: string },
  to: IdentityPaths,
): Promise<void> {
  const { keyPem, requestPem } = await newRequest(identity.name, organization.name, organization.country);
  const certificate = await client.enroll(identity.name, identity.secret, requestPem, 'tls');
  mkdirSync(dirname(to.tlsKey), { recursive: true, mode: 0o700 });
  writeFileSync(to.tlsKey, keyPem, { mode: 0o600 });
  copyFileSync(tlsCaCertificate(paths, organization), join(dirname(to.tlsKey), 'ca.pem'));
  writeFileSync(to.tlsCertificate, certificate);
}
