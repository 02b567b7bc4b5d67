import { type Settlement, type SettlementLayer } from '../domain/settlement';
import { canonicalize } from '../encoding/canonical-json';
import { BPS_WHOLE } from '../limits';
import { isUnknownPayee } from './beneficiary';
import { type DividedSettlement } from './settlement-division';
import { holdBack, mostPending } from './suspension';

const DIGITS = /^[0-9]{1,40}$/;

/**
 * Where what waits in suspense does not follow from the division: a settlement that holds back too much, or the wrong
 * payee's part, or says nothing of what it holds. Which policies were disputed is taken as stated, and so is how much may
 * wait for a missing parent, up to what the cap leaves to it.
 */
export function suspenseDifferences(settlement: Settlement, division: DividedSettlement): string[] {
  const { layers, suspended, lineage } = settlement;
  const disputed = new Set(suspended.flatMap(({ layer, reason }) => (reason === 'disputed' ? [layer] : [])));
  const net = BigInt(settlement.amount) - division.fee;
  const most = lineage.incomplete ? mostPending(division, net, BPS_WHOLE) : 0n;
  const reserve = disputed.has(0) ? 0n : leastReserve(layers[0], division);
  const expected = holdBack(division, disputed, reserve);
  const parts = expected.suspended.map(({ layer, reason, amount }) => ({
    layer,
    reason,
    amount: String(amount),
  }));
  const follows =
    reserve <= most &&
    canonicalize(parts) === canonicalize(suspended) &&
    canonicalize(heldOf(expected.layers)) === canonicalize(heldOf(layers));
  return follows ? [] : ['What waits in suspense does not follow from the division.'];
}

function heldOf(layers: readonly SettlementLayer[]): (readonly string[] | null)[] {
  return layers.map(({ held }) => held ?? null);
}

/**
 * The smallest reserve under which each line of the current record could hold what it says. A line holds
 * ⌊amount × reserve ÷ whole⌋, so if any reserve explains all lines, this one does.
 */
function leastReserve(
  stated: SettlementLayer | undefined,
  { layers: [current], beneficiaries }: DividedSettlement,
): bigint {
  if (stated?.held === undefined || current === undefined) return 0n;
  const whole = BigInt(current.amount);
  return current.amounts.reduce((least, text, at) => {
    const [held, amount] = [stated.held?.[at] ?? '', BigInt(text)];
    const isUnknown = isUnknownPayee(beneficiaries[current.payees[at] ?? -1] ?? '');
    if (isUnknown || amount === 0n || !DIGITS.test(held)) return least;
    const needed = (BigInt(held) * whole + amount - 1n) / amount;
    return needed > least ? needed : least;
  }, 0n);
}
