import { type RoyaltyPolicy } from '../domain/royalty-policy';
import { type SettlementLayer } from '../domain/settlement';
import { type RecordKey } from '../domain/record';
import { BPS_WHOLE, MAX_LINEAGE_DEPTH } from '../limits';
import { type Division, divideSettlement, type PayingLayer } from './divide';
import { defaultTerms } from './terms';

/** A record of the lineage with what decides whom it pays. */
export interface LayerState extends RecordKey {
  readonly policy: Pick<RoyaltyPolicy, 'version' | 'status' | 'royalty_terms'> | undefined;
  /** Owner of the record's model: paid where there is no policy. */
  readonly owner: string;
}

/** A payment divided over a lineage, in the form in which the ledger keeps it. */
export interface DividedSettlement {
  /** Minor units. */
  readonly fee: bigint;
  readonly cap_bps: number;
  readonly max_depth: number;
  readonly beneficiaries: readonly string[];
  readonly layers: readonly SettlementLayer[];
}

function termsOf({ policy, owner }: LayerState): PayingLayer['terms'] {
  return policy?.royalty_terms ?? defaultTerms(owner);
}

/** What an ancestor claims, basis points: nothing without a policy or under a revoked one. */
export function claimBpsOf({ policy }: LayerState): number {
  return policy === undefined || policy.status === 'revoked'
    ? 0
    : policy.royalty_terms.derivative_royalty_bps;
}

/** Ancestors that a payment for a record under this policy reaches; without a policy as many as there may be. */
export function depthOf(policy: Pick<RoyaltyPolicy, 'royalty_terms'> | undefined): number {
  return policy?.royalty_terms.max_depth ?? MAX_LINEAGE_DEPTH;
}

/**
 * Divides `amount` over the layers and writes the division down with every beneficiary once. Ledger, replay and
 * simulation all divide by `divideSettlement`; this is its ledger form.
 */
export function divideOverLineage(
  amount: bigint,
  feeBps: number,
  layers: readonly LayerState[],
): DividedSettlement {
  const [current] = layers;
  const terms = current === undefined ? undefined : termsOf(current);
  const capBps = terms?.total_royalty_cap_bps ?? BPS_WHOLE;
  const division = divideSettlement({
    amount,
    feeBps,
    capBps,
    layers: layers.map((layer, index) => ({
      terms: termsOf(layer),
      claim_bps: index === 0 ? 0 : claimBpsOf(layer),
    })),
  });
  return {
    fee: division.fee,
    cap_bps: capBps,
    max_depth: terms?.max_depth ?? 0,
    ...writeDown(division, layers),
  };
}

function writeDown(
  { layers: amounts, lines }: Division,
  layers: readonly LayerState[],
): Pick<DividedSettlement, 'beneficiaries' | 'layers'> {
  const places = new Map<string, number>();
  const payees: number[][] = layers.map(() => []);
  const parts: string[][] = layers.map(() => []);
  for (const { layer, beneficiary, amount } of lines) {
    const place = places.get(beneficiary) ?? places.size;
    places.set(beneficiary, place);
    payees[layer]?.push(place);
    parts[layer]?.push(String(amount));
  }
  return {
    beneficiaries: [...places.keys()],
    layers: layers.map((layer, index) => ({
      model_ref: layer.model_ref,
      content_hash: layer.content_hash,
      policy_version: layer.policy?.version ?? 0,
      status: layer.policy?.status ?? 'active',
      claim_bps: index === 0 ? 0 : claimBpsOf(layer),
      amount: String(amounts[index] ?? 0n),
      payees: payees[index] ?? [],
      amounts: parts[index] ?? [],
    })),
  };
}
