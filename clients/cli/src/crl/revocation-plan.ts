import { type CertificateRevocation, MAX_CERTIFICATE_ENTRIES } from '@maker-registry/protocol';
import { type CertificateReachPage } from '@maker-registry/sdk';
import { type CertificateTarget, keyOf } from './certificate-target';
import { entryBytes } from './entry-bytes';

/** A certificate in use that is among the targets. */
export interface UsedTarget {
  readonly name: string;
  readonly serial: string;
}

/** What revoking would do, before anything is signed. */
export interface RevocationPlan {
  /** Certificates that were named, without those named twice. */
  readonly named: number;
  readonly duplicates: number;
  /** Good until now. */
  readonly new: number;
  /** On hold until now. */
  readonly held_before: number;
  /** Revoked for good already: passed over. */
  readonly already: number;
  /** Of those to change: not among what the Fabric CA has issued; null where it was not asked. */
  readonly unknown: number | null;
  readonly unknown_serials: readonly string[];
  /** Certificates that the organization's nodes and people use now. */
  readonly in_use: readonly UsedTarget[];
  /** Transactions. */
  readonly acts: number;
  readonly crl: { readonly entries: Change; readonly bytes: Change };
  readonly channels: readonly string[];
}

interface Change {
  readonly before: number;
  readonly after: number;
}

/** The plan, and the targets that it leaves to be done. */
export interface Planned {
  readonly plan: RevocationPlan;
  readonly pending: readonly CertificateTarget[];
  /** Batches of one act each: of one ticket, no larger than an act may be. */
  readonly acts: readonly (readonly CertificateTarget[])[];
}

export interface PlanFacts {
  /** What the ledger says, by `aki/serial`. */
  readonly ledger: ReadonlyMap<string, CertificateRevocation>;
  readonly reach: Pick<CertificateReachPage, 'channel' | 'in_use'>;
  /** `aki/serial` of what the Fabric CA has issued; null where it was not asked. */
  readonly issued: ReadonlySet<string> | null;
  /** The organization's CRL of identities now. */
  readonly crl: { readonly entries: number; readonly bytes: number };
}

/** Serial numbers spelled out in a plan; counts are whole. */
const MAX_LISTED = 50;

/** @param hold whether certificates are put on hold, which a held one already is */
export function planRevocation(
  targets: readonly CertificateTarget[],
  duplicates: number,
  facts: PlanFacts,
  hold = false,
): Planned {
  const stateOf = (target: CertificateTarget): string | undefined => facts.ledger.get(keyOf(target))?.state;
  const pending = targets.filter((target) => {
    const state = stateOf(target);
    return state !== 'revoked' && !(hold && state === 'held');
  });
  const held = pending.filter((target) => stateOf(target) === 'held');
  const fresh = pending.length - held.length;
  const { issued } = facts;
  const unknown = issued === null ? null : pending.filter((target) => !issued.has(keyOf(target)));
  const added = pending.filter((target) => stateOf(target) !== 'held').map(entryBytes);
  const acts = batches(pending);
  return {
    pending,
    acts,
    plan: {
      named: targets.length,
      duplicates,
      new: fresh,
      held_before: held.length,
      already: targets.length - pending.length,
      unknown: unknown?.length ?? null,
      unknown_serials: (unknown ?? []).slice(0, MAX_LISTED).map(({ serial }) => serial),
      in_use: usedAmong(pending, facts),
      acts: acts.length,
      crl: {
        entries: { before: facts.crl.entries, after: facts.crl.entries + fresh },
        bytes: {
          before: facts.crl.bytes,
          after: added.reduce((sum, size) => sum + size, facts.crl.bytes),
        },
      },
      channels: [facts.reach.channel],
    },
  };
}

function usedAmong(pending: readonly CertificateTarget[], { reach }: PlanFacts): UsedTarget[] {
  const wanted = new Set(pending.map(keyOf));
  return reach.in_use.filter((used) => wanted.has(keyOf(used))).map(({ name, serial }) => ({ name, serial }));
}

/** An act has one ticket. */
export function batches(targets: readonly CertificateTarget[]): CertificateTarget[][] {
  const byTicket = new Map<string | undefined, CertificateTarget[]>();
  for (const target of targets) {
    const group = byTicket.get(target.ticket) ?? [];
    group.push(target);
    byTicket.set(target.ticket, group);
  }
  return [...byTicket.values()].flatMap((group) => {
    const count = Math.ceil(group.length / MAX_CERTIFICATE_ENTRIES);
    return Array.from({ length: count }, (_unused, index) =>
      group.slice(index * MAX_CERTIFICATE_ENTRIES, (index + 1) * MAX_CERTIFICATE_ENTRIES),
    );
  });
}
