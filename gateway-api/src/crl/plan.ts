import { type KnownCrl } from './entries';
import {
  BASE_LIFETIME_S,
  BASE_PERIOD_S,
  DELTA_LIFETIME_S,
  MAX_DELTA_ENTRIES,
  PROMPT_ENTRIES,
} from './limits';

/** A CRL that is published. */
export interface PublishedCrl extends KnownCrl {
  readonly number: bigint;
  readonly nextUpdate: number;
  readonly entries: number;
}

/** What is published of one scope. */
export interface ScopeState {
  /** Of whichever list came last; undefined before the first. */
  readonly lastNumber: bigint | undefined;
  readonly base: PublishedCrl | undefined;
  readonly delta: PublishedCrl | undefined;
  /** The oldest full CRL whose nextUpdate has not come: the oldest that anybody may still rely on. */
  readonly oldestBase: PublishedCrl | undefined;
}

/** What the ledger says of the scope's certificates, as far as planning needs it. */
export interface ScopeNews {
  /** Unix seconds: what thisUpdate would be. */
  readonly at: number;
  /** Newest block with a change; -1 if there never was one. */
  readonly changedAt: number;
  /** Certificates that changed after a block, at most one more than a delta may hold. */
  readonly changedSince: (height: number) => number;
}

export interface CrlPlan {
  readonly base: boolean;
  /** The full CRL that a delta is to build on; undefined where no delta is due. */
  readonly deltaTo: PublishedCrl | undefined;
}

const NOTHING: CrlPlan = { base: false, deltaTo: undefined };

/**
 * Which lists of a scope are due. A change is in a delta at once, in the full CRL at once where that is short and within
 * `BASE_PERIOD_S` otherwise; every list is renewed after half of its life, also when nothing changed. A full CRL and a
 * delta that are due together get one number and say the same.
 */
export function planCrls(state: ScopeState, news: ScopeNews): CrlPlan {
  const base = isBaseDue(state, news);
  if (!base && !isDeltaDue(state, news)) return NOTHING;
  const deltaTo = chooseAnchor(state, news);
  // Without a base that a delta could build on, the news goes into a full CRL.
  return deltaTo === undefined ? { base: true, deltaTo } : { base, deltaTo };
}

function isBaseDue({ base }: ScopeState, news: ScopeNews): boolean {
  if (base === undefined || isHalfOver(base, BASE_LIFETIME_S, news.at)) return true;
  if (news.changedAt <= base.height) return false;
  return base.entries <= PROMPT_ENTRIES || news.at - base.thisUpdate >= BASE_PERIOD_S;
}

function isDeltaDue({ delta }: ScopeState, news: ScopeNews): boolean {
  if (delta === undefined || isHalfOver(delta, DELTA_LIFETIME_S, news.at)) return true;
  return news.changedAt > delta.height;
}

function isHalfOver({ nextUpdate }: PublishedCrl, lifetime: number, at: number): boolean {
  return nextUpdate - at <= lifetime / 2;
}

/** The oldest full CRL that may be in use, so that one delta completes all of them; a later one where that grows too large. */
function chooseAnchor({ oldestBase, base }: ScopeState, news: ScopeNews): PublishedCrl | undefined {
  return [oldestBase, base].find(
    (candidate) =>
      candidate !== undefined &&
      candidate.nextUpdate > news.at &&
      news.changedSince(candidate.height) <= MAX_DELTA_ENTRIES,
  );
}
