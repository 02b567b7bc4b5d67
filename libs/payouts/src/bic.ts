import { refuse } from './refuse';

/** ISO 9362:2014, as BICFIDec2014Identifier of ISO 20022 has it. */
export const BIC_PATTERN = '^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$';
const BIC = new RegExp(BIC_PATTERN);

/** Asserts the form of a BIC. Throws SCHEMA_VIOLATION about `subject`. */
export function assertBic(bic: string, subject: string): void {
  if (!BIC.test(bic)) refuse('A BIC has 8 or 11 capital letters and digits.', subject);
}
