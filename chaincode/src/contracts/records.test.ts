import { fromHex, modelReference, openIntent, recordAttestation, ZERO_HASH } from '@maker-registry/protocol';
import { attestationKeyNamed } from '../testing/attestation-key';
import { documentOf, refusalCode, refusalSubject, resultOf } from '../testing/expectations';
import { SAMPLE_PARAMETERS } from '../testing/sample-parameters';
import { contentNamed, Studio } from '../testing/studio';

describe('records', () => {
  let studio: Studio;
  let modelRef: string;
  let schemeRef: string;

  beforeEach(async () => {
    studio = await Studio.begin();
    modelRef = await studio.model();
    schemeRef = await studio.scheme(modelRef);
  });

  const recordOf = (content: string, ref = modelRef) =>
    documentOf(studio, 'record', [ref, contentNamed(content)]);

  it('store everything the signature is rebuilt from, the key version and the commitment', async () => {
    const claim = studio.claim(modelRef, 'one');
    const outcome = await studio.record(studio.owner, claim);
    expect(outcome.round_trips).toBe(2);
    expect(outcome.reads).toHaveLength(6);
    expect(outcome.writes).toHaveLength(3);
    expect(recordOf('one')).toMatchObject({
      ...claim,
      payload_digest: recordAttestation(claim).digest,
      key_version: 1,
      scheme_commitment: documentOf(studio, 'scheme', [schemeRef]).scheme_commitment,
      recorder: studio.owner.actorId,
      annotations: [],
    });
  });

  it('are recorded once by an intent, however often it is relayed', async () => {
    const records = [studio.claim(modelRef, 'one'), studio.claim(modelRef, 'two')];
    const envelope = await studio.envelope('record.register', studio.owner, { records });
    resultOf(await studio.call('records:Register', [envelope]));
    const replayed = await studio.call('records:Register', [envelope]);
    expect(refusalCode(replayed)).toBe('INTENT_REPLAYED');
    expect(refusalSubject(replayed)).toBe(openIntent(envelope).intentId);
  });

  it.each(['bip340', 'es256'] as const)('verify signatures of %s', async (alg) => {
    const key = attestationKeyNamed('another key', alg);
    const ref = await studio.model(studio.owner, `model of ${alg}`, key);
    await studio.scheme(ref);
    resultOf(await studio.record(studio.owner, studio.claim(ref, 'one', {}, key)));
    const wrong = { ...studio.claim(ref, 'two', {}, key), timestamp: studio.now - 1 };
    expect(refusalCode(await studio.record(studio.owner, wrong))).toBe('INVALID_TIMESTAMP');
    const forged = studio.claim(ref, 'three', {}, attestationKeyNamed('thief', alg));
    expect(refusalCode(await studio.record(studio.owner, forged))).toBe('INVALID_SIG');
  });

  describe('are refused', () => {
    const refused = async (changes: Parameters<Studio['claim']>[2], key = studio.key) =>
      refusalCode(await studio.record(studio.owner, studio.claim(modelRef, 'one', changes, key)));

    it('of another version', async () => {
      expect(await refused({ schema_version: 2 })).toBe('UNSUPPORTED_SCHEMA_VERSION');
    });

    it('of an unknown model or scheme', async () => {
      expect(await refused({ model_ref: 'ab'.repeat(32) })).toBe('MODEL_UNKNOWN');
      expect(await refused({ scheme_ref: 'ab'.repeat(32) })).toBe('SCHEME_UNKNOWN');
    });

    it('under another model’s scheme', async () => {
      const other = await studio.model(studio.owner, 'acme/sculptor');
      const scheme_ref = await studio.scheme(other);
      expect(await refused({ scheme_ref })).toBe('SCHEME_MODEL_MISMATCH');
    });

    it('when they exist, whoever signs them again', async () => {
      resultOf(await studio.record(studio.owner, studio.claim(modelRef, 'one')));
      expect(await refused({})).toBe('RECORD_ALREADY_EXISTS');
    });

    it('when the model has used the nonce', async () => {
      resultOf(await studio.record(studio.owner, studio.claim(modelRef, 'two', { nonce: 'cd'.repeat(32) })));
      expect(await refused({ nonce: 'cd'.repeat(32) })).toBe('NONCE_USED');
    });

    it('from before the model or from the future', async () => {
      expect(await refused({ timestamp: studio.now - 1 })).toBe('INVALID_TIMESTAMP');
      expect(await refused({ timestamp: studio.now + 301 })).toBe('INVALID_TIMESTAMP');
      expect(await refused({ timestamp: studio.now + 300 })).toBeUndefined();
    });

    it('by another key', async () => {
      expect(await refused({}, attestationKeyNamed('thief'))).toBe('INVALID_SIG');
    });

    it.each([
      ['content_hash', contentNamed('swapped')],
      ['nonce', 'ee'.repeat(32)],
      ['context_hash', ZERO_HASH],
    ])('with %s changed after signing', async (member, value) => {
      const claim = { ...studio.claim(modelRef, 'one'), [member]: value };
      expect(refusalCode(await studio.record(studio.owner, claim))).toBe('INVALID_SIG');
    });

    it('from an actor that may not record, until it is named', async () => {
      const [, other] = studio.makers;
      const claim = studio.claim(modelRef, 'one');
      expect(refusalCode(await studio.record(other, claim))).toBe('NOT_RECORDER');
      const update = { model_ref: modelRef, recorders: [other.actorId] };
      resultOf(await studio.intent('model.update', studio.owner, update));
      resultOf(await studio.record(other, claim));
      expect(recordOf('one').recorder).toBe(other.actorId);
    });

    it('on a disabled model and under a revoked scheme; not on a frozen one', async () => {
      resultOf(await studio.intent('model.freeze', studio.owner, { model_ref: modelRef }));
      resultOf(await studio.record(studio.owner, studio.claim(modelRef, 'frozen')));
      resultOf(
        await studio.intent('scheme.mark', studio.owner, { scheme_ref: schemeRef, status: 'revoked' }),
      );
      expect(await refused({})).toBe('SCHEME_REVOKED');
      resultOf(await studio.intent('model.disable', studio.owner, { model_ref: modelRef }));
      expect(await refused({})).toBe('MODEL_DISABLED');
    });

    it('when the current key was compromised and none followed', async () => {
      const compromise = { model_ref: modelRef, key_version: 1, from: studio.now };
      resultOf(await studio.intent('model.compromise', studio.owner, compromise));
      expect(await refused({})).toBe('INVALID_SIG');
    });
  });

  it('note a deprecated scheme', async () => {
    resultOf(
      await studio.intent('scheme.mark', studio.owner, { scheme_ref: schemeRef, status: 'deprecated' }),
    );
    resultOf(await studio.record(studio.owner, studio.claim(modelRef, 'one')));
    expect(recordOf('one').annotations).toEqual(['scheme-deprecated']);
  });

  describe('parents', () => {
    const child = (changes: Parameters<Studio['claim']>[2] = {}) =>
      studio.claim(modelRef, 'child', { parent_hash: contentNamed('parent'), ...changes });

    it('are resolved to the first record in ledger order', async () => {
      const [, other] = studio.makers;
      const first = await studio.recorded('parent', { owner: other });
      resultOf(await studio.record(studio.owner, studio.claim(modelRef, 'parent')));
      resultOf(await studio.record(studio.owner, child()));
      expect(recordOf('child')).toMatchObject({ parent_model_ref: first.model_ref, annotations: [] });
    });

    it('may be named by model', async () => {
      const [, other] = studio.makers;
      await studio.recorded('parent', { owner: other });
      resultOf(await studio.record(studio.owner, studio.claim(modelRef, 'parent')));
      resultOf(await studio.record(studio.owner, child({ parent_model_ref: modelRef })));
      expect(recordOf('child').parent_model_ref).toBe(modelRef);
    });

    it('that nobody registered are marked, and refused on a strict network', async () => {
      resultOf(await studio.record(studio.owner, child()));
      expect(recordOf('child').annotations).toEqual(['parent-unregistered']);
      expect(recordOf('child').parent_model_ref).toBeUndefined();
      await studio.govern({ ...SAMPLE_PARAMETERS, version: 2, provenance: { parents: 'strict' } });
      const second = studio.claim(modelRef, 'second', { parent_hash: contentNamed('nobody') });
      expect(refusalCode(await studio.record(studio.owner, second))).toBe('PARENT_NOT_FOUND');
      const named = { ...second, parent_model_ref: modelRef };
      expect(refusalCode(await studio.record(studio.owner, named))).toBe('PARENT_NOT_FOUND');
    });

    it('are never the content itself, nor a model without a parent', async () => {
      const self = studio.claim(modelRef, 'self', { parent_hash: contentNamed('self') });
      expect(refusalCode(await studio.record(studio.owner, self))).toBe('PARENT_INVALID');
      const lone = { ...studio.claim(modelRef, 'lone'), parent_model_ref: modelRef };
      expect(refusalCode(await studio.record(studio.owner, lone))).toBe('PARENT_INVALID');
    });

    it('may stand earlier in the same batch', async () => {
      resultOf(await studio.record(studio.owner, studio.claim(modelRef, 'parent'), child()));
      expect(recordOf('child')).toMatchObject({ parent_model_ref: modelRef, annotations: [] });
    });
  });

  describe('batches', () => {
    it('of 200 are one transaction of two round trips', async () => {
      const claims = Array.from({ length: 200 }, (_unused, n) => studio.claim(modelRef, `item ${n}`));
      const outcome = await studio.record(studio.owner, ...claims);
      expect(resultOf(outcome)).toMatchObject({ type: 'record', count: 200 });
      expect(outcome.writes).toHaveLength(600);
      expect(outcome.round_trips).toBe(2);
      expect(recordOf('item 199').key_version).toBe(1);
    });

    it('of 201 or none cannot be built', async () => {
      const claims = Array.from({ length: 201 }, (_unused, n) => studio.claim(modelRef, `item ${n}`));
      await expect(studio.record(studio.owner, ...claims)).rejects.toMatchObject({
        code: 'SCHEMA_VIOLATION',
      });
      await expect(studio.record(studio.owner)).rejects.toMatchObject({ code: 'SCHEMA_VIOLATION' });
    });

    it('fail as a whole and name the item', async () => {
      const claims = [0, 1, 2].map((n) => studio.claim(modelRef, `item ${n}`));
      const forged = { ...studio.claim(modelRef, 'item 3'), nonce: 'ff'.repeat(32) };
      const outcome = await studio.record(studio.owner, ...claims, forged);
      expect(refusalCode(outcome)).toBe('INVALID_SIG');
      expect(refusalSubject(outcome)).toBe('/body/records/3');
      expect(outcome.writes).toEqual([]);
      expect(refusalCode(await studio.call('records:Get', [modelRef, contentNamed('item 0')]))).toBe(
        'NOT_FOUND',
      );
    });

    it.each([
      [
        'the same record',
        () => [studio.claim(modelRef, 'one'), studio.claim(modelRef, 'one')],
        'RECORD_ALREADY_EXISTS',
      ],
      [
        'the same nonce',
        () => ['one', 'two'].map((content) => studio.claim(modelRef, content, { nonce: 'cd'.repeat(32) })),
        'NONCE_USED',
      ],
    ])('refuse %s twice', async (_what, claims, code) => {
      const outcome = await studio.record(studio.owner, ...claims());
      expect(refusalCode(outcome)).toBe(code);
      expect(refusalSubject(outcome)).toBe('/body/records/1');
    });

    it('may hold records of several models of one recorder', async () => {
      const second = await studio.model(studio.owner, 'acme/sculptor');
      await studio.scheme(second);
      const same = [studio.claim(modelRef, 'shared'), studio.claim(second, 'shared')];
      resultOf(await studio.record(studio.owner, ...same));
      expect(documentOf(studio, 'content', [contentNamed('shared')]).model_ref).toBe(modelRef);
    });
  });

  describe('after a rotation', () => {
    const next = attestationKeyNamed('second key');

    const rotate = async (changes = {}) =>
      resultOf(
        await studio.intent('model.rotate', studio.owner, {
          ...studio.keyBody(modelRef, next),
          model_ref: modelRef,
          reason: 'rotation' as const,
          ...changes,
        }),
      );

    it('only the new key attests, and old records keep their key version', async () => {
      resultOf(await studio.record(studio.owner, studio.claim(modelRef, 'old')));
      await rotate();
      expect(refusalCode(await studio.record(studio.owner, studio.claim(modelRef, 'new')))).toBe(
        'INVALID_SIG',
      );
      resultOf(await studio.record(studio.owner, studio.claim(modelRef, 'new', {}, next)));
      expect([recordOf('old').key_version, recordOf('new').key_version]).toEqual([1, 2]);
    });

    const backfill = async (
      claim = studio.claim(modelRef, 'late'),
      { keyVersion = 1, cosigner = next } = {},
    ) =>
      studio.intent('record.backfill', studio.owner, {
        record: claim,
        key_version: keyVersion,
        cosignature: cosigner.signDigest(fromHex(recordAttestation(claim).digest)),
      });

    it('a claim by the retired key enters with the new key’s word, and stays marked', async () => {
      const claim = studio.claim(modelRef, 'late');
      studio.wait(100);
      await rotate();
      studio.wait(100);
      resultOf(await backfill(claim));
      expect(recordOf('late')).toMatchObject({
        key_version: 1,
        annotations: ['backfilled'],
        backfill: { cosigned_by: 2 },
      });
    });

    it('a backfill is refused without the cosignature, or by the current key', async () => {
      const claim = studio.claim(modelRef, 'late');
      await rotate();
      const stranger = attestationKeyNamed('stranger');
      expect(refusalCode(await backfill(claim, { cosigner: stranger }))).toBe('INVALID_SIG');
      expect(refusalCode(await backfill(claim, { keyVersion: 2 }))).toBe('BACKFILL_INVALID');
      expect(refusalCode(await backfill(claim, { keyVersion: 3 }))).toBe('BACKFILL_INVALID');
      expect(refusalCode(await backfill(studio.claim(modelRef, 'late', {}, stranger)))).toBe('INVALID_SIG');
    });

    it('a backfill is refused outside the key’s own time, and after its compromise', async () => {
      const late = studio.claim(modelRef, 'late', { timestamp: studio.now + 10 });
      const early = studio.claim(modelRef, 'early');
      await rotate({ reason: 'compromise', compromised_from: studio.now });
      expect(refusalCode(await backfill(late))).toBe('BACKFILL_INVALID');
      expect(refusalCode(await backfill(early))).toBe('BACKFILL_INVALID');
    });
  });

  it('name their model as derived from owner and model_id', () => {
    expect(modelRef).toBe(modelReference(studio.owner.actorId, 'acme/painter'));
  });
});
