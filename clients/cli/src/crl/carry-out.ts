import {
  type CertificateRevocation,
  type CertificateRevocationEntry,
  isRegistryError,
} from '@maker-registry/protocol';
import { type Given, optional } from '@maker-registry/guard';
import { type ActOptions, isClientError, type RegistryClient } from '@maker-registry/sdk';
import { type CliContext } from '../command';
import { type CertificateTarget, keyOf } from './certificate-target';
import { type CaIdentities } from './targets';

/** One transaction that was committed. */
export interface CommittedAct {
  readonly tx_id: string;
  readonly block: number;
  readonly certificates: number;
}

/** What the Fabric CA did. `failed` are to be tried again by the same command. */
export interface FabricCaOutcome {
  readonly reached: number;
  readonly already: number;
  readonly failed: readonly { readonly serial: string; readonly code: string; readonly message: string }[];
  /** Certificates of TLS for which no --tls-identity-cert was given. */
  readonly skipped: number;
}

/** Progress is told at most once for so many requests to the Fabric CA. */
const TELL_EVERY = 50;

/**
 * Revokes batch after batch, each in one transaction. A refused one ends it; what was committed stays, and the same
 * command goes on from there, for it passes over what the ledger has.
 */
export async function revokeOnLedger(
  client: RegistryClient,
  acts: readonly (readonly CertificateTarget[])[],
  { identities, given, context, options }: Carrier,
): Promise<CommittedAct[]> {
  const total = acts.reduce((sum, act) => sum + act.length, 0);
  const note = optional(given, 'note');
  const committed: CommittedAct[] = [];
  let done = 0;
  for (const act of acts) {
    const entries = act.map(entryOf);
    const ticket = act[0]?.ticket;
    const argument = {
      entries,
      ...(ticket === undefined ? {} : { ticket }),
      ...(note === undefined ? {} : { note }),
    };
    const { tx_id, block } = await client.performAct('certificate.revoke', argument, identities.ca, options);
    done += act.length;
    committed.push({ tx_id, block, certificates: act.length });
    context.tell({ on_ledger: done, of: total });
  }
  return committed;
}

/** The entry of an act, which carries its ticket beside its entries. */
function entryOf(target: CertificateTarget): CertificateRevocationEntry {
  const entry: { -readonly [Name in keyof CertificateTarget]: CertificateTarget[Name] } = { ...target };
  delete entry.ticket;
  return entry;
}

/** What a command works with. */
export interface Carrier {
  readonly identities: CaIdentities;
  readonly given: Given;
  readonly context: CliContext;
  readonly options: ActOptions;
}

/**
 * Revokes at the Fabric CA what the ledger revokes for good and the Fabric CA is not known to have revoked. One that fails
 * does not keep the others: what matters for peers and gateways is on the ledger already.
 */
export async function revokeAtFabricCa(
  client: RegistryClient,
  revocations: readonly CertificateRevocation[],
  caKeyId: (aki: string) => 'ca' | 'tlsca',
  { identities, context }: Carrier,
): Promise<FabricCaOutcome> {
  const failed: { serial: string; code: string; message: string }[] = [];
  let [reached, already, skipped] = [0, 0, 0];
  for (const [index, revocation] of revocations.entries()) {
    const kind = caKeyId(revocation.aki);
    const identity = identities[kind];
    if (identity === undefined) {
      skipped += 1;
      continue;
    }
    try {
      if (await client.fabricCa.revoke(kind, identity, revocation)) already += 1;
      else reached += 1;
    } catch (error) {
      if (!isRegistryError(error) && !isClientError(error)) throw error;
      failed.push({ serial: revocation.serial, code: error.code, message: error.message });
    }
    if ((index + 1) % TELL_EVERY === 0) context.tell({ at_fabric_ca: index + 1, of: revocations.length });
  }
  return { reached, already, failed, skipped };
}

/** What the ledger says of the organization's certificates, by `aki/serial`. */
export async function ledgerState(
  client: RegistryClient,
  mspId: string,
  targets: readonly CertificateTarget[],
): Promise<Map<string, CertificateRevocation>> {
  const found = new Map<string, CertificateRevocation>();
  const [only, second] = targets;
  // One certificate is asked for by name; for many the whole list costs fewer requests.
  const filter =
    only !== undefined && second === undefined
      ? { msp_id: mspId, aki: only.aki, serial: only.serial }
      : { msp_id: mspId };
  for await (const revocation of client.read.certificates.revocations(filter)) {
    found.set(keyOf(revocation), revocation);
  }
  return found;
}
