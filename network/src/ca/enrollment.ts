import { createHmac } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Paths, caCertificate, identityPaths, logFile, tlsCaCertificate } from '../paths';
import type { Organization, Topology } from '../topology/model';
import { nodeName } from '../topology/queries';
import { type Attribute, CaClient } from './ca-client';
import { type CaKind, CA_KINDS, caName, caUrl, registrarSecret } from './ca-config';
import { newRequest } from './certificate-request';
import { enrollInToken } from './hsm-enrollment';
import type { IdentityPlan } from './identities';
import { writeLocalMsp, writeOrganizationMsp } from './msp-folder';
import { openRegistrar } from './registrar';

const ROLE_ATTRIBUTE = 'registry.role';

/** The organization whose identities are enrolled, and where. */
export interface Place {
  readonly paths: Paths;
  readonly topology: Topology;
  readonly organization: Organization;
}

/** An identity that is registered, with the secret it may enroll with. */
type Registered = IdentityPlan & { readonly secret: string };

/**
 * Enrolls those of the planned identities that have no certificate yet; returns how many certificates were issued.
 * The organization's CA must be running.
 */
export async function enrollIdentities(place: Place, plans: readonly IdentityPlan[]): Promise<number> {
  writeOrganizationMsp(place.paths, place.organization);
  const issued = await Promise.all(CA_KINDS.map((kind) => enrollAt(place, kind, plans)));
  return issued.reduce((sum, count) => sum + count, 0);
}

/** Enrolls at one of the organization's two CAs, one after another: the CA's database takes one writer at a time. */
async function enrollAt(place: Place, kind: CaKind, plans: readonly IdentityPlan[]): Promise<number> {
  const { paths, topology, organization } = place;
  const missing = plans.filter(
    (plan) => needs(plan, kind) && !existsSync(certificateFile(place, kind, plan)),
  );
  if (missing.length === 0) return 0;
  const client = new CaClient({
    url: caUrl(topology, organization),
    caName: caName(organization, kind),
    trust: caCertificate(paths, organization),
    log: logFile(paths, nodeName(organization, 'ca')),
  });
  try {
    const registrar = await openRegistrar(paths, organization, kind, client);
    for (const plan of missing) {
      const identity = { ...plan, secret: secretOf(place, kind, plan) };
      await client.register(registrar, { ...identity, attributes: attributesOf(plan) });
      await (kind === 'ca' ? issueSigning(place, client, identity) : issueTls(place, client, identity));
    }
  } finally {
    client.close();
  }
  return missing.length;
}

const needs = (plan: IdentityPlan, kind: CaKind): boolean => kind === 'tlsca' || plan.signing;

function certificateFile({ paths, organization }: Place, kind: CaKind, plan: IdentityPlan): string {
  const at = identityPaths(paths, organization, plan.name);
  return kind === 'ca' ? at.certificate : at.tlsCertificate;
}

/** Derived, so that a run that was killed between registering and enrolling can go on. */
function secretOf({ paths, organization }: Place, kind: CaKind, plan: IdentityPlan): string {
  const secret = registrarSecret(paths, organization);
  return createHmac('sha256', secret).update(`${kind}:${plan.name}`).digest('hex');
}

function attributesOf(plan: IdentityPlan): readonly Attribute[] {
  const role = plan.role === undefined ? [] : [{ name: ROLE_ATTRIBUTE, value: plan.role, ecert: true }];
  const rights = Object.entries(plan.caAttributes).map(([name, value]) => ({ name, value, ecert: false }));
  return [...role, ...rights];
}

async function issueSigning(place: Place, client: CaClient, identity: Registered): Promise<void> {
  const { paths, topology, organization } = place;
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

async function issueTls(place: Place, client: CaClient, identity: Registered): Promise<void> {
  const { paths, organization } = place;
  const to = identityPaths(paths, organization, identity.name);
  const { keyPem, requestPem } = await newRequest(identity.name, organization.name, organization.country);
  const certificate = await client.enroll(identity.name, identity.secret, requestPem, 'tls');
  mkdirSync(dirname(to.tlsKey), { recursive: true, mode: 0o700 });
  writeFileSync(to.tlsKey, keyPem, { mode: 0o600 });
  copyFileSync(tlsCaCertificate(paths, organization), join(dirname(to.tlsKey), 'ca.pem'));
  writeFileSync(to.tlsCertificate, certificate);
}
