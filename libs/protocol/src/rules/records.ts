import { type Actor } from '../domain/actor';
import { type Intent } from '../domain/intent-bodies';
import { ledgerKeys, type LedgerWrite, type RuleOutcome } from '../domain/ledger';
import { type Model, type ModelKey } from '../domain/model';
import {
  type ContentIndex,
  type GenerationRecord,
  type NonceMark,
  type RecordAnnotation,
  type RecordClaim,
  type RecordKey,
} from '../domain/record';
import { type Scheme } from '../domain/scheme';
import { fromHex } from '../encoding/bytes';
import { isRegistryError, RegistryError } from '../errors/registry-error';
import { MAX_ATTESTATION_SKEW_S } from '../limits';
import { ZERO_HASH } from '../provenance/attestation';
import { recordAttestation, type RecordAttestation } from '../provenance/record-attestation';
import { verifyAttestation } from '../signatures/attestation-signature';
import { type IntentContext, ledgerTime } from './context';
import { requireModel } from './models';
import { provenanceRules } from './provenance-rules';
import { requireScheme } from './schemes';

/** What the ledger holds about one claim. */
export interface RecordClaimState {
  readonly model: Model | undefined;
  readonly scheme: Scheme | undefined;
  /** Under the claim's record key. */
  readonly existing: GenerationRecord | undefined;
  /** Under its model and nonce. */
  readonly nonce: NonceMark | undefined;
  /** Under its content hash. */
  readonly content: ContentIndex | undefined;
  /** The first record of parent_hash; undefined where nobody registered it, or there is no parent. */
  readonly parent: ContentIndex | undefined;
  /** Under (parent_model_ref, parent_hash), where the claim names the parent's model. */
  readonly namedParent: RecordKey | undefined;
}

export interface RegisterRecordsState {
  readonly actor: Actor;
  /** The state of each claim, in the order of the body. */
  readonly claims: readonly RecordClaimState[];
}

/** What the items before one in the same transaction have already taken. */
interface BatchMarks {
  readonly records: Set<string>;
  readonly nonces: Set<string>;
  /** Content hash → first model of this batch. */
  readonly contents: Map<string, string>;
}

const recordName = (modelRef: string, contentHash: string): string => `${modelRef} ${contentHash}`;

/**
 * record.register: 1 to 200 signed claims in one transaction, all or none. An item may name an earlier item of the batch
 * as its parent.
 *
 * @throws RegistryError for the first item that is refused; `subject` is its JSON pointer: UNSUPPORTED_SCHEMA_VERSION,
 *   MODEL_UNKNOWN, NOT_RECORDER, MODEL_DISABLED, SCHEME_UNKNOWN, SCHEME_MODEL_MISMATCH, SCHEME_REVOKED,
 *   RECORD_ALREADY_EXISTS, NONCE_USED, INVALID_TIMESTAMP, PARENT_INVALID, PARENT_NOT_FOUND or INVALID_SIG; and
 *   INTENT_REPLAYED, about the intent
 */
export function registerRecords(
  state: RegisterRecordsState,
  { body, actor }: Intent<'record.register'>,
  context: IntentContext,
): RuleOutcome {
  const marks: BatchMarks = { records: new Set(), nonces: new Set(), contents: new Map() };
  const writes = body.records.flatMap((claim, index) => {
    const known = state.claims[index] ?? NOTHING_KNOWN;
    return itemWrites(() => acceptClaim(known, claim, { actor, marks, context }), `/body/records/${index}`);
  });
  const [first] = body.records;
  return {
    writes,
    result: { id: first?.content_hash ?? ZERO_HASH, type: 'record', count: body.records.length },
  };
}

const NOTHING_KNOWN: RecordClaimState = {
  model: undefined,
  scheme: undefined,
  existing: undefined,
  nonce: undefined,
  content: undefined,
  parent: undefined,
  namedParent: undefined,
};

/** A refusal names the item of the batch first: 199 good ones came with it. */
function itemWrites(accept: () => LedgerWrite[], pointer: string): LedgerWrite[] {
  try {
    return accept();
  } catch (error) {
    if (!isRegistryError(error) || error.code === 'INTENT_REPLAYED') throw error;
    throw new RegistryError(error.code, `${pointer}: ${error.message}`, { subject: pointer, cause: error });
  }
}

interface Submission {
  /** Who submits. */
  readonly actor: string;
  readonly marks: BatchMarks;
  readonly context: IntentContext;
}

function acceptClaim(state: RecordClaimState, claim: RecordClaim, submission: Submission): LedgerWrite[] {
  const { context } = submission;
  const { model, scheme } = admitClaim(state, claim, submission);
  assertTimestamp(claim, model, context.at);
  const parent = resolveParent(state, claim, submission);
  const key = currentModelKey(model);
  const attestation = recordAttestation(claim);
  assertSignedBy(key, attestation, claim.signature);
  return recordWrites(
    state,
    {
      ...claim,
      ...parent.claim,
      payload_digest: attestation.digest,
      key_version: key.version,
      scheme_commitment: scheme.scheme_commitment,
      recorder: submission.actor,
      annotations: [...parent.annotations, ...schemeAnnotations(scheme)],
      recorded: ledgerTime(context),
    },
    submission,
  );
}

