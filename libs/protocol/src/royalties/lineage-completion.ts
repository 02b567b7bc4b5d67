import { type Settlement } from '../domain/settlement';
import { divideAmount } from '../rules/shares';
import { BPS_WHOLE } from '../limits';
import { claimBpsOf, type LayerState } from './settlement-division';
import { defaultTerms } from './terms';

/** What a release owes somebody, and why; minor units. */
export interface OwedPart {
  readonly layer: number;
  readonly policy_version: number;
  readonly beneficiary: string;
  readonly amount: bigint;
  /** Of the layer's record, where it was not part of the settlement. */
  readonly model_ref?: string;
  readonly content_hash?: string;
}

/**
 * Settles the difference when parents turn up that were not registered at the time: the found ancestors get what they
 * would have got in a whole lineage, out of what was held back for them and never more; the rest goes to whom it was held
 * from. What earlier ancestors were paid stands.
 *
 * @param held what waits, by beneficiary of the settled record
 * @param found the ancestors beyond the settlement's layers, nearest first
 */
export function completeLineage(
  settlement: Settlement,
  held: readonly OwedPart[],
  found: readonly LayerState[],
): OwedPart[] {
  const reserve = held.reduce((sum, { amount }) => sum + amount, 0n);
  const due = dueToFound(settlement, found);
  const wanted = due.reduce((sum, part) => sum + part, 0n);
  const paid = wanted <= reserve ? due : divideAmount(reserve, due);
  const rest = reserve - paid.reduce((sum, part) => sum + part, 0n);
  return [
    ...found.flatMap((layer, index) =>
      layerParts(layer, settlement.layers.length + index, paid[index] ?? 0n),
    ),
    ...divided(rest, held),
  ];
}

/** What each found ancestor would have been paid, had the whole lineage been known (steps 4 and 6 of the settlement). */
function dueToFound(settlement: Settlement, found: readonly LayerState[]): bigint[] {
  const known = settlement.layers.slice(1).map(({ claim_bps }) => claim_bps);
  const claims = [...known, ...found.map(claimBpsOf)];
  const claimed = claims.reduce((sum, claim) => sum + claim, 0);
  if (claimed === 0) return found.map(() => 0n);
  const net = BigInt(settlement.amount) - BigInt(settlement.fee.amount);
  const extracted = (net * BigInt(Math.min(claimed, settlement.cap_bps))) / BigInt(BPS_WHOLE);
  return divideAmount(extracted, claims.map(BigInt)).slice(known.length);
}

function layerParts(state: LayerState, layer: number, amount: bigint): OwedPart[] {
  if (amount === 0n) return [];
  const terms = state.policy?.royalty_terms ?? defaultTerms(state.owner);
  const parts = divideAmount(amount, terms.shares_bps.map(BigInt));
  return terms.beneficiaries.map((beneficiary, index) => ({
    layer,
    policy_version: state.policy?.version ?? 0,
    beneficiary,
    amount: parts[index] ?? 0n,
    model_ref: state.model_ref,
    content_hash: state.content_hash,
  }));
}

function divided(amount: bigint, held: readonly OwedPart[]): OwedPart[] {
  if (amount === 0n) return [];
  const parts = divideAmount(
    amount,
    held.map((part) => part.amount),
  );
  return held.map((part, index) => ({ ...part, amount: parts[index] ?? 0n }));
}
