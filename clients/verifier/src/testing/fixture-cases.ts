import {
  type GenerationRecord,
  type Model,
  sha256Hex,
  type Scheme,
  type VerificationStatus,
  ZERO_HASH,
} from '@maker-registry/protocol';
import {
  attestationSignature,
  type BundleParts,
  fixtureBundle,
  fixtureModel,
  fixtureNonce,
  fixtureRecord,
  fixtureScheme,
  marked,
  modelKey,
  PARAMS,
  START,
} from './fixture-world';
import { MARK } from './test-detector';

/** How a fixture is verified, as its options file says. */
export interface FixtureOptions {
  /** Whether content.txt is given; otherwise the record alone is verified. */
  readonly content: boolean;
  readonly model?: string;
  readonly scheme?: string;
  readonly claimed?: { readonly model_ref: string; readonly content_hash: string };
  /** Whether the test detector is installed. */
  readonly detector: boolean;
  readonly parents: 'permissive' | 'strict';
  /** Text that is given as parameter document. */
  readonly params?: string;
}

export interface FixtureCase {
  readonly status: VerificationStatus;
  readonly name: string;
  readonly content: string;
  readonly bundle: Record<string, unknown>;
  readonly options: FixtureOptions;
}

/** What a case changes of the ordinary one: a marked drawing, recorded by an ordinary model under its scheme. */
interface Changes {
  readonly model?: Partial<Model>;
  readonly scheme?: Partial<Scheme>;
  readonly record?: Partial<GenerationRecord>;
  /** After signing. */
  readonly forged?: Partial<GenerationRecord>;
  /** Content that is recorded. */
  readonly content?: string;
  /** Content that is verified, where it is another one. */
  readonly given?: string;
  readonly bundle?: (parts: Ordinary) => BundleParts;
  readonly options?: Partial<FixtureOptions>;
}

interface Ordinary extends Required<BundleParts> {
  readonly model: Model;
  readonly scheme: Scheme;
  readonly record: GenerationRecord;
}

const NAME = 'cat';

function ordinary(changes: Changes): Ordinary {
  const model = fixtureModel('painter', changes.model);
  const scheme = fixtureScheme(model, changes.scheme);
  const signed = fixtureRecord(NAME, changes.content ?? marked(NAME), scheme, { model, ...changes.record });
  const record = { ...signed, ...changes.forged };
  return {
    model,
    scheme,
    record,
    records: [record],
    models: [model],
    schemes: [scheme],
    content_index: { [record.content_hash]: record.model_ref },
    params: { [scheme.scheme_commitment]: PARAMS },
  };
}

function fixture(status: VerificationStatus, name: string, changes: Changes = {}): FixtureCase {
  const parts = ordinary(changes);
  const { records, models, schemes, content_index, params } = { ...parts, ...changes.bundle?.(parts) };
  return {
    status,
    name,
    content: changes.given ?? changes.content ?? marked(NAME),
    bundle: fixtureBundle({ records, models, schemes, content_index, params }),
    options: { content: true, detector: true, parents: 'permissive', ...changes.options },
  };
}

/** The record key of the ordinary record: a content that is not its own can be held against it. */
function ordinaryKey(changes: Changes = {}): { readonly model_ref: string; readonly content_hash: string } {
  const { model_ref, content_hash } = ordinary(changes).record;
  return { model_ref, content_hash };
}

const PARENT_CONTENT = marked('parent');

function parentRecord(changes: Partial<GenerationRecord> = {}): GenerationRecord {
  const model = fixtureModel('painter');
  return fixtureRecord('parent', PARENT_CONTENT, fixtureScheme(model), {
    model,
    timestamp: START + 50,
    ...changes,
  });
}

const withParent: Partial<GenerationRecord> = {
  parent_hash: sha256Hex(PARENT_CONTENT),
  parent_model_ref: fixtureModel('painter').model_ref,
};

const ROTATED = [
  modelKey('painter', 1, { status: 'retired', until: { tx_id: sha256Hex('rotation'), at: START + 1_000 } }),
  modelKey('painter', 2),
];
const COMPROMISED = [
  modelKey('painter', 1, {
    status: 'compromised',
    until: { tx_id: sha256Hex('rotation'), at: START + 1_000 },
    compromised_from: START + 60,
  }),
  modelKey('painter', 2),
];

/** A record that entered late: signed by the retired key, and over the same digest by the key of that time. */
function backfilled(
  changes: Changes,
  cosigner: number,
  key = `painter ${cosigner}`,
): Partial<GenerationRecord> {
  const { record } = ordinary(changes);
  return { backfill: { cosigned_by: cosigner, cosignature: attestationSignature(record, key) } };
}
const LATE: Changes = { model: { keys: ROTATED }, record: { annotations: ['backfilled'] } };

