import { schnorr } from '@noble/curves/secp256k1';
import fc from 'fast-check';
import { type Model, type ModelKey } from '../domain/model';
import { type GenerationRecord } from '../domain/record';
import { type Scheme } from '../domain/scheme';
import { fromHex, toHex } from '../encoding/bytes';
import { sha256, sha256Hex } from '../encoding/hash';
import { actorId } from '../identifiers';
import { normalizeLowS } from '../signatures/es256';
import { ed25519Signer, es256Signer } from '../test-support/software-signer';
import { ZERO_HASH } from './attestation';
import { schemeCommitment } from './commitments';
import { type DetectorOutcome } from './detector-outcome';
import { MIN_BINDING_BITS } from './judge-detection';
import { recordAttestation } from './record-attestation';
import { type DetectionFinding, type RecordFindings } from './record-findings';
import { idReference, modelReference, schemeReference } from './reference';
import { VERIFICATION_STATUSES } from './verification-status';
import { verifyRecord } from './verify-record';
import { payloadOfNonce } from './watermark-payload';

const AT = { tx_id: sha256Hex('tx'), at: 1_790_000_000 };
const OWNER = actorId('ed25519', ed25519Signer('owner').publicKey);
const PARAMS = { any: 'document' };

type Sign = (payload: Uint8Array) => Uint8Array;

function ed25519Key(name: string): { key: Pick<ModelKey, 'alg' | 'public_key'>; sign: Sign } {
  const signer = ed25519Signer(name);
  return {
    key: { alg: 'ed25519', public_key: signer.publicKey },
    sign: (payload) => signer.sign(sha256(payload)) as Uint8Array,
  };
}

const FIRST = ed25519Key('first');

const MODEL: Model = {
  model_ref: modelReference(OWNER, 'painter'),
  owner: OWNER,
  model_id: 'painter',
  model_version: '1.0.0',
  risk_class: 'low',
  keys: [{ version: 1, ...FIRST.key, status: 'current', since: AT }],
  flags: { updatable: true, frozen: false, disabled: false },
  recorders: [],
  version: 1,
  registered: AT,
  updated: AT,
};

const SCHEME: Scheme = {
  scheme_ref: schemeReference(MODEL.model_ref, 'marks'),
  model_ref: MODEL.model_ref,
  scheme_id: 'marks',
  params_uri: 'https://params.example/marks.json',
  params_size: 18,
  scheme_commitment: schemeCommitment(idReference(MODEL.model_ref), 'marks', PARAMS),
  detector: { name: 'marks', version: '1' },
  status: 'active',
  version: 1,
  registered: AT,
  updated: AT,
};

function signed(changes: Partial<GenerationRecord> = {}, sign: Sign = FIRST.sign): GenerationRecord {
  const record: GenerationRecord = {
    schema_version: 1,
    model_ref: MODEL.model_ref,
    scheme_ref: SCHEME.scheme_ref,
    content_hash: sha256Hex('content'),
    parent_hash: ZERO_HASH,
    timestamp: AT.at + 10,
    nonce: sha256Hex('nonce'),
    signature: '',
    payload_digest: '',
    key_version: 1,
    scheme_commitment: SCHEME.scheme_commitment,
    recorder: OWNER,
    annotations: [],
    recorded: { tx_id: sha256Hex('record'), at: AT.at + 20 },
    ...changes,
  };
  const { payload, digest } = recordAttestation(record);
  return { ...record, payload_digest: digest, signature: toHex(sign(payload)), ...pick(changes) };
}

/** Members that a test sets although they follow from others. */
function pick({ payload_digest }: Partial<GenerationRecord>): Partial<GenerationRecord> {
  return payload_digest === undefined ? {} : { payload_digest };
}

const RECORD = signed();
const DETECTOR = { name: 'marks', version: '1' };

