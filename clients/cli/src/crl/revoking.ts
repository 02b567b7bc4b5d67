import { parseCrl, crlBytes, certificateBytes, parseCertificate } from '@maker-registry/pki';
import { type Given, optional, readTextFile, required } from '@maker-registry/guard';
import { type CertificateReachPage, isClientError, type RegistryClient } from '@maker-registry/sdk';
import { isRegistryError } from '@maker-registry/protocol';
import { type CliContext } from '../command';
import { fabricIdentityOf } from '../fabric-identity';
import { waitSeconds } from '../submit';
import { type Carrier, ledgerState, revokeAtFabricCa, revokeOnLedger } from './carry-out';
import { assertKind, keyOf, type TargetDefaults, withoutDuplicates } from './certificate-target';
import { assertConfirmed } from './confirmation';
import { planRevocation } from './revocation-plan';
import { type CaIdentities, readTargets } from './targets';

/** Options that name the CA admin at the CA of TLS certificates. */
export const tlsIdentityOptions = { 'tls-identity-cert': 'text', 'tls-identity-key': 'text' } as const;
export const TLS_IDENTITY_HELP =
  '  --tls-identity-cert FILE, --tls-identity-key FILE   your identity at the CA of TLS certificates, for those';

/** Of the first page only what is said beside its items is wanted. */
const REACH_PAGE = 1;
/** Revocations on one page, as many as the gateway gives. */
const MAX_PAGE = 200;

/** The CA admin's identities from the options. Throws USAGE, FILE_UNREADABLE. */
export async function caIdentitiesOf(given: Given): Promise<CaIdentities> {
  const ca = await fabricIdentityOf(given);
  if (optional(given, 'tls-identity-cert') === undefined) return { ca, tlsca: undefined };
  return {
    ca,
    tlsca: {
      mspId: ca.mspId,
      certificate: await readTextFile(required(given, 'tls-identity-cert')),
      privateKey: await readTextFile(required(given, 'tls-identity-key')),
    },
  };
}

/** Plans, and unless it is a dry run asks for confirmation and carries out. */
export async function revokeCertificates(
  client: RegistryClient,
  given: Given,
  context: CliContext,
  { defaults, hold }: { readonly defaults: TargetDefaults; readonly hold: boolean },
): Promise<object> {
  const identities = await caIdentitiesOf(given);
  const named = await readTargets(given, defaults, client, identities);
  assertKind(named, hold);
  const { distinct, duplicates } = withoutDuplicates(named);
  const reach = await client.read.certificates.reach({ limit: REACH_PAGE });
  const facts = {
    ledger: await ledgerState(client, identities.ca.mspId, distinct),
    reach,
    issued: await issuedByFabricCa(client, identities),
    crl: await crlSize(client),
  };
  const planned = planRevocation(distinct, duplicates.length, facts, hold);
  if (given['dry-run'] === true) return { dry_run: true, ...planned.plan };
  assertConfirmed(given, planned.plan);
  const carrier: Carrier = { identities, given, context, options: { wait: waitSeconds(given) } };
  const acts = await revokeOnLedger(client, planned.acts, carrier);
  const done = { acts, changed: planned.pending.length, already: planned.plan.already };
  if (hold) return { ...done, next: NEXT };
  return { ...done, fabric_ca: await finish(client, distinct.map(keyOf), carrier), next: NEXT };
}

const NEXT = 'An administrator of your organization puts the CRL into the channel: registry crl channel.';

/** Everything of the targets that is final and not yet at the Fabric CA, also from an earlier run that was cut short. */
async function finish(client: RegistryClient, keys: readonly string[], carrier: Carrier): Promise<object> {
  const wanted = new Set(keys);
  const { mspId, certificate } = carrier.identities.ca;
  const ledger = await ledgerState(client, mspId, []);
  const pending: string[] = [];
  let cursor: string | undefined;
  do {
    const page: CertificateReachPage = await client.read.certificates.reach({
      state: 'revoked',
      limit: MAX_PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const item of page.items) {
      if (item.fabric_ca === 'pending' && wanted.has(keyOf(item))) pending.push(keyOf(item));
    }
    cursor = page.next_cursor;
  } while (cursor !== undefined);
  const caKey = parseCertificate(certificateBytes(Buffer.from(certificate))).authorityKeyIdentifier?.toString(
    'hex',
  );
  const revocations = pending.flatMap((key) => ledger.get(key) ?? []);
  return await revokeAtFabricCa(client, revocations, (aki) => (aki === caKey ? 'ca' : 'tlsca'), carrier);
}

/** What the Fabric CA has issued; null where it can't be asked: a plan is still worth having then. */
async function issuedByFabricCa(
  client: RegistryClient,
  { ca, tlsca }: CaIdentities,
): Promise<ReadonlySet<string> | null> {
  try {
    const pems = [
      ...(await client.fabricCa.certificates('ca', ca)),
      ...(tlsca === undefined ? [] : await client.fabricCa.certificates('tlsca', tlsca)),
    ];
    return new Set(
      pems.map((pem) => {
        const { serial, authorityKeyIdentifier } = parseCertificate(certificateBytes(Buffer.from(pem)));
        return keyOf({ serial, aki: authorityKeyIdentifier?.toString('hex') ?? '' });
      }),
    );
  } catch (error) {
    if (isRegistryError(error) || isClientError(error)) return null;
    throw error;
  }
}

async function crlSize(client: RegistryClient): Promise<{ entries: number; bytes: number }> {
  const der = await client.trust.crl();
  return { entries: parseCrl(crlBytes(der)).entryCount, bytes: der.length };
}
