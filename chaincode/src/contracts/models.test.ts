import { assertAcceptableAttestationKey, type LedgerIntentBodies } from '@maker-registry/protocol';
import { attestationKeyNamed } from '../testing/attestation-key';
import { documentOf, refusalCode, refusalSubject, resultOf } from '../testing/expectations';
import { Studio } from '../testing/studio';

const SMALL_ORDER = '0100000000000000000000000000000000000000000000000000000000000000';

describe('models', () => {
  let studio: Studio;

  beforeEach(async () => {
    studio = await Studio.begin();
  });

  const modelOf = (ref: string) => documentOf(studio, 'model', [ref]);

  describe('Register', () => {
    const register = async (changes: Partial<LedgerIntentBodies['model.register']> = {}) =>
      studio.intent('model.register', studio.owner, {
        ...studio.modelBody(studio.owner, 'acme/painter'),
        ...changes,
      });

    it('writes the model, its first version and the mark', async () => {
      const outcome = await register();
      const { id } = resultOf(outcome);
      expect(outcome.writes).toHaveLength(3);
      expect(modelOf(id)).toMatchObject({
        owner: studio.owner.actorId,
        version: 1,
        flags: { updatable: true, frozen: false, disabled: false },
        keys: [{ version: 1, alg: 'ed25519', status: 'current' }],
      });
      expect(documentOf(studio, 'model-version', [id, '000000001'])).toEqual(modelOf(id));
    });

    it.each(['ed25519', 'bip340', 'es256'] as const)('takes a key for %s', async (alg) => {
      const key = attestationKeyNamed(`a key for ${alg}`, alg);
      expect(() => {
        assertAcceptableAttestationKey(alg, key.publicKey);
      }).not.toThrow();
      const outcome = await studio.intent(
        'model.register',
        studio.owner,
        studio.modelBody(studio.owner, 'm', key),
      );
      expect(modelOf(resultOf(outcome).id).keys[0]?.alg).toBe(alg);
    });

    it('refuses the same model_id of the same owner, and takes it from another', async () => {
      await register();
      expect(refusalCode(await register())).toBe('MODEL_EXISTS');
      const [, other] = studio.makers;
      const outcome = await studio.intent('model.register', other, studio.modelBody(other, 'acme/painter'));
      expect(refusalCode(outcome)).toBeUndefined();
    });

    it('refuses a key without proof of possession', async () => {
      const stranger = attestationKeyNamed('a stranger');
      const outcome = await register({ public_key: stranger.publicKey });
      expect(refusalCode(outcome)).toBe('INVALID_SIG');
      expect(refusalSubject(outcome)).toBe('/body/proof');
    });

    it('refuses a proof that was made for another model', async () => {
      const { proof } = studio.modelBody(studio.owner, 'another');
      expect(refusalCode(await register({ proof }))).toBe('INVALID_SIG');
    });

    it.each([
      ['of small order', { public_key: SMALL_ORDER }, 'KEY_INVALID'],
      ['of another length', { public_key: '02' + 'ab'.repeat(32) }, 'KEY_INVALID'],
      ['of another algorithm', { alg: 'es256' as const }, 'KEY_INVALID'],
      ['not on the curve', { public_key: 'ff'.repeat(31) + '7e' }, 'KEY_INVALID'],
    ])('refuses a key %s', async (_what, change, code) => {
      expect(refusalCode(await register(change))).toBe(code);
    });

    it.each([
      ['a URI of another scheme', { metadata_uri: 'http://plain.example/' }, '/body/metadata_uri'],
      ['a URI beyond 512 characters', { metadata_uri: `https://a/${'b'.repeat(512)}` }, '/body/metadata_uri'],
      ['an unknown risk class', { risk_class: 'none' as 'low' }, '/body/risk_class'],
      [
        'seventeen recorders',
        { recorders: Array.from({ length: 17 }, (_u, n) => String(n).padStart(64, '0')) },
        '/body/recorders',
      ],
    ])('does not sign %s', async (_what, change, pointer) => {
      await expect(register(change)).rejects.toMatchObject({ code: 'SCHEMA_VIOLATION', subject: pointer });
    });

    it('refuses an artifact that is unknown', async () => {
      expect(refusalCode(await register({ artifact_id: 'ab'.repeat(32) }))).toBe('ARTIFACT_UNKNOWN');
    });
  });

  describe('changes', () => {
    let ref: string;

    beforeEach(async () => {
      ref = await studio.model();
    });

    const rotate = async (name = 'second key', changes: Partial<LedgerIntentBodies['model.rotate']> = {}) =>
      studio.intent('model.rotate', studio.owner, {
        ...studio.keyBody(ref, attestationKeyNamed(name)),
        model_ref: ref,
        reason: 'rotation',
        ...changes,
      });

    it('rotate the key and keep every version readable', async () => {
      resultOf(await rotate());
      const model = modelOf(ref);
      expect(model.keys.map(({ version, status }) => [version, status])).toEqual([
        [1, 'retired'],
        [2, 'current'],
      ]);
      expect(documentOf(studio, 'model-version', [ref, '000000001']).keys).toHaveLength(1);
      expect(documentOf(studio, 'model-version', [ref, '000000002'])).toEqual(model);
    });

    it('refuse a key that was used before', async () => {
      resultOf(await rotate());
      expect(refusalCode(await rotate())).toBe('KEY_INVALID');
      expect(refusalCode(await rotate('model key'))).toBe('KEY_INVALID');
    });

    it('mark a compromise with its time', async () => {
      resultOf(await rotate('second key', { reason: 'compromise', compromised_from: studio.now - 50 }));
      expect(modelOf(ref).keys[0]).toMatchObject({
        status: 'compromised',
        compromised_from: studio.now - 50,
      });
    });

    it('mark a compromise earlier, never later', async () => {
      const compromise = async (from: number, keyVersion = 1) =>
        studio.intent('model.compromise', studio.owner, { model_ref: ref, key_version: keyVersion, from });
      resultOf(await compromise(studio.now));
      expect(refusalCode(await compromise(studio.now + 1))).toBe('ILLEGAL_TRANSITION');
      resultOf(await compromise(studio.now - 10));
      expect(modelOf(ref).keys[0]?.compromised_from).toBe(studio.now - 10);
      expect(refusalCode(await compromise(1, 2))).toBe('KEY_INVALID');
    });

    it('are only the owner’s', async () => {
      const [, other] = studio.makers;
      for (const type of ['model.freeze', 'model.disable', 'model.enable'] as const) {
        expect(refusalCode(await studio.intent(type, other, { model_ref: ref }))).toBe('NOT_OWNER');
      }
      const update = { model_ref: ref, model_version: '2' };
      expect(refusalCode(await studio.intent('model.update', other, update))).toBe('NOT_OWNER');
    });

    it('end with a freeze; disabling stays possible', async () => {
      resultOf(await studio.intent('model.freeze', studio.owner, { model_ref: ref }));
      expect(refusalCode(await rotate())).toBe('MODEL_FROZEN');
      const update = { model_ref: ref, metadata_uri: 'https://models.example/new' };
      expect(refusalCode(await studio.intent('model.update', studio.owner, update))).toBe('MODEL_FROZEN');
      expect(refusalCode(await studio.intent('model.freeze', studio.owner, { model_ref: ref }))).toBe(
        'MODEL_FROZEN',
      );
      resultOf(await studio.intent('model.disable', studio.owner, { model_ref: ref }));
      expect(refusalCode(await studio.intent('model.enable', studio.owner, { model_ref: ref }))).toBe(
        'MODEL_FROZEN',
      );
      expect(modelOf(ref).flags).toEqual({ updatable: true, frozen: true, disabled: true });
    });

    it('end when the owner gives them up', async () => {
      resultOf(await studio.intent('model.update', studio.owner, { model_ref: ref, updatable: false }));
      expect(refusalCode(await rotate())).toBe('MODEL_NOT_UPDATABLE');
    });

    it('disable and enable', async () => {
      const change = async (type: 'model.disable' | 'model.enable') =>
        studio.intent(type, studio.owner, { model_ref: ref });
      expect(refusalCode(await change('model.enable'))).toBe('ILLEGAL_TRANSITION');
      resultOf(await change('model.disable'));
      expect(refusalCode(await change('model.disable'))).toBe('MODEL_DISABLED');
      resultOf(await change('model.enable'));
      expect(modelOf(ref).flags.disabled).toBe(false);
    });

    it('need a model', async () => {
      const unknown = 'ab'.repeat(32);
      expect(refusalCode(await studio.intent('model.freeze', studio.owner, { model_ref: unknown }))).toBe(
        'MODEL_UNKNOWN',
      );
    });

    it('read as documents by version', async () => {
      const read = await studio.call('models:GetVersion', [ref, '1']);
      expect(JSON.parse(read.result ?? '')).toEqual(modelOf(ref));
      expect(refusalCode(await studio.call('models:GetVersion', [ref, '2']))).toBe('MODEL_UNKNOWN');
      expect(refusalCode(await studio.call('models:GetVersion', [ref, '01']))).toBe('ID_MALFORMED');
      expect(refusalCode(await studio.call('models:Get', ['x']))).toBe('ID_MALFORMED');
    });
  });
});
