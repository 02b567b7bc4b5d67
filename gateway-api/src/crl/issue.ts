import { createHash } from 'node:crypto';
import { assembleCrl, type RevocationTable } from '@maker-registry/pki';
import { type HsmClient, toDerSignature } from '../hsm';
import { type CertificateAuthority } from './authority';
import { assertPublishable, buildSound, type CrlFacts, lifetimeOf } from './build';
import { nextCrlNumber } from './crl-number';
import { type CrlKind, type CrlStore, type IssuedCrl } from './crl-store';
import { baseEntries, type CertificateRow, deltaEntries } from './entries';
import { type CrlPlan, type PublishedCrl, type ScopeState } from './plan';
import { type CrlScope, crlUrl } from './scope';

/** A CA by the name under which its CRLs are served. */
export interface NamedAuthority extends CertificateAuthority {
  readonly name: string;
}

/** One scope whose lists are due. */
export interface DueScope {
  readonly authority: NamedAuthority;
  readonly scope: CrlScope;
  readonly state: ScopeState;
  readonly plan: CrlPlan;
  /** Of the ledger state that the rows are. */
  readonly height: number;
  /** Unix seconds up to which that state is known to be complete. */
  readonly at: number;
  /** All of the scope's certificates; empty where no full CRL is due. */
  readonly all: readonly CertificateRow[];
  /** Those that changed, or left, since the oldest full CRL in use. */
  readonly changes: readonly CertificateRow[];
}

export interface IssueDeps {
  readonly hsm: Pick<HsmClient, 'signById'>;
  readonly store: CrlStore;
  /** Absolute address of /v1/crl; undefined where the operator gave none. */
  readonly url: string | undefined;
  /** Unix seconds. */
  readonly now: () => number;
}

/**
 * Makes the lists that are due and publishes them together. One signature of the CA's key for each; nothing is published
 * that is not found sound before and after it.
 *
 * @returns false if another gateway published first
 * @throws CrlRefusedError, PkiFormatError, HsmError, RegistryError MIRROR_UNAVAILABLE: what is published stays
 */
export async function issueCrls(due: DueScope, deps: IssueDeps): Promise<boolean> {
  const { authority, scope, state, plan } = due;
  const thisUpdate = thisUpdateOf(due);
  const number = nextCrlNumber(due.height, thisUpdate, state.lastNumber);
  const issued: IssuedCrl[] = [];
  if (plan.base) {
    const entries = baseEntries(due.all, thisUpdate, state.base);
    issued.push(await issueOne({ due, kind: 'base', entries, number, thisUpdate }, deps));
  }
  if (plan.deltaTo !== undefined) {
    const entries = deltaEntries(due.changes, thisUpdate, plan.deltaTo, state.base ?? plan.deltaTo);
    issued.push(await issueOne({ due, kind: 'delta', entries, number, thisUpdate }, deps));
  }
  return deps.store.publish(authority.keyId, scope, state.lastNumber, issued);
}

/** Clocks differ and go back: no CRL is older than the one before, or than what it lists. */
function thisUpdateOf({ at, state, all, changes }: DueScope): number {
  const published = [state.base, state.delta].map((crl) => crl?.thisUpdate ?? 0);
  let latest = Math.max(at, ...published);
  for (const rows of [all, changes]) for (const { revokedAt } of rows) latest = Math.max(latest, revokedAt);
  return latest;
}

interface Wanted {
  readonly due: DueScope;
  readonly kind: CrlKind;
  readonly entries: RevocationTable;
  readonly number: bigint;
  readonly thisUpdate: number;
}

async function issueOne(
  { due, kind, entries, number, thisUpdate }: Wanted,
  deps: IssueDeps,
): Promise<IssuedCrl> {
  const { authority, scope, state, plan, height } = due;
  const { url } = deps;
  const baseNumber = kind === 'delta' ? plan.deltaTo?.number : undefined;
  const tbs = buildSound(
    {
      authority,
      number,
      thisUpdate,
      entries,
      deltaBase: baseNumber,
      distributionPoint:
        'shard' in scope && url !== undefined ? crlUrl(url, authority.name, scope, 'base') : undefined,
      freshestCrl:
        kind === 'base' && url !== undefined ? crlUrl(url, authority.name, scope, 'delta') : undefined,
    },
    deps.now(),
  );
  const signature = await deps.hsm.signById(authority.hsmId, createHash('sha256').update(tbs).digest());
  const der = Buffer.from(assembleCrl(tbs, toDerSignature(signature)));
  const before = kind === 'base' ? state.base : state.delta;
  assertPublishable(der, authority, await derOf(due, kind, before, deps), factsOf(due, kind));
  return {
    kind,
    number,
    baseNumber,
    height,
    thisUpdate,
    nextUpdate: thisUpdate + lifetimeOf({ deltaBase: baseNumber }),
    entries: entries.length,
    sha256: createHash('sha256').update(der).digest('hex'),
    der,
  };
}

async function derOf(
  { authority, scope }: DueScope,
  kind: CrlKind,
  before: PublishedCrl | undefined,
  { store }: IssueDeps,
): Promise<Buffer | undefined> {
  return before === undefined ? undefined : store.der(authority.keyId, scope, kind, before.number);
}

/** Looked up for entries that vanished, which are few or none: the index is made when the first one is asked for. */
function factsOf({ all, changes }: DueScope, kind: CrlKind): CrlFacts {
  let index: Map<string, CertificateRow> | undefined;
  const rowOf = (serial: string): CertificateRow | undefined => {
    index ??= new Map((kind === 'base' ? all : changes).map((row) => [row.serial, row]));
    return index.get(serial);
  };
  return {
    notAfter: (serial) => rowOf(serial)?.expiresAt,
    isLifted: (serial) => rowOf(serial)?.state === 'released',
  };
}