function ran(outcome: Partial<DetectorOutcome> = {}): DetectionFinding {
  const payload = { payload: payloadOfNonce(RECORD.nonce, 64), payload_bits: 64 };
  return {
    kind: 'ran',
    detector: DETECTOR,
    outcome: { decision: 'detected', confidence: '0.9', ...payload, ...outcome },
  };
}

function findings(changes: Partial<RecordFindings> = {}): RecordFindings {
  return {
    record: RECORD,
    others: 0,
    model: MODEL,
    scheme: SCHEME,
    params: { kind: 'value', value: PARAMS },
    parent: { kind: 'missing' },
    parents: 'permissive',
    content: { kind: 'hashed', content_hash: RECORD.content_hash },
    detection: ran(),
    ...changes,
  };
}

function statusOf(changes: Partial<RecordFindings>): string {
  return verifyRecord(findings(changes)).status;
}

function codesOf(changes: Partial<RecordFindings>): string[] {
  return verifyRecord(findings(changes)).checks.map(({ code }) => code);
}

const DIFFERENT = { kind: 'hashed', content_hash: sha256Hex('other content') } as const;
const MISSED = ran({ decision: 'not-detected', confidence: '0.1' });
const LOCAL = [{ place: '0s-2s', confidence: '0.9' }];
const CHANGED = { ...RECORD, timestamp: RECORD.timestamp + 1 };

describe('a record of which everything holds', () => {
  it('is valid, with every check in the protocol’s order', () => {
    const verdict = verifyRecord(findings());
    expect(verdict.status).toBe('VALID');
    expect(verdict.checks.map(({ code, severity }) => `${code} ${severity}`)).toEqual([
      'version.supported success',
      'record.found success',
      'model.found success',
      'scheme.found success',
      'definition.match success',
      'binding.match success',
      'signature.valid success',
      'lineage.none success',
      'content.match success',
      'detection.found success',
    ]);
  });

  it('comes with refs, anchors and evidence that a third party can use', () => {
    const { refs, anchors, evidence, risks } = verifyRecord(findings());
    expect(refs).toEqual({ model_ref: MODEL.model_ref, scheme_ref: SCHEME.scheme_ref });
    expect(anchors).toEqual({
      content_hash: RECORD.content_hash,
      record_key: { model_ref: MODEL.model_ref, content_hash: RECORD.content_hash },
    });
    expect(evidence).toEqual({
      commitment_verified: true,
      signature_verified: true,
      detection_verified: true,
      binding_verified: true,
      detection_confidence: '0.9',
      record_locator: RECORD.recorded,
      payload_digest: RECORD.payload_digest,
      schema_version: 1,
      timestamp: RECORD.timestamp,
      nonce: RECORD.nonce,
    });
    expect(risks).toEqual([]);
  });

  it('shows context and parent where there are some', () => {
    const parent = signed({ content_hash: sha256Hex('parent'), nonce: sha256Hex('other nonce') });
    const record = signed({ context_hash: ZERO_HASH, parent_hash: parent.content_hash });
    const verdict = verifyRecord(findings({ record, parent: { kind: 'found', record: parent } }));
    expect(verdict.status).toBe('VALID');
    expect(verdict.evidence.context_hash).toBe(ZERO_HASH);
    expect(verdict.anchors.parent_hash).toBe(parent.content_hash);
  });

  it.each([
    ['bip340', bip340Key()],
    ['es256', es256Key()],
  ])('may be signed with %s', (_alg, { key, sign }) => {
    const model = { ...MODEL, keys: [{ version: 1, ...key, status: 'current', since: AT } as const] };
    expect(statusOf({ model, record: signed({}, sign) })).toBe('VALID');
    expect(statusOf({ model })).toBe('INVALID_SIG');
  });

  it('stays valid under a key that was rotated since', () => {
    const [key] = MODEL.keys;
    const keys = [
      { ...key!, status: 'retired', until: AT } as const,
      { version: 2, ...ed25519Key('second').key, status: 'current', since: AT } as const,
    ];
    const { status, checks } = verifyRecord(findings({ model: { ...MODEL, keys } }));
    expect(status).toBe('VALID');
    expect(checks.find(({ code }) => code === 'signature.valid')?.explanation).toContain('since retired');
  });

  it('may have other bytes when the watermark names it', () => {
    expect(statusOf({ content: DIFFERENT })).toBe('VALID');
    const enough = {
      payload: payloadOfNonce(RECORD.nonce, MIN_BINDING_BITS),
      payload_bits: MIN_BINDING_BITS,
    };
    expect(statusOf({ content: DIFFERENT, detection: ran(enough) })).toBe('VALID');
  });
});