/** Model, scheme, who may record, and that nothing of the claim was used before; cheapest first. */
function admitClaim(
  state: RecordClaimState,
  claim: RecordClaim,
  submission: Submission,
): { model: Model; scheme: Scheme } {
  const { actor } = submission;
  if (claim.schema_version !== 1) {
    throw new RegistryError('UNSUPPORTED_SCHEMA_VERSION', 'The attestation’s schema_version is not 1.');
  }
  const model = requireModel(state.model, claim.model_ref);
  if (model.owner !== actor && !model.recorders.includes(actor)) {
    throw new RegistryError('NOT_RECORDER', 'Only the model’s owner and its recorders submit its records.');
  }
  if (model.flags.disabled) throw new RegistryError('MODEL_DISABLED', 'A disabled model makes no records.');
  const scheme = requireScheme(state.scheme, claim.scheme_ref);
  if (scheme.model_ref !== claim.model_ref) {
    throw new RegistryError('SCHEME_MODEL_MISMATCH', 'The scheme belongs to another model.');
  }
  if (scheme.status === 'revoked') {
    throw new RegistryError('SCHEME_REVOKED', 'A revoked scheme takes no new records.');
  }
  assertUnused(state, claim, submission);
  return { model, scheme };
}

/**
 * A nonce that this very intent has used is a replay: it says so like any replayed intent, so that whoever asks again after
 * a lost answer finds the first transaction. Records need no other mark.
 */
function assertUnused(
  { existing, nonce }: RecordClaimState,
  claim: RecordClaim,
  { marks, context }: Submission,
): void {
  if (nonce?.intent_id === context.intentId) {
    throw new RegistryError('INTENT_REPLAYED', 'This intent has recorded these claims before.', {
      subject: context.intentId,
    });
  }
  const name = recordName(claim.model_ref, claim.content_hash);
  if (existing !== undefined || marks.records.has(name)) {
    throw new RegistryError('RECORD_ALREADY_EXISTS', 'The model has a record of this content.');
  }
  if (nonce !== undefined || marks.nonces.has(recordName(claim.model_ref, claim.nonce))) {
    throw new RegistryError('NONCE_USED', 'The model has used this nonce in another record.');
  }
}

/** The claimed time lies between the model's registration and the transaction's own time, with room for clocks. */
function assertTimestamp(claim: RecordClaim, model: Model, at: number): void {
  if (claim.timestamp < model.registered.at) {
    throw new RegistryError(
      'INVALID_TIMESTAMP',
      `The claim is of ${claim.timestamp}, before its model was registered (${model.registered.at}).`,
    );
  }
  if (claim.timestamp > at + MAX_ATTESTATION_SKEW_S) {
    throw new RegistryError(
      'INVALID_TIMESTAMP',
      `The claim is of ${claim.timestamp}, more than ${MAX_ATTESTATION_SKEW_S} s after the transaction (${at}).`,
    );
  }
}

interface ResolvedParent {
  /** What the record says of its parent beyond the claim: its model, where the parent is registered. */
  readonly claim: { readonly parent_model_ref?: string };
  readonly annotations: readonly RecordAnnotation[];
}

/** P-55, P-56: zeros or another content; registered, or marked as not traceable where the network permits that. */
function resolveParent(state: RecordClaimState, claim: RecordClaim, submission: Submission): ResolvedParent {
  const { parent_hash: parentHash, parent_model_ref: named } = claim;
  if (parentHash === ZERO_HASH) {
    if (named === undefined) return { claim: {}, annotations: [] };
    throw new RegistryError('PARENT_INVALID', 'parent_model_ref has no meaning without a parent_hash.');
  }
  if (parentHash === claim.content_hash) {
    throw new RegistryError('PARENT_INVALID', 'A content cannot be its own parent.');
  }
  const found = named ?? firstParent(state, parentHash, submission.marks);
  if (found !== undefined && isRegistered(state, found, parentHash, { named, marks: submission.marks })) {
    return { claim: { parent_model_ref: found }, annotations: [] };
  }
  if (provenanceRules(submission.context.parameters).parents === 'strict') {
    throw new RegistryError('PARENT_NOT_FOUND', `No record of the parent ${parentHash} exists.`);
  }
  return { claim: {}, annotations: ['parent-unregistered'] };
}

/** The model of the first record of the parent's content: what is on the ledger was there before this batch. */
function firstParent(
  { parent }: RecordClaimState,
  parentHash: string,
  { contents }: BatchMarks,
): string | undefined {
  return parent?.model_ref ?? contents.get(parentHash);
}

