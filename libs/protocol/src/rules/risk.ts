import { RISK_CLASSES, type RiskClass } from '../domain/common';
import { type Review } from '../domain/artifact';
import { type Parameters } from '../domain/parameters';

/** The stricter of two classes. */
export function stricterClass(a: RiskClass, b: RiskClass): RiskClass {
  return RISK_CLASSES.indexOf(a) >= RISK_CLASSES.indexOf(b) ? a : b;
}

/**
 * Approvals that a class needs. A network with fewer operators than the gate asks for (a laptop's has one) needs all of
 * them: it could otherwise never activate anything.
 */
export function requiredApprovals(parameters: Parameters, riskClass: RiskClass): number {
  return Math.min(parameters.risk_classes[riskClass].approvals_required, parameters.operators.length);
}

/**
 * Whether the reviews pass the gate: enough approvals of different operators, and more approvals than rejections. So one
 * operator can neither wave a thing through nor veto it. Operators that have left do not count.
 */
export function passesGate(
  parameters: Parameters,
  riskClass: RiskClass,
  reviews: readonly Review[],
): boolean {
  const counted = reviews.filter(({ msp_id }) => parameters.operators.includes(msp_id));
  const approvals = counted.filter(({ decision }) => decision === 'approve').length;
  const required = requiredApprovals(parameters, riskClass);
  return required === 0 || (approvals >= required && approvals > counted.length - approvals);
}