function bip340Key(): { key: Pick<ModelKey, 'alg' | 'public_key'>; sign: Sign } {
  const secret = sha256('bip340 key');
  return {
    key: { alg: 'bip340', public_key: toHex(schnorr.getPublicKey(secret)) },
    sign: (payload) => schnorr.sign(sha256(payload), secret, new Uint8Array(32)),
  };
}

function es256Key(): { key: Pick<ModelKey, 'alg' | 'public_key'>; sign: Sign } {
  const signer = es256Signer('es256 key');
  return {
    key: { alg: 'es256', public_key: signer.publicKey },
    sign: (payload) => normalizeLowS(signer.sign(payload) as Uint8Array),
  };
}

describe('the first failure names the status', () => {
  const another: Model = { ...MODEL, model_id: 'sculptor', model_ref: modelReference(OWNER, 'sculptor') };
  const foreign: Scheme = {
    ...SCHEME,
    model_ref: another.model_ref,
    scheme_ref: schemeReference(another.model_ref, 'marks'),
    scheme_commitment: schemeCommitment(idReference(another.model_ref), 'marks', PARAMS),
  };
  const underForeign = signed({
    scheme_ref: foreign.scheme_ref,
    scheme_commitment: foreign.scheme_commitment,
  });

  it.each<[status: string, what: string, changes: Partial<RecordFindings>]>([
    ['NOT_FOUND', 'no record', { record: undefined }],
    ['UNSUPPORTED_SCHEMA_VERSION', 'version 2 without a record', { record: undefined, schema_version: 2 }],
    ['UNSUPPORTED_SCHEMA_VERSION', 'a record of version 2', { record: { ...RECORD, schema_version: 2 } }],
    ['UNSUPPORTED_SCHEMA_VERSION', 'a record of version 0', { record: { ...RECORD, schema_version: 0 } }],
    ['MODEL_UNKNOWN', 'no model', { model: undefined }],
    ['MODEL_UNKNOWN', 'another model', { model: another }],
    ['MODEL_UNKNOWN', 'a model of another owner', { model: { ...MODEL, owner: sha256Hex('thief') } }],
    ['MODEL_UNKNOWN', 'a model whose owner is no id', { model: { ...MODEL, owner: 'x' } }],
    ['SCHEME_UNKNOWN', 'no scheme', { scheme: undefined }],
    ['SCHEME_UNKNOWN', 'another scheme', { scheme: foreign }],
    ['SCHEME_UNKNOWN', 'a scheme of another name', { scheme: { ...SCHEME, scheme_id: 'others' } }],
    ['SCHEME_UNKNOWN', 'a scheme whose model is no id', { scheme: { ...SCHEME, model_ref: 'x' } }],
    ['SCHEME_MISMATCH', 'another document', { params: { kind: 'value', value: { any: 'Document' } } }],
    ['SCHEME_MISMATCH', 'another text', { params: { kind: 'text', text: '{}' } }],
    ['SCHEME_MISMATCH', 'no JSON', { params: { kind: 'text', text: '<html>' } }],
    ['SCHEME_MISMATCH', 'a key twice', { params: { kind: 'text', text: '{"any":"x","any":"document"}' } }],
    ['SCHEME_MISMATCH', 'a document too large', { params: { kind: 'text', text: ' '.repeat(65_537) } }],
    ['SCHEME_MISMATCH', 'bytes that are no text', { params: { kind: 'text', text: Uint8Array.of(0xff) } }],
    ['SCHEME_MISMATCH', 'a value beyond JSON', { params: { kind: 'value', value: undefined } }],
    [
      'SCHEME_MISMATCH',
      'another commitment in the record',
      { record: signed({ scheme_commitment: ZERO_HASH }) },
    ],
    ['SCHEME_MODEL_MISMATCH', 'a scheme of another model', { record: underForeign, scheme: foreign }],
    ['INVALID_SIG', 'a changed claim', { record: CHANGED }],
    ['INVALID_SIG', 'a signature that is no hex', { record: { ...RECORD, signature: 'zz' } }],
    ['INVALID_SIG', 'an empty signature', { record: { ...RECORD, signature: '' } }],
    ['INVALID_SIG', 'a zero signature', { record: { ...RECORD, signature: '00'.repeat(64) } }],
    ['INVALID_SIG', 'an unknown key version', { record: { ...RECORD, key_version: 2 } }],
    ['INVALID_SIG', 'a model without keys', { model: { ...MODEL, keys: [] } }],
    ['INVALID_SIG', 'another digest', { record: signed({ payload_digest: ZERO_HASH }) }],
    ['INVALID_SIG', 'a time that is no number', { record: { ...RECORD, timestamp: 1.5 } }],
    ['INVALID_SIG', 'a nonce that is too short', { record: { ...RECORD, nonce: 'ab' } }],
    ['INVALID_SIG', 'a late claim nobody vouched for', { record: signed({ annotations: ['backfilled'] }) }],
    ['PARENT_INVALID', 'its own parent', { record: signed({ parent_hash: RECORD.content_hash }) }],
    ['PARENT_INVALID', 'a parent’s model alone', { record: signed({ parent_model_ref: MODEL.model_ref }) }],
    [
      'PARENT_NOT_FOUND',
      'a missing parent where parents are asked for',
      { record: signed({ parent_hash: sha256Hex('p') }), parents: 'strict' },
    ],
    ['DETECTION_FAILED', 'no watermark in the very bytes', { detection: MISSED }],
    [
      'DETECTION_FAILED',
      'another payload in the very bytes',
      { detection: ran({ payload: '00', payload_bits: 8 }) },
    ],
    [
      'DETECTION_FAILED',
      'local evidence in the very bytes',
      { detection: ran({ decision: 'not-detected', local: LOCAL }) },
    ],
    ['INCONCLUSIVE', 'no watermark in other bytes', { content: DIFFERENT, detection: MISSED }],
    [
      'INCONCLUSIVE',
      'another payload in other bytes',
      { content: DIFFERENT, detection: ran({ payload: 'ffffffff', payload_bits: 32 }) },
    ],
    [
      'TAMPER_SUSPECT',
      'local evidence in other bytes',
      { content: DIFFERENT, detection: ran({ decision: 'not-detected', local: LOCAL }) },
    ],
    [
      'TAMPER_SUSPECT',
      'undecided local evidence in other bytes',
      { content: DIFFERENT, detection: ran({ decision: 'inconclusive', local: LOCAL }) },
    ],
  ])('%s: %s', (status, _what, changes) => {
    const verdict = verifyRecord(findings(changes));
    expect(verdict.status).toBe(status);
    expect(verdict.checks.some(({ severity }) => severity === 'failure')).toBe(true);
  });

  it.each<[first: string, changes: Partial<RecordFindings>]>([
    ['MODEL_UNKNOWN', { model: undefined, scheme: undefined, detection: MISSED }],
    ['SCHEME_UNKNOWN', { scheme: undefined, record: CHANGED }],
    ['SCHEME_MISMATCH', { params: { kind: 'text', text: '{}' }, record: CHANGED, detection: MISSED }],
    ['SCHEME_MODEL_MISMATCH', { record: { ...underForeign, timestamp: 1 }, scheme: foreign }],
    ['INVALID_SIG', { record: { ...CHANGED, parent_hash: CHANGED.content_hash }, detection: MISSED }],
    ['PARENT_INVALID', { record: signed({ parent_hash: RECORD.content_hash }), detection: MISSED }],
    ['INVALID_SIG', { record: CHANGED, params: { kind: 'unavailable', reason: 'offline' } }],
    ['DETECTION_FAILED', { detection: MISSED, others: 3 }],
  ])('%s comes before what fails later', (first, changes) => {
    expect(statusOf(changes)).toBe(first);
  });
});