function isRegistered(
  { namedParent }: RecordClaimState,
  modelRef: string,
  parentHash: string,
  { named, marks }: { readonly named: string | undefined; readonly marks: BatchMarks },
): boolean {
  if (named === undefined || namedParent !== undefined) return true;
  return marks.records.has(recordName(modelRef, parentHash));
}

/** The key that attests now: INVALID_SIG where the last one was compromised and none followed. */
function currentModelKey(model: Model): ModelKey {
  const key = model.keys.find(({ status }) => status === 'current');
  if (key === undefined) throw new RegistryError('INVALID_SIG', 'The model has no current attestation key.');
  return key;
}

function assertSignedBy(key: ModelKey, { payload }: RecordAttestation, signature: string): void {
  const verdict = verifyAttestation({
    alg: key.alg,
    publicKey: key.public_key,
    payload,
    signature: fromHex(signature),
  });
  if (!verdict.valid) {
    throw new RegistryError(
      'INVALID_SIG',
      `The attestation does not verify under key version ${key.version} of the model (${verdict.reason}).`,
    );
  }
}

function schemeAnnotations({ status }: Scheme): RecordAnnotation[] {
  return status === 'deprecated' ? ['scheme-deprecated'] : [];
}

function recordWrites(
  { content }: Pick<RecordClaimState, 'content'>,
  record: GenerationRecord,
  { marks, context: { intentId } }: Submission,
): LedgerWrite[] {
  const { model_ref: modelRef, content_hash: contentHash, nonce } = record;
  marks.records.add(recordName(modelRef, contentHash));
  marks.nonces.add(recordName(modelRef, nonce));
  const isFirst = content === undefined && !marks.contents.has(contentHash);
  if (isFirst) marks.contents.set(contentHash, modelRef);
  return [
    { kind: 'record', id: ledgerKeys.record(modelRef, contentHash), value: record },
    { kind: 'nonce', id: ledgerKeys.nonce(modelRef, nonce), value: { intent_id: intentId } },
    ...(isFirst
      ? [{ kind: 'content', id: ledgerKeys.content(contentHash), value: { model_ref: modelRef } } as const]
      : []),
  ];
}

export interface BackfillRecordState {
  readonly claim: RecordClaimState;
}

/**
 * record.backfill: a claim by a retired key enters late, vouched for by the current key's signature over the same digest,
 * and stays marked. The claimed time must fall into the retired key's own time.
 *
 * @throws RegistryError as registerRecords, with `subject` /body/record, and BACKFILL_INVALID
 */
export function backfillRecord(
  state: BackfillRecordState,
  { body, actor }: Intent<'record.backfill'>,
  context: IntentContext,
): RuleOutcome {
  const { record: claim } = body;
  const marks: BatchMarks = { records: new Set(), nonces: new Set(), contents: new Map() };
  const submission = { actor, marks, context };
  const writes = itemWrites(() => {
    const { model, scheme } = admitClaim(state.claim, claim, submission);
    assertTimestamp(claim, model, context.at);
    const parent = resolveParent(state.claim, claim, submission);
    const retired = retiredKey(model, body.key_version, claim.timestamp);
    const cosigner = currentModelKey(model);
    const attestation = recordAttestation(claim);
    assertSignedBy(retired, attestation, claim.signature);
    assertSignedBy(cosigner, attestation, body.cosignature);
    const record: GenerationRecord = {
      ...claim,
      ...parent.claim,
      payload_digest: attestation.digest,
      key_version: retired.version,
      scheme_commitment: scheme.scheme_commitment,
      recorder: actor,
      annotations: [...parent.annotations, ...schemeAnnotations(scheme), 'backfilled'],
      backfill: { cosigned_by: cosigner.version, cosignature: body.cosignature },
      recorded: ledgerTime(context),
    };
    return recordWrites(state.claim, record, submission);
  }, '/body/record');
  return { writes, result: { id: claim.content_hash, type: 'record', state: 'backfilled' } };
}

function retiredKey(model: Model, version: number, timestamp: number): ModelKey {
  const key = model.keys.find((candidate) => candidate.version === version);
  const end = key?.until;
  if (key === undefined || key.status === 'current' || end === undefined) {
    throw new RegistryError('BACKFILL_INVALID', `Key version ${version} of the model is not a retired one.`);
  }
  if (timestamp < key.since.at || timestamp > end.at) {
    throw new RegistryError(
      'BACKFILL_INVALID',
      `The claim is of ${timestamp}; key version ${version} was current from ${key.since.at} to ${end.at}.`,
    );
  }
  if (key.compromised_from !== undefined && timestamp >= key.compromised_from) {
    throw new RegistryError(
      'BACKFILL_INVALID',
      `Key version ${version} counts as compromised from ${key.compromised_from} on.`,
    );
  }
  return key;
}
