import { type Logger } from 'pino';
import { type CertificateRows, type CertificateSnapshot } from './certificate-rows';
import { type CrlStore } from './crl-store';
import { type CertificateRow } from './entries';
import { type DueScope, issueCrls, type IssueDeps, type NamedAuthority } from './issue';
import { MAX_CHANGES_READ } from './limits';
import { planCrls, type ScopeNews, type ScopeState } from './plan';
import { type CrlScope, FULL, isInScope } from './scope';

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
  let failed = 0;
  for (const one of due) if (!(await publish(one, deps))) failed += 1;
  return { moved: due.length - failed, failed };
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
  const planned = within.map((candidate) => {
    const own = inScope(changes, candidate.scope);
    return { ...candidate, changes: own, plan: planCrls(candidate.state, newsOf(own, at)) };
  });
  const due = planned.filter(({ plan }) => plan.base || plan.deltaTo !== undefined);
  const all = due.some(({ plan }) => plan.base) ? await snapshot.all(authority.keyId) : [];
  return due.map((one) => ({
    ...one,
    authority,
    at,
    height: snapshot.height,
    all: one.plan.base ? inScope(all, one.scope) : [],
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

function inScope(rows: readonly CertificateRow[], scope: CrlScope): readonly CertificateRow[] {
  return scope === FULL ? rows : rows.filter(({ serial }) => isInScope(serial, scope));
}

function newsOf(changes: readonly CertificateRow[], at: number): ScopeNews {
  return {
    at,
    changedAt: changes.reduce((newest, { block }) => Math.max(newest, block), -1),
    changedSince: (height) => changes.filter(({ block }) => block > height).length,
  };
}