describe('what does not depend on a failure', () => {
  it('is still looked at', () => {
    expect(codesOf({ model: undefined })).toEqual([
      'version.supported',
      'record.found',
      'model.missing',
      'scheme.found',
      'definition.match',
      'binding.match',
      'signature.not-checked',
      'lineage.none',
      'content.match',
      'detection.found-unattributed',
    ]);
    expect(codesOf({ scheme: undefined })).toContain('signature.valid');
  });

  it('is not looked at after SCHEME_MISMATCH', () => {
    const params = { kind: 'text', text: '{}' } as const;
    const verdict = verifyRecord(findings({ params, record: CHANGED }));
    expect(verdict.checks.map(({ code }) => code).slice(-2)).toEqual([
      'definition.mismatch',
      'verification.stopped',
    ]);
    expect(verdict.evidence).toMatchObject({
      commitment_verified: false,
      signature_verified: false,
      detection_verified: false,
      binding_verified: false,
      detection_confidence: null,
    });
  });

  it('never attributes a watermark under a bad signature', () => {
    const { checks, evidence } = verifyRecord(findings({ record: CHANGED }));
    const last = checks.at(-1);
    expect(last).toMatchObject({ code: 'detection.found-unattributed', severity: 'informational' });
    expect(last?.explanation).toContain('watermark evidence without authenticated attribution');
    expect(evidence).toMatchObject({ detection_verified: true, signature_verified: false });
  });

  it('is told of content without a record', () => {
    const { status, checks, evidence, anchors } = verifyRecord(findings({ record: undefined }));
    expect(status).toBe('NOT_FOUND');
    expect(checks.map(({ code }) => code)).toEqual(['record.missing', 'detection.found-unattributed']);
    expect(evidence).toMatchObject({ detection_verified: false, detection_confidence: '0.9' });
    expect(anchors).toEqual({ content_hash: RECORD.content_hash });
    expect(codesOf({ record: undefined, detection: MISSED })).toEqual([
      'record.missing',
      'detection.undecided',
    ]);
  });
});

