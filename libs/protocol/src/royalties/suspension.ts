import { type SettlementLayer, type SuspenseReason } from '../domain/settlement';
import { BPS_WHOLE } from '../limits';
import { isUnknownPayee } from './beneficiary';
import { type DividedSettlement } from './settlement-division';

/** A part of one layer that waits. */
export interface SuspendedPart {
  readonly layer: number;
  readonly reason: SuspenseReason;
  /** Minor units, above zero. */
  readonly amount: bigint;
  readonly parts: readonly { readonly beneficiary: string; readonly amount: string }[];
}

/** Why parts of a division have to wait. */
export interface SuspensionCauses {
  /** Layers whose policy is disputed. */
  readonly disputed: ReadonlySet<number>;
  /** Whether the walk ended at a parent nobody had registered. */
  readonly incomplete: boolean;
  /** What is left of the payment after the fee, minor units. */
  readonly net: bigint;
  /** Basis points of it, at most, that wait for such a parent. */
  readonly holdBps: number;
}

/** The layers with what is held of each line, and the parts that wait. */
export interface SuspendedDivision {
  readonly layers: readonly SettlementLayer[];
  readonly suspended: readonly SuspendedPart[];
}

/**
 * Holds back what cannot be paid yet: all of a disputed policy's part; what unknown payees earn; and, where a parent is
 * missing, as much of the current record's part as that parent's line could still claim, up to `holdBps`. The division
 * itself does not change: every unit is allocated, some of them wait.
 */
export function suspend(division: DividedSettlement, causes: SuspensionCauses): SuspendedDivision {
  const { disputed, incomplete, net, holdBps } = causes;
  return holdBack(division, disputed, incomplete ? mostPending(division, net, holdBps) : 0n);
}

/** As `suspend`, where `pending` minor units of the current record's part wait for a missing parent. */
export function holdBack(
  division: Pick<DividedSettlement, 'beneficiaries' | 'layers'>,
  disputed: ReadonlySet<number>,
  pending: bigint,
): SuspendedDivision {
  const unknown = new Set(
    division.beneficiaries.flatMap((beneficiary, place) => (isUnknownPayee(beneficiary) ? [place] : [])),
  );
  const suspended: SuspendedPart[] = [];
  const layers = division.layers.map((layer, index) => {
    const reserve = index === 0 ? pending : 0n;
    const mayHold = reserve > 0n || disputed.has(index) || layer.payees.some((place) => unknown.has(place));
    if (!mayHold) return layer;
    const held = layer.amounts.map((amount, at) => {
      const beneficiary = division.beneficiaries[layer.payees[at] ?? -1] ?? '';
      const line = { beneficiary, amount: BigInt(amount) };
      return { ...line, ...holdOf(line, { layer, isDisputed: disputed.has(index), reserve }) };
    });
    suspended.push(...partsOf(index, held));
    return withHeld(layer, held);
  });
  return { layers, suspended };
}

interface HeldLine {
  readonly beneficiary: string;
  readonly reason: SuspenseReason;
  readonly held: bigint;
}

/** What of a line waits, and why: the strongest reason holds all of it. */
function holdOf(
  { beneficiary, amount }: { readonly beneficiary: string; readonly amount: bigint },
  {
    layer,
    isDisputed,
    reserve,
  }: { readonly layer: SettlementLayer; readonly isDisputed: boolean; readonly reserve: bigint },
): Pick<HeldLine, 'reason' | 'held'> {
  if (isDisputed) return { reason: 'disputed', held: amount };
  if (isUnknownPayee(beneficiary)) return { reason: 'payee-unknown', held: amount };
  const whole = BigInt(layer.amount);
  return { reason: 'lineage-incomplete', held: whole === 0n ? 0n : (amount * reserve) / whole };
}

/** How much of the current record's part may yet belong to a parent that is missing, at most `holdBps` of `net`. */
export function mostPending(
  { layers, cap_bps: cap }: DividedSettlement,
  net: bigint,
  holdBps: number,
): bigint {
  const claimed = layers.slice(1).reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  const open = bpsOf(net, cap) - claimed;
  const bound = bpsOf(net, holdBps);
  const own = BigInt(layers[0]?.amount ?? '0');
  return [open, bound, own].reduce((least, value) => (value < least ? value : least));
}

function bpsOf(amount: bigint, bps: number): bigint {
  return (amount * BigInt(bps)) / BigInt(BPS_WHOLE);
}

const REASONS = ['disputed', 'payee-unknown', 'lineage-incomplete'] as const;

function partsOf(layer: number, lines: readonly HeldLine[]): SuspendedPart[] {
  return REASONS.flatMap((reason) => {
    const waiting = lines.filter((line) => line.reason === reason && line.held > 0n);
    if (waiting.length === 0) return [];
    const amount = waiting.reduce((sum, { held }) => sum + held, 0n);
    const parts = waiting.map(({ beneficiary, held }) => ({ beneficiary, amount: String(held) }));
    return [{ layer, reason, amount, parts }];
  });
}

function withHeld(layer: SettlementLayer, lines: readonly HeldLine[]): SettlementLayer {
  if (lines.every(({ held }) => held === 0n)) return layer;
  return { ...layer, held: lines.map(({ held }) => String(held)) };
}
