import { assertSchema, type JsonSchema, parseStrictJson } from '@maker-registry/protocol';
import { type PcrValues, type QuoteInput } from '@maker-registry/tpm';
import { readInput } from './input-file';
import { MAX_QUOTE_DOCUMENT_BYTES } from './limits';

/** A quote with all that its check needs, as it travels in a file. Bytes are hex, in small letters or capitals. */
interface QuoteDocument {
  /** Public key in PEM, or TPM2B_PUBLIC. */
  readonly ak_public: string;
  /** TPMS_ATTEST. */
  readonly attest: string;
  /** TPMT_SIGNATURE. */
  readonly signature: string;
  readonly nonce: string;
  readonly pcrs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly required_pcrs: Readonly<Record<string, readonly number[]>>;
  /** Counters of the last accepted quote; the clock in milliseconds, as text where it is beyond 2^53. */
  readonly previous?: {
    readonly reset_count: number;
    readonly restart_count: number;
    readonly clock: number | string;
  };
  readonly event_log?: string;
}

const HEX: JsonSchema = { type: 'string', pattern: '^([0-9a-fA-F]{2})*$' };
const COUNTER: JsonSchema = { type: 'integer', minimum: 0, maximum: 0xffff_ffff };
const BANK = '^[a-z0-9_]{1,16}$';
const MAX_BANKS = 16;
const LAST_PCR = 31;

const SCHEMA: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['ak_public', 'attest', 'signature', 'nonce', 'pcrs', 'required_pcrs'],
  properties: {
    ak_public: { type: 'string', pattern: '^([0-9a-fA-F]{2})*$|^-----BEGIN ' },
    attest: HEX,
    signature: HEX,
    nonce: HEX,
    pcrs: {
      type: 'object',
      maxProperties: MAX_BANKS,
      propertyNames: { pattern: BANK },
      additionalProperties: { type: 'object', additionalProperties: { type: 'string' } },
    },
    required_pcrs: {
      type: 'object',
      maxProperties: MAX_BANKS,
      propertyNames: { pattern: BANK },
      additionalProperties: {
        type: 'array',
        items: { type: 'integer', minimum: 0, maximum: LAST_PCR },
        uniqueItems: true,
      },
    },
    previous: {
      type: 'object',
      additionalProperties: false,
      required: ['reset_count', 'restart_count', 'clock'],
      properties: {
        reset_count: COUNTER,
        restart_count: COUNTER,
        clock: {
          anyOf: [
            { type: 'integer', minimum: 0 },
            { type: 'string', pattern: '^(0|[1-9][0-9]{0,19})$' },
          ],
        },
      },
    },
    event_log: HEX,
  },
};

/**
 * The quote in a file, as its check takes it. Bytes that no TPM would give are left to the check: they are a verdict.
 * Throws FILE_UNREADABLE, TOO_LARGE, SCHEMA_VIOLATION and the JSON_ codes for a file that asks no question.
 */
export async function readQuoteDocument(path: string): Promise<QuoteInput> {
  const bytes = await readInput(path, MAX_QUOTE_DOCUMENT_BYTES);
  const value = parseStrictJson(bytes, { maxBytes: MAX_QUOTE_DOCUMENT_BYTES });
  assertSchema(SCHEMA, value);
  const document = value as unknown as QuoteDocument;
  const { ak_public, previous, event_log } = document;
  return {
    akPublic: ak_public.startsWith('-') ? ak_public : Buffer.from(ak_public, 'hex'),
    attest: Buffer.from(document.attest, 'hex'),
    signature: Buffer.from(document.signature, 'hex'),
    qualifyingData: Buffer.from(document.nonce, 'hex'),
    pcrs: inSmallLetters(document.pcrs),
    policy: { requiredPcrs: document.required_pcrs },
    ...(previous === undefined ? {} : { previous: previousClock(previous) }),
    ...(event_log === undefined ? {} : { eventLog: Buffer.from(event_log, 'hex') }),
  };
}

function previousClock(previous: NonNullable<QuoteDocument['previous']>): QuoteInput['previous'] {
  return {
    resetCount: previous.reset_count,
    restartCount: previous.restart_count,
    clock: BigInt(previous.clock),
  };
}

function inSmallLetters(pcrs: QuoteDocument['pcrs']): PcrValues {
  return Object.fromEntries(
    Object.entries(pcrs).map(([bank, values]) => [
      bank,
      Object.fromEntries(Object.entries(values).map(([pcr, value]) => [pcr, value.toLowerCase()])),
    ]),
  );
}