describe('what could not be looked at', () => {
  it.each<[code: string, changes: Partial<RecordFindings>]>([
    [
      'definition.unavailable',
      {
        params: { kind: 'unavailable', reason: 'The server is away.' },
        detection: { kind: 'not-run', reason: 'No parameters.' },
      },
    ],
    ['definition.unavailable', { params: { kind: 'unavailable', reason: 'but the detector ran' } }],
    [
      'content.absent',
      { content: { kind: 'absent' }, detection: { kind: 'not-run', reason: 'No content.' } },
    ],
    ['detection.unsupported', { detection: { kind: 'unsupported', detector: DETECTOR } }],
    ['detection.broken', { detection: { kind: 'broken', detector: DETECTOR, reason: 'It threw.' } }],
    [
      'detection.broken',
      { detection: { ...ran(), detector: { name: 'marks', version: '2' } } as DetectionFinding },
    ],
    ['detection.undecided', { detection: ran({ decision: 'inconclusive' }) }],
    ['detection.undecided', { content: DIFFERENT, detection: ran({ decision: 'inconclusive' }) }],
    [
      'detection.unbound',
      { content: DIFFERENT, detection: ran({ payload: payloadOfNonce(RECORD.nonce, 31), payload_bits: 31 }) },
    ],
    [
      'lineage.unchecked',
      {
        record: signed({ parent_hash: sha256Hex('p') }),
        parent: { kind: 'unknown', reason: 'x' },
        parents: 'strict',
      },
    ],
  ])('makes it INCONCLUSIVE: %s', (code, changes) => {
    const verdict = verifyRecord(findings(changes));
    expect(verdict.status).toBe('INCONCLUSIVE');
    expect(verdict.checks).toContainEqual(expect.objectContaining({ code, severity: 'informational' }));
    expect(verdict.checks.every(({ severity }) => severity !== 'failure')).toBe(true);
  });

  it('does not matter for a parent that nobody asks for', () => {
    const record = signed({ parent_hash: sha256Hex('p') });
    expect(statusOf({ record, parent: { kind: 'unknown', reason: 'x' } })).toBe('VALID');
    expect(codesOf({ record })).toContain('lineage.unregistered');
    expect(statusOf({ record })).toBe('VALID');
  });
});

