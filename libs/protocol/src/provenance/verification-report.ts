import { type Actor } from '../domain/actor';
import { type RecordKey } from '../domain/record';
import { canonicalize } from '../encoding/canonical-json';
import { decodeUtf8 } from '../encoding/bytes';
import { isPlainObject, parseStrictJson } from '../encoding/strict-json';
import { RegistryError } from '../errors/registry-error';
import { type Envelope, payloadBytes, verifyEnvelope } from '../intents/envelope';
import { currentKey } from '../intents/admit';
import { MAX_ATTESTATION_SKEW_S } from '../limits';
import { closedObject, HEX32, type JsonSchema, oneOf, TEXT, UNIX_TIME } from '../schemas/primitives';
import { assertSchema } from '../schemas/validate';
import { VERIFICATION_STATUSES, type VerificationStatus } from './verification-status';

/** Payload type of in-toto statements in DSSE envelopes. */
export const IN_TOTO_PAYLOAD_TYPE = 'application/vnd.in-toto+json';
/** Type of an in-toto Statement, version 1. */
export const IN_TOTO_STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
/** Names the predicate of this file. */
export const VERIFICATION_PREDICATE_TYPE = 'urn:maker-registry:verification:v1';

/** What a verifier found about one record (P-92…P-95, P-127). */
export interface VerificationPredicate {
  /** SHA-256 of the genesis block's header, hex. */
  readonly network: string;
  readonly model_ref: string;
  readonly scheme_ref: string;
  readonly content_hash: string;
  readonly status: VerificationStatus;
  readonly commitment_verified: boolean;
  readonly signature_verified: boolean;
  readonly detection_verified: boolean;
  readonly binding_verified: boolean;
  /** Actor that vouches for the finding; its current key signs. */
  readonly verifier: string;
  /** Unix seconds. */
  readonly verified_at: number;
  /** Words for people. */
  readonly note?: string;
}

/** An in-toto Statement v1 about a record. */
export interface VerificationStatement {
  readonly _type: typeof IN_TOTO_STATEMENT_TYPE;
  readonly subject: readonly [{ readonly name: string; readonly digest: { readonly sha256: string } }];
  readonly predicateType: typeof VERIFICATION_PREDICATE_TYPE;
  readonly predicate: VerificationPredicate;
}

const BOOLEAN: JsonSchema = { type: 'boolean' };

const STATEMENT = closedObject({
  _type: { type: 'string', const: IN_TOTO_STATEMENT_TYPE },
  subject: {
    type: 'array',
    minItems: 1,
    maxItems: 1,
    items: closedObject({
      name: { type: 'string', maxLength: 256 },
      digest: closedObject({ sha256: HEX32 }),
    }),
  },
  predicateType: { type: 'string', const: VERIFICATION_PREDICATE_TYPE },
  predicate: closedObject(
    {
      network: HEX32,
      model_ref: HEX32,
      scheme_ref: HEX32,
      content_hash: HEX32,
      status: oneOf(VERIFICATION_STATUSES),
      commitment_verified: BOOLEAN,
      signature_verified: BOOLEAN,
      detection_verified: BOOLEAN,
      binding_verified: BOOLEAN,
      verifier: HEX32,
      verified_at: UNIX_TIME,
      note: TEXT,
    },
    ['note'],
  ),
});

/** Name of a record inside statements. */
export function recordSubjectName({ model_ref: ref, content_hash: hash }: RecordKey): string {
  return `record:${ref}/${hash}`;
}

/** The statement around a finding, canonical JSON ready to be signed as payload of type IN_TOTO_PAYLOAD_TYPE. */
export function buildVerificationStatement(predicate: VerificationPredicate): string {
  const statement: VerificationStatement = {
    _type: IN_TOTO_STATEMENT_TYPE,
    subject: [{ name: recordSubjectName(predicate), digest: { sha256: predicate.content_hash } }],
    predicateType: VERIFICATION_PREDICATE_TYPE,
    predicate,
  };
  assertSchema(STATEMENT, statement);
  return canonicalize(statement);
}

