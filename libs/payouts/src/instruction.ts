import {
  assertSchema,
  canonicalize,
  concatBytes,
  type JsonSchema,
  lp8,
  parseStrictJson,
  sha256Hex,
  utf8,
} from '@maker-registry/protocol';
import { BIC_PATTERN } from './bic';
import { HEX32 } from './hex32';
import { assertIban } from './iban';
import { MAX_IBAN_LENGTH, MAX_INSTRUCTION_BYTES, MAX_PARTY_NAME_LENGTH } from './limits';
import { assertSepaText } from './sepa-text';

/** Separates this commitment from every other hash of a document. */
const COMMITMENT_DOMAIN = 'WM_PAYOUT_V1';

/**
 * Where a beneficiary wants to be paid. Personal data: it goes from the beneficiary to the payout desk and never onto
 * the ledger, which has only its commitment.
 */
export interface PayoutInstruction {
  /** Actor id. Hex, 64 characters. */
  readonly beneficiary: string;
  /** The account holder's name as the bank has it, in the characters of SEPA. */
  readonly name: string;
  /** Electronic form: capital letters and digits without spaces. */
  readonly iban: string;
  readonly bic?: string;
  /** Country of residence, ISO 3166-1 alpha-2. */
  readonly country?: string;
  /** 256 random bits, hex. Names and IBANs can be guessed; without it the commitment would confirm a guess. */
  readonly salt: string;
}

/** The form of a payout instruction. Check digits and characters are checked by `assertInstruction`. */
export const PAYOUT_INSTRUCTION_SCHEMA: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['beneficiary', 'name', 'iban', 'salt'],
  properties: {
    beneficiary: HEX32,
    name: { type: 'string', minLength: 1, maxLength: MAX_PARTY_NAME_LENGTH },
    iban: { type: 'string', maxLength: MAX_IBAN_LENGTH },
    bic: { type: 'string', pattern: BIC_PATTERN },
    country: { type: 'string', pattern: '^[A-Z]{2}$' },
    salt: HEX32,
  },
};

/**
 * Asserts that a value is a payout instruction that a bank can execute. Throws SCHEMA_VIOLATION whose `subject` is the
 * JSON pointer of the member; no sentence repeats a name or an account.
 */
export function assertInstruction(value: unknown): asserts value is PayoutInstruction {
  assertSchema(PAYOUT_INSTRUCTION_SCHEMA, value);
  const { name, iban } = value as PayoutInstruction;
  assertSepaText(name, '/name', MAX_PARTY_NAME_LENGTH);
  assertIban(iban, '/iban');
}

/**
 * Reads a payout instruction from its JSON text. Throws what parseStrictJson throws (JSON_MALFORMED,
 * JSON_DUPLICATE_KEY, TOO_LARGE, …), and SCHEMA_VIOLATION.
 */
export function parseInstruction(text: string): PayoutInstruction {
  const value: unknown = parseStrictJson(text, { maxBytes: MAX_INSTRUCTION_BYTES });
  assertInstruction(value);
  return value;
}

/** What the ledger has of an instruction: SHA-256(lp8("WM_PAYOUT_V1") ‖ JCS(instruction)), hex. */
export function instructionCommitment(instruction: PayoutInstruction): string {
  return sha256Hex(concatBytes(lp8(COMMITMENT_DOMAIN), utf8(canonicalize(instruction))));
}