describe('the lineage rules', () => {
  const parent = signed({ content_hash: sha256Hex('parent'), nonce: sha256Hex('other nonce') });
  const named = signed({ parent_hash: parent.content_hash, parent_model_ref: MODEL.model_ref });
  const found = (record: GenerationRecord): RecordFindings['parent'] => ({ kind: 'found', record });

  it('accept the parent that is named', () => {
    expect(codesOf({ record: named, parent: found(parent), parents: 'strict' })).toContain('lineage.found');
  });

  it.each([
    ['of another content', { ...parent, content_hash: sha256Hex('stranger') }],
    ['of another model', { ...parent, model_ref: sha256Hex('stranger') }],
  ])('refuse a record %s in its place', (_what, record) => {
    expect(statusOf({ record: named, parent: found(record) })).toBe('PARENT_INVALID');
  });

  it('report a circle, and leave open who is wrong: otherwise anybody could spoil another’s record', () => {
    const circular = { ...parent, parent_hash: named.content_hash };
    expect(codesOf({ record: named, parent: found(circular) })).toContain('lineage.cycle');
    expect(statusOf({ record: named, parent: found(circular) })).toBe('VALID');
  });
});

describe('late claims', () => {
  const second = ed25519Key('second');
  const [key] = MODEL.keys;
  const model: Model = {
    ...MODEL,
    keys: [
      { ...key!, status: 'retired', until: AT },
      { version: 2, ...second.key, status: 'current', since: AT },
    ],
  };
  const late = signed({ annotations: ['backfilled'] });
  const { payload } = recordAttestation(late);
  const vouched = (by: number, sign: Sign): GenerationRecord => ({
    ...late,
    backfill: { cosigned_by: by, cosignature: toHex(sign(payload)) },
  });

  it('hold with the later key’s signature, and stay marked', () => {
    const { status, checks, risks } = verifyRecord(findings({ model, record: vouched(2, second.sign) }));
    expect([status, risks]).toEqual(['VALID', ['backfilled']]);
    expect(checks.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['signature.cosigned', 'risk.backfilled']),
    );
  });

  it.each([
    ['by itself', vouched(1, FIRST.sign)],
    ['by a key that did not sign', vouched(2, FIRST.sign)],
    ['by a key that never was', vouched(3, second.sign)],
  ])('fail when vouched for %s', (_what, record) => {
    const { status, evidence } = verifyRecord(findings({ model, record }));
    expect([status, evidence.signature_verified]).toEqual(['INVALID_SIG', false]);
  });

  it('fail when the mark was taken away and the second signature is wrong', () => {
    const record = { ...vouched(2, FIRST.sign), annotations: [] };
    expect(statusOf({ model, record })).toBe('INVALID_SIG');
  });
});