const OTHER_MODEL = fixtureModel('sculptor');
const OTHER_SCHEME = fixtureScheme(OTHER_MODEL);
const REENCODED = `Sent through a messenger.\n${marked(NAME)}`;
const WITHOUT_MARK = 'A drawing of cat.\n';

const VALID_CASES = [
  fixture('VALID', 'exact'),
  fixture('VALID', 'by-record-key', { options: { model: fixtureModel('painter').model_ref } }),
  fixture('VALID', 'reencoded', { given: REENCODED }),
  fixture('VALID', 'reencoded-scheme-given', {
    given: REENCODED,
    options: { scheme: fixtureScheme(fixtureModel('painter')).scheme_ref },
  }),
  fixture('VALID', 'derived', {
    record: withParent,
    bundle: ({ records }) => ({ records: [...records, parentRecord()] }),
    options: { parents: 'strict' },
  }),
  fixture('VALID', 'derived-cycle', {
    record: withParent,
    bundle: ({ record, records }) => ({
      records: [...records, parentRecord({ parent_hash: record.content_hash })],
    }),
  }),
  fixture('VALID', 'with-context', { record: { context_hash: ZERO_HASH } }),
  fixture('VALID', 'rotated-key', { model: { keys: ROTATED } }),
  fixture('VALID', 'two-models', {
    bundle: ({ record, models, schemes, params }) => ({
      records: [
        fixtureRecord('copy', marked(NAME), OTHER_SCHEME, { model: OTHER_MODEL, timestamp: START + 90 }),
        record,
      ],
      models: [OTHER_MODEL, ...models],
      schemes: [OTHER_SCHEME, ...schemes],
      content_index: { [record.content_hash]: record.model_ref },
      params,
    }),
  }),
];

const RISK_CASES = [
  fixture('VALID', 'risk-key-compromised', { model: { keys: COMPROMISED } }),
  fixture('VALID', 'risk-scheme-revoked', { scheme: { status: 'revoked' } }),
  fixture('VALID', 'risk-scheme-deprecated', { scheme: { status: 'deprecated' } }),
  fixture('VALID', 'risk-model-disabled', {
    model: { flags: { updatable: true, frozen: false, disabled: true } },
  }),
  fixture('VALID', 'risk-parent-unregistered', {
    record: { parent_hash: sha256Hex('unregistered'), annotations: ['parent-unregistered'] },
  }),
  fixture('VALID', 'risk-backfilled', { ...LATE, forged: backfilled(LATE, 2) }),
];

const RECORD_CASES = [
  fixture('UNSUPPORTED_SCHEMA_VERSION', 'version-2', { forged: { schema_version: 2 } }),
  fixture('NOT_FOUND', 'never-recorded', { given: WITHOUT_MARK }),
  fixture('NOT_FOUND', 'watermark-without-record', { given: marked('dog') }),
  fixture('NOT_FOUND', 'not-of-this-model', { options: { model: OTHER_MODEL.model_ref } }),
  fixture('NOT_FOUND', 'record-alone', {
    options: { content: false, claimed: { model_ref: OTHER_MODEL.model_ref, content_hash: ZERO_HASH } },
  }),
  fixture('MODEL_UNKNOWN', 'missing', { bundle: () => ({ models: [] }) }),
  fixture('MODEL_UNKNOWN', 'another-owner', { model: { owner: OTHER_MODEL.owner } }),
  fixture('SCHEME_UNKNOWN', 'missing', { bundle: () => ({ schemes: [] }) }),
  fixture('SCHEME_UNKNOWN', 'another-name', { scheme: { scheme_id: 'marks-2' } }),
];

const DEFINITION_CASES = [
  fixture('SCHEME_MISMATCH', 'params-changed', {
    bundle: ({ scheme }) => ({
      params: { [scheme.scheme_commitment]: { ...PARAMS, params: { threshold: '0.05' } } },
    }),
  }),
  fixture('SCHEME_MISMATCH', 'not-json', { options: { params: '<html>Not found</html>' } }),
  fixture('SCHEME_MISMATCH', 'duplicate-key', { options: { params: '{"scheme_id":"a","scheme_id":"b"}' } }),
  fixture('SCHEME_MISMATCH', 'commitment-changed', {
    record: { scheme_commitment: sha256Hex('the earlier document') },
  }),
  fixture('SCHEME_MISMATCH', 'and-bad-signature', {
    forged: { timestamp: START + 101 },
    options: { params: '{}' },
  }),
  fixture('SCHEME_MODEL_MISMATCH', 'foreign-scheme', {
    record: { scheme_ref: OTHER_SCHEME.scheme_ref, scheme_commitment: OTHER_SCHEME.scheme_commitment },
    bundle: () => ({ schemes: [OTHER_SCHEME], params: { [OTHER_SCHEME.scheme_commitment]: PARAMS } }),
  }),
];

