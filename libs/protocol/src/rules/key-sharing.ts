import { type RiskClass } from '../domain/common';
import { type ContentKeyVersion, type KeySharing } from '../domain/content-key';
import { type Parameters } from '../domain/parameters';
import { RegistryError } from '../errors/registry-error';

/**
 * Operators that must release together in a class; 1 where one may hold the whole key. A network with fewer operators than
 * the class asks for (a laptop's has one) needs all of them: it could otherwise never commit a key.
 */
export function requiredKeyThreshold(parameters: Parameters, riskClass: RiskClass): number {
  return Math.min(parameters.risk_classes[riskClass].key_threshold ?? 1, parameters.operators.length);
}

/**
 * Asserts that a key is split among enough operators for the class as it is now. Judged when a key is committed and again
 * by every operator at every release: the class of an artifact, or what a class asks for, may have risen in between.
 *
 * @throws RegistryError KEY_SHARING_REQUIRED
 */
export function assertKeyShared(
  { sharing }: Pick<ContentKeyVersion, 'sharing'>,
  parameters: Parameters,
  riskClass: RiskClass,
): void {
  const required = requiredKeyThreshold(parameters, riskClass);
  if ((sharing?.threshold ?? 1) >= required) return;
  throw new RegistryError(
    'KEY_SHARING_REQUIRED',
    `A content key of class ${riskClass} is split so that at least ${required} operators must release it together.`,
  );
}

/**
 * Asserts that a split makes sense: each share goes to a different operator of the network, and there are enough
 * of them.
 *
 * @throws RegistryError KEY_SHARING_INVALID
 */
export function assertSharingSound({ threshold, shares }: KeySharing, parameters: Parameters): void {
  const operators = new Set(shares.map(({ operator }) => operator));
  const stranger = shares.find(({ operator }) => !parameters.operators.includes(operator));
  if (stranger !== undefined) throw invalid(`${stranger.operator} is not an operator of this network`);
  if (operators.size < shares.length) throw invalid('an operator has two shares');
  if (shares.length < threshold) throw invalid(`${shares.length} shares never make ${threshold}`);
}

function invalid(what: string): RegistryError {
  return new RegistryError('KEY_SHARING_INVALID', `The key can't be split like this: ${what}.`, {
    subject: '/body/sharing',
  });
}