describe('risks', () => {
  it.each<[risk: string, changes: Partial<RecordFindings>]>([
    ['key-compromised', { model: { ...MODEL, keys: [{ ...MODEL.keys[0]!, compromised_from: AT.at }] } }],
    ['scheme-revoked', { scheme: { ...SCHEME, status: 'revoked' } }],
    ['scheme-deprecated', { scheme: { ...SCHEME, status: 'deprecated' } }],
    ['scheme-deprecated', { record: signed({ annotations: ['scheme-deprecated'] }) }],
    ['model-disabled', { model: { ...MODEL, flags: { ...MODEL.flags, disabled: true } } }],
    ['parent-unregistered', { record: signed({ annotations: ['parent-unregistered'] }) }],
  ])('%s is shown and does not change the status', (risk, changes) => {
    const verdict = verifyRecord(findings(changes));
    expect([verdict.status, verdict.risks]).toEqual(['VALID', [risk]]);
    expect(verdict.checks.at(-1)).toMatchObject({ code: `risk.${risk}`, severity: 'informational' });
    expect(verifyRecord(findings({ ...changes, detection: MISSED })).risks).toEqual([risk]);
  });

  it('in the record itself are shown without a model', () => {
    const record = signed({ annotations: ['parent-unregistered'] });
    expect(verifyRecord(findings({ record, model: undefined })).risks).toEqual(['parent-unregistered']);
  });
});

describe('whatever a source makes up', () => {
  const signedMembers = ['content_hash', 'parent_hash', 'nonce', 'context_hash', 'signature'] as const;

  it('no bit of what was signed can be turned', () => {
    const record = signed({ context_hash: sha256Hex('context'), parent_hash: sha256Hex('parent') });
    const turned = fc.record({
      member: fc.constantFrom(...signedMembers),
      byte: fc.nat(31),
      mask: fc.integer({ min: 1, max: 255 }),
    });
    expect(statusOf({ record })).toBe('VALID');
    fc.assert(
      fc.property(turned, ({ member, byte, mask }) => {
        const bytes = fromHex(record[member] ?? '');
        bytes[byte] = (bytes[byte] ?? 0) ^ mask;
        const verdict = verifyRecord(findings({ record: { ...record, [member]: toHex(bytes) } }));
        expect(verdict.status).toBe('INVALID_SIG');
      }),
      { numRuns: 60 },
    );
  });

  it('there is a status, and VALID only with all four proofs and no failure', () => {
    const texts = Object.entries(RECORD).filter(([, value]) => typeof value === 'string');
    const numbers = Object.entries(RECORD).filter(([, value]) => typeof value === 'number');
    const members = fc
      .tuple(
        fc.dictionary(
          fc.constantFrom(...texts.map(([name]) => name), 'parent_model_ref', 'context_hash'),
          fc.oneof(fc.string(), fc.constant(ZERO_HASH), fc.constant(RECORD.content_hash)),
          { maxKeys: 2 },
        ),
        fc.dictionary(
          fc.constantFrom(...numbers.map(([name]) => name)),
          fc.oneof(fc.integer(), fc.double()),
          {
            maxKeys: 1,
          },
        ),
      )
      .map(([changedTexts, changedNumbers]) => ({ ...changedTexts, ...changedNumbers }));
    fc.assert(
      fc.property(members, fc.boolean(), fc.boolean(), (changed, hasModel, hasScheme) => {
        const record = { ...RECORD, ...changed, annotations: RECORD.annotations, backfill: undefined };
        const verdict = verifyRecord(
          findings({
            record: record as unknown as GenerationRecord,
            ...(hasModel ? {} : { model: undefined }),
            ...(hasScheme ? {} : { scheme: undefined }),
          }),
        );
        expect(VERIFICATION_STATUSES).toContain(verdict.status);
        const { evidence, checks } = verdict;
        const holds =
          evidence.commitment_verified &&
          evidence.signature_verified &&
          evidence.detection_verified &&
          evidence.binding_verified &&
          checks.every(({ severity }) => severity !== 'failure');
        expect(verdict.status === 'VALID').toBe(holds);
      }),
      { numRuns: 300 },
    );
  });
});