const SIGNATURE_CASES = [
  fixture('INVALID_SIG', 'claim-changed', { forged: { timestamp: START + 101 } }),
  fixture('INVALID_SIG', 'signed-by-later-key', { model: { keys: ROTATED }, forged: { key_version: 2 } }),
  fixture('INVALID_SIG', 'unknown-key-version', { forged: { key_version: 9 } }),
  fixture('INVALID_SIG', 'signature-cut', { forged: { signature: 'ab' } }),
  fixture('INVALID_SIG', 'digest-changed', { forged: { payload_digest: ZERO_HASH } }),
  fixture('INVALID_SIG', 'cosignature-missing', LATE),
  fixture('INVALID_SIG', 'cosigned-by-itself', { ...LATE, forged: backfilled(LATE, 1) }),
  fixture('INVALID_SIG', 'cosignature-forged', { ...LATE, forged: backfilled(LATE, 2, 'somebody') }),
  fixture('INVALID_SIG', 'params-unavailable', {
    forged: { timestamp: START + 101 },
    bundle: () => ({ params: {} }),
  }),
];

const LINEAGE_CASES = [
  fixture('PARENT_INVALID', 'own-parent', { record: { parent_hash: sha256Hex(marked(NAME)) } }),
  fixture('PARENT_INVALID', 'model-without-parent', {
    record: { parent_model_ref: OTHER_MODEL.model_ref },
  }),
  fixture('PARENT_NOT_FOUND', 'strict', { record: withParent, options: { parents: 'strict' } }),
];

const LOCAL = [{ place: 'bytes 0-120', confidence: '0.9' }];

const DETECTION_CASES = [
  fixture('DETECTION_FAILED', 'no-watermark', { content: WITHOUT_MARK }),
  fixture('DETECTION_FAILED', 'payload-of-another', { content: marked('dog') }),
  fixture('DETECTION_FAILED', 'partial-but-bytes-match', {
    content: marked(NAME, { decision: 'not-detected', confidence: '0.3', local: LOCAL }),
  }),
  fixture('INCONCLUSIVE', 'below-threshold', { given: WITHOUT_MARK, options: { claimed: ordinaryKey() } }),
  fixture('INCONCLUSIVE', 'undecided', {
    content: marked(NAME, { decision: 'inconclusive', confidence: '0.45' }),
  }),
  fixture('INCONCLUSIVE', 'payload-of-another', {
    given: marked('dog'),
    options: { claimed: ordinaryKey() },
  }),
  fixture('INCONCLUSIVE', 'short-payload', {
    given: `Changed.\n${marked(NAME, { payload: fixtureNonce(NAME).slice(0, 2), payload_bits: 8 })}`,
    options: { claimed: ordinaryKey() },
  }),
  fixture('INCONCLUSIVE', 'no-detector', { options: { detector: false } }),
  fixture('INCONCLUSIVE', 'detector-breaks', { content: `A drawing of cat.\n${MARK}throw\n` }),
  fixture('INCONCLUSIVE', 'detector-answers-nonsense', { content: marked(NAME, { confidence: '98%' }) }),
  fixture('INCONCLUSIVE', 'params-unavailable', { bundle: () => ({ params: {} }) }),
  fixture('INCONCLUSIVE', 'record-alone', { options: { content: false, claimed: ordinaryKey() } }),
  fixture('TAMPER_SUSPECT', 'found-in-parts', {
    given: marked(NAME, { decision: 'not-detected', confidence: '0.3', local: LOCAL }),
    options: { claimed: ordinaryKey() },
  }),
  fixture('TAMPER_SUSPECT', 'payload-survives', {
    given: marked(NAME, { decision: 'inconclusive', confidence: '0.48', local: LOCAL }),
  }),
];

/** One case at least for every status and every risk. */
export const FIXTURE_CASES: readonly FixtureCase[] = [
  ...VALID_CASES,
  ...RISK_CASES,
  ...RECORD_CASES,
  ...DEFINITION_CASES,
  ...SIGNATURE_CASES,
  ...LINEAGE_CASES,
  ...DETECTION_CASES,
];
