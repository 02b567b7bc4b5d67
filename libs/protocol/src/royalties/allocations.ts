import { SAFETY_FUND, type Settlement } from '../domain/settlement';

/** One line of a settlement's division: which layer under which version of its policy pays whom how much. */
export interface Allocation {
  readonly settlement_id: string;
  /** Absent for the registry's fee, which no layer pays. */
  readonly layer?: number;
  readonly model_ref?: string;
  readonly content_hash?: string;
  /** 0: the record had no policy. */
  readonly policy_version?: number;
  readonly beneficiary: string;
  /** Minor units, with what is held. */
  readonly amount: string;
  /** How much of it waited in suspense. */
  readonly held: string;
  readonly currency: string;
}

/** Every line by layer, the fee last. Their amounts sum to what was paid. */
export function allocationsOf(settlement: Settlement): Allocation[] {
  const { settlement_id, currency, fee } = settlement;
  const lines = settlement.layers.flatMap(
    ({ model_ref, content_hash, policy_version, payees, amounts, held }, layer) =>
      payees.map((payee, at) => ({
        settlement_id,
        layer,
        model_ref,
        content_hash,
        policy_version,
        beneficiary: settlement.beneficiaries[payee] ?? '',
        amount: amounts[at] ?? '0',
        held: held?.[at] ?? '0',
        currency,
      })),
  );
  if (fee.amount === '0') return lines;
  return [...lines, { settlement_id, beneficiary: SAFETY_FUND, amount: fee.amount, held: '0', currency }];
}
