import { RegistryError } from '../errors/registry-error';
import { BPS_WHOLE, MAX_BENEFICIARIES, MAX_LINEAGE_DEPTH, MAX_VERIFICATIONS_REQUIRED } from '../limits';

/** Who is paid for a record, and what it claims from derivatives (P-107). Shares and rates are basis points. */
export interface RoyaltyTerms {
  /** Actors or share issues, in the order that decides ties. */
  readonly beneficiaries: readonly string[];
  /** One for each beneficiary; they sum to 10000. */
  readonly shares_bps: readonly number[];
  /** What the record claims of every payment for a derivative. */
  readonly derivative_royalty_bps: number;
  /** How many ancestors a payment for this record reaches. */
  readonly max_depth: number;
  /** Most that all ancestors together take of a payment for this record; 10000 without it. */
  readonly total_royalty_cap_bps?: number;
  /** Reports of registered verifiers that a settlement must bring; none without it. */
  readonly verifications_required?: number;
}

/**
 * Asserts the bounds of a policy's terms. Throws POLICY_INVALID whose subject is the JSON pointer of the offending
 * member below `subject`, the pointer of the terms.
 */
export function assertRoyaltyTerms(terms: RoyaltyTerms, subject: string): void {
  assertBeneficiaries(terms.beneficiaries, subject);
  assertShares(terms, subject);
  const at = (member: keyof RoyaltyTerms): string => `${subject}/${member}`;
  assertInteger(terms.derivative_royalty_bps, 0, BPS_WHOLE, at('derivative_royalty_bps'));
  assertInteger(terms.max_depth, 1, MAX_LINEAGE_DEPTH, at('max_depth'));
  if (terms.total_royalty_cap_bps !== undefined) {
    assertInteger(terms.total_royalty_cap_bps, 0, BPS_WHOLE, at('total_royalty_cap_bps'));
  }
  if (terms.verifications_required !== undefined) {
    assertInteger(terms.verifications_required, 0, MAX_VERIFICATIONS_REQUIRED, at('verifications_required'));
  }
}

/** The terms of a record without a policy: its owner takes everything and claims nothing from derivatives. */
export function defaultTerms(owner: string): RoyaltyTerms {
  return {
    beneficiaries: [owner],
    shares_bps: [BPS_WHOLE],
    derivative_royalty_bps: 0,
    max_depth: MAX_LINEAGE_DEPTH,
  };
}

function assertBeneficiaries(beneficiaries: readonly string[], subject: string): void {
  if (beneficiaries.length < 1 || beneficiaries.length > MAX_BENEFICIARIES) {
    throw invalid(`Name 1 to ${MAX_BENEFICIARIES} beneficiaries.`, `${subject}/beneficiaries`);
  }
  const seen = new Set<string>();
  beneficiaries.forEach((beneficiary, index) => {
    // Twice in one list is how peers paid somebody twice: the shares of one party are one number.
    if (seen.has(beneficiary)) {
      throw invalid('Name each beneficiary once, with one share.', `${subject}/beneficiaries/${index}`);
    }
    seen.add(beneficiary);
  });
}

function assertShares({ beneficiaries, shares_bps }: RoyaltyTerms, subject: string): void {
  if (shares_bps.length !== beneficiaries.length) {
    throw invalid('Give one share for each beneficiary.', `${subject}/shares_bps`);
  }
  shares_bps.forEach((share, index) => {
    assertInteger(share, 1, BPS_WHOLE, `${subject}/shares_bps/${index}`);
  });
  if (shares_bps.reduce((sum, share) => sum + share, 0) !== BPS_WHOLE) {
    throw invalid(`The shares must sum to ${BPS_WHOLE} basis points.`, `${subject}/shares_bps`);
  }
}

function assertInteger(value: number, minimum: number, maximum: number, subject: string): void {
  if (!Number.isInteger(value) || value < minimum || value > maximum) {
    throw invalid(`Give an integer from ${minimum} to ${maximum}.`, subject);
  }
}

function invalid(message: string, subject: string): RegistryError {
  return new RegistryError('POLICY_INVALID', message, { subject });
}
