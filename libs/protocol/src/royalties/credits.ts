import { type CreditLine, SAFETY_FUND, type Settlement, type SettlementLayer } from '../domain/settlement';

/** What a settlement owes one beneficiary now, without what waits in suspense; amounts are minor units. */
export interface SettlementCredit {
  readonly amount: bigint;
  /** The justification: lines above zero, by layer. */
  readonly lines: readonly CreditLine[];
}

/** What a settlement credits a beneficiary with; nothing for somebody it does not name. */
export function creditOf(settlement: Settlement, beneficiary: string): SettlementCredit {
  if (beneficiary === SAFETY_FUND) return { amount: BigInt(settlement.fee.amount), lines: [] };
  const place = settlement.beneficiaries.indexOf(beneficiary);
  const lines = settlement.layers.flatMap((layer, index) => lineOf(layer, index, place));
  return { amount: lines.reduce((sum, line) => sum + BigInt(line.amount), 0n), lines };
}

function lineOf(layer: SettlementLayer, index: number, place: number): CreditLine[] {
  const at = layer.payees.indexOf(place);
  if (at < 0) return [];
  const free = BigInt(layer.amounts[at] ?? '0') - BigInt(layer.held?.[at] ?? '0');
  if (free === 0n) return [];
  return [{ layer: index, policy_version: layer.policy_version, amount: String(free) }];
}
