import { RegistryError } from '../errors/registry-error';
import { BPS_WHOLE, MAX_LINEAGE_DEPTH } from '../limits';
import { divideByWeights } from '../rules/shares';
import { MAX_SETTLEMENT_AMOUNT } from './amount';
import { type RoyaltyTerms } from './terms';

/** A record that takes part in a settlement. */
export interface PayingLayer {
  readonly terms: RoyaltyTerms;
  /** What it claims as an ancestor, basis points: 0 for a revoked policy or none. Without meaning for the current record. */
  readonly claim_bps: number;
}

/** What one layer pays one beneficiary, minor units. */
export interface DivisionLine {
  /** 0 is the current record, 1 its parent, and so on. */
  readonly layer: number;
  readonly beneficiary: string;
  readonly amount: bigint;
}

/** A payment divided, minor units. The fee and all lines sum to the payment; so do the fee and all payouts. */
export interface Division {
  readonly fee: bigint;
  /** What each layer divides among its beneficiaries; index 0 is the current record. */
  readonly layers: readonly bigint[];
  /** Lines above zero, by layer and then in the order of the policy. */
  readonly lines: readonly DivisionLine[];
  /** Beneficiary → the sum of its lines. */
  readonly payouts: ReadonlyMap<string, bigint>;
}

export interface DivisionInput {
  /** Minor units, 1 to 10^30. */
  readonly amount: bigint;
  /** The registry's fee, basis points of the amount. */
  readonly feeBps: number;
  /** Most that all ancestors take, basis points of what is left after the fee. */
  readonly capBps: number;
  /** The current record, then its ancestors, nearest first; terms within the bounds of assertRoyaltyTerms. */
  readonly layers: readonly PayingLayer[];
}

/**
 * Divides a payment over a lineage:
 *
 * ```text
 * F = ⌊A × fee / 10000⌋              the registry's fee
 * N = A − F
 * D = Σ claims of the ancestors
 * E = ⌊N × min(D, cap) / 10000⌋      the ancestors' part, in proportion to their claims
 * N − E                              the current record's part
 * ```
 *
 * Every layer's part is divided by the shares of its own terms. All proportions are by largest remainder, ties to the
 * nearer ancestor or the earlier beneficiary. Royalties are taken before the current record's shares, so that claims and
 * shares never exceed the payment together. Throws AMOUNT_INVALID, SCHEMA_VIOLATION, POLICY_INVALID.
 */
export function divideSettlement(input: DivisionInput): Division {
  assertDivisible(input);
  const fee = bpsOf(input.amount, input.feeBps);
  const layers = divideOverLayers(input.amount - fee, input);
  const lines: DivisionLine[] = [];
  input.layers.forEach(({ terms }, layer) => {
    appendLines(lines, layer, layers[layer] ?? 0n, terms);
  });
  return { fee, layers, lines, payouts: consolidate(lines) };
}

function divideOverLayers(net: bigint, { capBps, layers }: DivisionInput): bigint[] {
  const claims = layers.slice(1).map(({ claim_bps }) => claim_bps);
  const claimed = claims.reduce((sum, claim) => sum + claim, 0);
  if (claimed === 0) return [net, ...claims.map(() => 0n)];
  const extracted = bpsOf(net, Math.min(claimed, capBps));
  return [net - extracted, ...divideByWeights(extracted, claims)];
}

function appendLines(lines: DivisionLine[], layer: number, amount: bigint, terms: RoyaltyTerms): void {
  if (amount === 0n) return;
  divideByWeights(amount, terms.shares_bps).forEach((part, index) => {
    if (part > 0n) lines.push({ layer, beneficiary: terms.beneficiaries[index] ?? '', amount: part });
  });
}

function consolidate(lines: readonly DivisionLine[]): Map<string, bigint> {
  const payouts = new Map<string, bigint>();
  for (const { beneficiary, amount } of lines) {
    payouts.set(beneficiary, (payouts.get(beneficiary) ?? 0n) + amount);
  }
  return payouts;
}

/** ⌊amount × bps / 10000⌋ */
function bpsOf(amount: bigint, bps: number): bigint {
  return (amount * BigInt(bps)) / BigInt(BPS_WHOLE);
}

function assertDivisible({ amount, feeBps, capBps, layers }: DivisionInput): void {
  if (amount < 1n || amount > MAX_SETTLEMENT_AMOUNT) {
    throw new RegistryError('AMOUNT_INVALID', 'An amount is 1 to 10^30 minor units.');
  }
  if (layers.length < 1 || layers.length > MAX_LINEAGE_DEPTH + 1) {
    throw new RegistryError(
      'SCHEMA_VIOLATION',
      `Give the current record and up to ${MAX_LINEAGE_DEPTH} ancestors.`,
    );
  }
  if (![feeBps, capBps, ...layers.map(({ claim_bps }) => claim_bps)].every(isBps)) {
    throw new RegistryError('SCHEMA_VIOLATION', `Rates are integers from 0 to ${BPS_WHOLE}.`);
  }
  layers.forEach(assertWhole);
}

function isBps(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= BPS_WHOLE;
}

/** Terms were judged when their policy was set. What would break the sum is judged again here: money depends on it. */
function assertWhole({ terms }: PayingLayer, layer: number): void {
  const { beneficiaries, shares_bps } = terms;
  const whole = shares_bps.reduce((sum, share) => sum + share, 0);
  if (shares_bps.length !== beneficiaries.length || whole !== BPS_WHOLE) {
    throw new RegistryError('POLICY_INVALID', 'Shares do not cover the beneficiaries exactly.', {
      subject: `/layers/${layer}/terms/shares_bps`,
    });
  }
}
