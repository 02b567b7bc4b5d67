import { RegistryError } from '../errors/registry-error';
import { parseAmount } from '../rules/shares';
import { parseSettlementAmount } from './amount';

/** What a holder has earned in one currency and not yet claimed. Both are decimal strings. */
export interface Accrual {
  /** Minor units × supply: exact, where minor units alone would lose a fraction at every transfer. */
  readonly scaled: string;
  /** The pool's total that it was computed at, minor units. */
  readonly at_total: string;
}

/** One holder's units of a share issue, and what they have earned. */
export interface Holding {
  readonly units: string;
  /** By currency. */
  readonly accrued: Readonly<Record<string, Accrual>>;
}

/** Currency → everything that the pool ever collected, minor units. All currencies that it ever collected are there. */
export type PoolTotals = Readonly<Record<string, string>>;

/** A holding of `units` that earns from now on: what the pool collected before belongs to others. */
export function openHolding(units: string, totals: PoolTotals): Holding {
  return withUnits(accrue({ units: '0', accrued: {} }, totals), parseAmount(units));
}

/**
 * The holding with everything earned up to `totals`: in each currency `scaled += units × (total − at_total)`. A currency
 * that the holding does not know was at zero when it was opened. Throws LEDGER_STATE_CORRUPT when a total fell or
 * vanished: the same proceeds would be earned twice.
 */
export function accrue<Held extends Holding>(holding: Held, totals: PoolTotals): Held {
  const vanished = Object.keys(holding.accrued).find((currency) => !Object.hasOwn(totals, currency));
  if (vanished !== undefined) throw corrupt(vanished);
  const units = parseAmount(holding.units);
  const accrued = Object.entries(totals).map(([currency, total]): [string, Accrual] => {
    const { scaled, at_total } = accrualOf(holding, currency);
    const growth = parseAmount(total) - parseAmount(at_total);
    if (growth < 0n) throw corrupt(currency);
    return [currency, { scaled: String(parseAmount(scaled) + units * growth), at_total: total }];
  });
  return { ...holding, accrued: Object.fromEntries(accrued) };
}

/**
 * Moves `units` (1 to 10^30) from one holding to another. Both accrue first, so that past proceeds stay with whom they
 * were earned by. `from` and `to` must be of different holders: writing both results under one key would make units.
 * Throws AMOUNT_INVALID, SHARES_INSUFFICIENT, LEDGER_STATE_CORRUPT.
 */
export function transferUnits<From extends Holding, To extends Holding>(
  from: From,
  to: To,
  units: string,
  totals: PoolTotals,
): { readonly from: From; readonly to: To } {
  const moved = parseSettlementAmount(units, '/units');
  const left = parseAmount(from.units) - moved;
  if (left < 0n) {
    throw new RegistryError('SHARES_INSUFFICIENT', 'The sender holds fewer units; transfer fewer.', {
      subject: '/units',
    });
  }
  return {
    from: withUnits(accrue(from, totals), left),
    to: withUnits(accrue(to, totals), parseAmount(to.units) + moved),
  };
}

/**
 * What a holder can claim in `currency` now: ⌊scaled / supply⌋ minor units, which may be zero, and the holding after it.
 * The fraction of a unit stays in the holding: dropping it is how peers destroyed value, rounding it up how they made it.
 */
export function claimDue<Held extends Holding>(
  holding: Held,
  currency: string,
  totals: PoolTotals,
  supply: string,
): { readonly holding: Held; readonly amount: bigint } {
  const whole = parseSettlementAmount(supply, '/supply');
  const current = accrue(holding, totals);
  const { scaled, at_total } = accrualOf(current, currency);
  const rest = { scaled: String(parseAmount(scaled) % whole), at_total };
  const accrued = Object.hasOwn(totals, currency)
    ? { ...current.accrued, [currency]: rest }
    : current.accrued;
  return { holding: { ...current, accrued }, amount: parseAmount(scaled) / whole };
}

function withUnits<Held extends Holding>(holding: Held, units: bigint): Held {
  return { ...holding, units: String(units) };
}

function accrualOf(holding: Holding, currency: string): Accrual {
  const known = Object.hasOwn(holding.accrued, currency) ? holding.accrued[currency] : undefined;
  return known ?? { scaled: '0', at_total: '0' };
}

function corrupt(currency: string): RegistryError {
  return new RegistryError('LEDGER_STATE_CORRUPT', 'A pool’s total never falls.', { subject: currency });
}