function invalid(what: string, subject?: string): RegistryError {
  return new RegistryError('VERIFICATION_INVALID', what, subject === undefined ? {} : { subject });
}

/** The finding inside an envelope, its form checked and nothing else. Throws VERIFICATION_INVALID or a JSON code. */
export function readVerificationStatement(envelope: Envelope): VerificationPredicate {
  if (envelope.payloadType !== IN_TOTO_PAYLOAD_TYPE) {
    throw invalid(`payloadType is not ${IN_TOTO_PAYLOAD_TYPE}.`);
  }
  const value = parseStrictJson(decodeUtf8(payloadBytes(envelope)));
  if (!isPlainObject(value)) throw invalid('The payload is not a statement.');
  assertSchema(STATEMENT, value);
  const { predicate, subject } = value as unknown as VerificationStatement;
  const [named] = subject;
  if (named.name !== recordSubjectName(predicate) || named.digest.sha256 !== predicate.content_hash) {
    throw invalid('The statement’s subject is not the record of its predicate.');
  }
  return predicate;
}

/** What a settlement expects of the reports that come with it. */
export interface ReportExpectation {
  readonly network: string;
  readonly record: RecordKey & { readonly scheme_ref: string };
  /** Actors whose reports count. */
  readonly verifiers: readonly string[];
  /** Unix seconds. */
  readonly at: number;
  readonly maxAgeS: number;
}

/**
 * Asserts that every report is a fresh finding VALID about the record, by a registered verifier, no two by the same one.
 * One that does not count is refused rather than ignored: its sender believes that it does.
 *
 * @param actors state of the verifiers that the reports name
 * @returns ids of the verifiers
 * @throws RegistryError VERIFICATION_INVALID, SIGNATURE_MISSING, KEY_NOT_CURRENT, SIGNATURE_INVALID or a JSON code
 */
export function verifyReports(
  reports: readonly Envelope[],
  actors: ReadonlyMap<string, Actor>,
  expected: ReportExpectation,
): string[] {
  const seen = new Set<string>();
  for (const envelope of reports) {
    const predicate = readVerificationStatement(envelope);
    assertFinding(predicate, expected);
    const actor = actors.get(predicate.verifier);
    if (actor === undefined || !expected.verifiers.includes(predicate.verifier)) {
      throw invalid('The report is not by a verifier of the parameters.', predicate.verifier);
    }
    if (seen.has(predicate.verifier)) throw invalid('Two reports are by one verifier.', predicate.verifier);
    seen.add(predicate.verifier);
    verifyEnvelope(envelope, [currentKey(actor)]);
  }
  return [...seen];
}

function assertFinding(predicate: VerificationPredicate, expected: ReportExpectation): void {
  const { record, network, at, maxAgeS } = expected;
  const isAbout =
    predicate.model_ref === record.model_ref &&
    predicate.content_hash === record.content_hash &&
    predicate.scheme_ref === record.scheme_ref &&
    predicate.network === network;
  if (!isAbout) throw invalid('The report is about another record, scheme or network.', predicate.verifier);
  const age = at - predicate.verified_at;
  if (age > maxAgeS || age < -MAX_ATTESTATION_SKEW_S) {
    throw invalid(`The report is of ${predicate.verified_at}, too old or in the future.`, predicate.verifier);
  }
  if (!holds(predicate)) throw invalid('The report does not find the record valid.', predicate.verifier);
}

/** P-127: all that a payer may rely on a verifier for must have been found. */
function holds(predicate: VerificationPredicate): boolean {
  const { status, commitment_verified, signature_verified, detection_verified, binding_verified } = predicate;
  return (
    status === 'VALID' && commitment_verified && signature_verified && detection_verified && binding_verified
  );
}
