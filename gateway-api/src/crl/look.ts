import { shardOf } from '@maker-registry/pki';
import { type Logger } from 'pino';
import { type CertificateRows, type CertificateSnapshot } from './certificate-rows';
import { type CrlStore } from './crl-store';
import { type CertificateRow } from './entries';
import { type DueScope, issueCrls, type IssueDeps, type NamedAuthority } from './issue';
import { ISSUE_CONCURRENCY, MAX_CHANGES_READ } from './limits';
import { type CrlPlan, planCrls, type ScopeNews, type ScopeState } from './plan';
import { type CrlScope } from './scope';

export interface LookDeps extends IssueDeps {
  readonly rows: CertificateRows;
  readonly store: CrlStore;
  readonly scopes: readonly CrlScope[];
  readonly logger: Logger;
}

export interface LookOutcome {
  /** Scopes in which somebody published, this gateway or another. */
  readonly moved: number;
  /** Scopes whose lists are due and could not be made. */
  readonly failed: number;
}

/**
 * One look at a CA: plans its scopes by the mirror's state and publishes what is due. A scope that fails leaves the others
 * alone.
 *
 * @param at Unix seconds up to which the mirror is known to be complete
 * @param changedAt newest block with a change, as the mirror had it a moment ago
 * @throws RegistryError MIRROR_UNAVAILABLE
 */
export async function lookAt(
  authority: NamedAuthority,
  at: number,
  changedAt: number,
  deps: LookDeps,
): Promise<LookOutcome> {
  const stateOf = await deps.store.states(authority.keyId, at);
  const scopes = deps.scopes.map((scope) => ({ scope, state: stateOf(scope) }));
  // Without the rows, a change counts for every scope: no more than a reason to look closer.
  const maybe = scopes.some(({ state }) => isDue(state, { at, changedAt, changedSince: () => 0 }));
  if (!maybe) return { moved: 0, failed: 0 };
  const due = await deps.rows.snapshot((snapshot) => dueScopes(authority, scopes, at, snapshot));
  const failed = await publishAll(due, deps);
  return { moved: due.length - failed, failed };
}

/** Some scopes at a time: while one waits for the HSM or the database, another is built. Returns how many failed. */
async function publishAll(due: readonly DueScope[], deps: LookDeps): Promise<number> {
  let failed = 0;
  const waiting = due.values();
  const work = async (): Promise<void> => {
    for (const one of waiting) if (!(await publish(one, deps))) failed += 1;
  };
  await Promise.all(Array.from({ length: ISSUE_CONCURRENCY }, work));
  return failed;
}

async function publish(due: DueScope, deps: LookDeps): Promise<boolean> {
  const about = {
    authority: due.authority.name,
    scope: due.scope.name,
    base: due.plan.base,
    height: due.height,
  };
  try {
    const won = await issueCrls(due, deps);
    deps.logger.info(about, won ? 'A CRL was published' : 'Another gateway published the CRL first');
    return true;
  } catch (error) {
    deps.logger.error(
      { ...about, err: error },
      'A CRL is due and could not be published; the one before stays',
    );
    return false;
  }
}

function isDue(state: ScopeState, news: ScopeNews): boolean {
  const { base, deltaTo } = planCrls(state, news);
  return base || deltaTo !== undefined;
}

interface Candidate {
  readonly scope: CrlScope;
  readonly state: ScopeState;
}

async function dueScopes(
  authority: NamedAuthority,
  candidates: readonly Candidate[],
  at: number,
  snapshot: CertificateSnapshot,
): Promise<DueScope[]> {
  const within = await withinReach(authority, candidates, snapshot);
  const floor = within.map(({ state }) => state.oldestBase ?? state.base);
  const since = Math.min(...floor.map((base) => base?.height ?? -1));
  const from = Math.min(...floor.map((base) => base?.thisUpdate ?? 0));
  const changes = await snapshot.changes(authority.keyId, since, from, at);
  const changesOf = byScope(changes, within);
  const planned = within.map((candidate) => {
    const own = changesOf(candidate.scope);
    return { ...candidate, changes: own, plan: planCrls(candidate.state, newsOf(own, at)) };
  });
  const due = planned.filter(({ plan }) => plan.base || plan.deltaTo !== undefined);
  const all = await readBases(authority, due, snapshot);
  const allOf = byScope(all, within);
  return due.map((one) => ({
    ...one,
    authority,
    at,
    height: snapshot.height,
    all: one.plan.base ? allOf(one.scope) : [],
  }));
}

/**
 * After a mass revocation deltas build on the newest full CRLs, not on all that may be in use: reading a day's million
 * changes again for each new one would keep the news from everybody.
 */
async function withinReach(
  { keyId }: NamedAuthority,
  candidates: readonly Candidate[],
  snapshot: CertificateSnapshot,
): Promise<readonly Candidate[]> {
  const since = Math.min(...candidates.map(({ state }) => (state.oldestBase ?? state.base)?.height ?? -1));
  if (!(await snapshot.hasMoreChanges(keyId, since, MAX_CHANGES_READ))) return candidates;
  return candidates.map(({ scope, state }) => ({ scope, state: { ...state, oldestBase: undefined } }));
}

/** All certificates of the scopes whose full CRLs are due; of a few shards only theirs. */
async function readBases(
  { keyId }: NamedAuthority,
  due: readonly { readonly scope: CrlScope; readonly plan: CrlPlan }[],
  snapshot: CertificateSnapshot,
): Promise<CertificateRow[]> {
  const scopes = due.filter(({ plan }) => plan.base).map(({ scope }) => scope);
  if (scopes.length === 0) return [];
  const shards = scopes.flatMap((scope) => ('shard' in scope ? [scope] : []));
  const [first] = shards;
  return first === undefined || shards.length < scopes.length
    ? snapshot.all(keyId)
    : snapshot.shards(
        keyId,
        shards.map(({ shard }) => shard),
        first.of,
      );
}

/** The rows of each scope; every row is looked at once, however many shards there are. */
function byScope(
  rows: readonly CertificateRow[],
  candidates: readonly Candidate[],
): (scope: CrlScope) => readonly CertificateRow[] {
  const of = candidates.flatMap(({ scope }) => ('of' in scope ? [scope.of] : []))[0];
  const shards: CertificateRow[][] = Array.from({ length: of ?? 0 }, () => []);
  if (of !== undefined) for (const row of rows) shards[shardOf(row.serial, of)]?.push(row);
  return (scope) => ('shard' in scope ? (shards[scope.shard] ?? []) : rows);
}

function newsOf(changes: readonly CertificateRow[], at: number): ScopeNews {
  return {
    at,
    changedAt: changes.reduce((newest, { block }) => Math.max(newest, block), -1),
    changedSince: (height) => changes.filter(({ block }) => block > height).length,
  };
}
