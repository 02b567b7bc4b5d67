import { type Actor } from '../domain/actor';
import { type Intent } from '../domain/intent-bodies';
import { ledgerKeys, type LedgerWrite, type RuleOutcome } from '../domain/ledger';
import { type ShareHolding, type ShareIssue } from '../domain/royalty-shares';
import { RegistryError } from '../errors/registry-error';
import { sharesId } from '../identifiers';
import { MAX_SHARE_CURRENCIES } from '../limits';
import { collectCredits, type SourceState } from '../royalties/collection';
import { claimDue, openHolding, transferUnits } from '../royalties/share-accounting';
import { type IntentContext, ledgerTime } from './context';
import { requireActor } from './issue-right';

function issueWrite(shares: ShareIssue): LedgerWrite {
  return { kind: 'shares', id: ledgerKeys.shares(shares.shares_id), value: shares };
}

function holdingWrite(holding: ShareHolding): LedgerWrite {
  return { kind: 'holding', id: ledgerKeys.holding(holding.shares_id, holding.holder), value: holding };
}

export interface IssueSharesState {
  /** Under the id that issuer and name give. */
  readonly existing: ShareIssue | undefined;
}

/**
 * shares.issue: makes a beneficiary whose proceeds belong to whoever holds its units; the issuer holds all of them first.
 * A policy that names it, frozen, is what makes the units worth something.
 *
 * @throws RegistryError SHARES_EXISTS
 */
export function issueShares(
  { existing }: IssueSharesState,
  { body, actor }: Intent<'shares.issue'>,
  context: IntentContext,
): RuleOutcome {
  const id = sharesId(actor, body.name);
  if (existing !== undefined) {
    throw new RegistryError('SHARES_EXISTS', 'The actor has issued shares of this name.', { subject: id });
  }
  const shares: ShareIssue = {
    shares_id: id,
    issuer: actor,
    name: body.name,
    supply: body.supply,
    totals: {},
    issued: ledgerTime(context),
  };
  const holding: ShareHolding = { shares_id: id, holder: actor, ...openHolding(body.supply, {}) };
  return {
    writes: [issueWrite(shares), holdingWrite(holding)],
    result: { id, type: 'shares', state: 'issued' },
  };
}

/** The share issue under an id: SHARES_UNKNOWN. */
function requireShares(shares: ShareIssue | undefined, id: string): ShareIssue {
  if (shares?.shares_id !== id) {
    throw new RegistryError('SHARES_UNKNOWN', 'The share issue does not exist.', { subject: id });
  }
  return shares;
}

function requireHolding(holding: ShareHolding | undefined, id: string): ShareHolding {
  if (holding !== undefined) return holding;
  throw new RegistryError('SHARES_INSUFFICIENT', 'The actor holds none of these shares.', { subject: id });
}

export interface TransferSharesState {
  readonly shares: ShareIssue | undefined;
  /** Of the actor. */
  readonly holding: ShareHolding | undefined;
  /** Of body.to. */
  readonly recipientHolding: ShareHolding | undefined;
  readonly recipient: Actor | undefined;
}

/**
 * shares.transfer: units change hands; what they earned before stays with whom they earned it for, to the fraction.
 *
 * @throws RegistryError SHARES_UNKNOWN, SHARES_INSUFFICIENT, ACTOR_UNKNOWN or TRANSFER_FORBIDDEN
 */
export function transferShares(
  state: TransferSharesState,
  { body, actor }: Intent<'shares.transfer'>,
): RuleOutcome {
  const { shares_id: id, to } = body;
  const shares = requireShares(state.shares, id);
  if (to === actor) {
    throw new RegistryError('TRANSFER_FORBIDDEN', 'Sender and recipient are the same actor.', {
      subject: to,
    });
  }
  requireActor(state.recipient, to);
  const own = requireHolding(state.holding, id);
  const theirs = state.recipientHolding ?? { shares_id: id, holder: to, ...openHolding('0', shares.totals) };
  const moved = transferUnits(own, theirs, body.units, shares.totals);
  return {
    writes: [holdingWrite(moved.from), holdingWrite(moved.to)],
    result: { id, type: 'shares', state: 'transferred' },
  };
}

export interface CollectSharesState {
  readonly shares: ShareIssue | undefined;
  /** In the order of the body's credits. */
  readonly sources: readonly SourceState[];
}

/**
 * shares.collect: takes what sources owe the share issue into its totals, from where holders claim. Anybody may: nobody
 * but the holders gains by it.
 *
 * @throws RegistryError SHARES_UNKNOWN, NOTHING_DUE, CREDIT_UNKNOWN, CREDIT_COLLECTED or TOO_LARGE
 */
export function collectIntoShares(
  state: CollectSharesState,
  { body }: Intent<'shares.collect'>,
  context: IntentContext,
): RuleOutcome {
  const { shares_id: id, currency } = body;
  const shares = requireShares(state.shares, id);
  if (body.credits.length === 0) {
    throw new RegistryError('NOTHING_DUE', 'Name the sources to collect.', { subject: '/body/credits' });
  }
  const before = Object.hasOwn(shares.totals, currency) ? shares.totals[currency] : undefined;
  if (before === undefined && Object.keys(shares.totals).length >= MAX_SHARE_CURRENCIES) {
    throw new RegistryError(
      'TOO_LARGE',
      `A share issue has proceeds in at most ${MAX_SHARE_CURRENCIES} currencies.`,
      { subject: id },
    );
  }
  const { amount, writes } = collectCredits(id, body, state.sources, context.intentId);
  const totals = { ...shares.totals, [currency]: String(BigInt(before ?? '0') + amount) };
  return {
    writes: [...writes, issueWrite({ ...shares, totals })],
    result: { id, type: 'shares', state: 'collected', count: body.credits.length },
  };
}

export interface ClaimSharesState {
  readonly shares: ShareIssue | undefined;
  /** Of the actor. */
  readonly holding: ShareHolding | undefined;
}

/**
 * shares.claim: credits a holder with what its units have earned in whole minor units; the fraction stays in the holding.
 *
 * @throws RegistryError SHARES_UNKNOWN, SHARES_INSUFFICIENT or NOTHING_DUE
 */
export function claimShares(
  state: ClaimSharesState,
  { body, actor }: Intent<'shares.claim'>,
  context: IntentContext,
): RuleOutcome {
  const { shares_id: id, currency } = body;
  const shares = requireShares(state.shares, id);
  const own = requireHolding(state.holding, id);
  const { holding, amount } = claimDue(own, currency, shares.totals, shares.supply);
  if (amount === 0n) {
    throw new RegistryError('NOTHING_DUE', `The units have earned no whole minor unit of ${currency} yet.`, {
      subject: id,
    });
  }
  const source = context.intentId;
  return {
    writes: [
      holdingWrite(holding),
      {
        kind: 'credit',
        id: ledgerKeys.credit(actor, currency, source),
        value: {
          beneficiary: actor,
          currency,
          source,
          source_type: 'shares',
          amount: String(amount),
          lines: [],
          credited: ledgerTime(context),
        },
      },
    ],
    result: { id: source, type: 'credit', state: 'claimed' },
  };
}
