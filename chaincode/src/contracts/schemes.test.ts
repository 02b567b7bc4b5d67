import type { LedgerIntentBodies } from '@maker-registry/protocol';
import { idReference, schemeCommitment } from '@maker-registry/protocol';
import { documentOf, refusalCode, refusalSubject, resultOf } from '../testing/expectations';
import { paramsOf, Studio } from '../testing/studio';

describe('schemes', () => {
  let studio: Studio;
  let modelRef: string;

  beforeEach(async () => {
    studio = await Studio.begin();
    modelRef = await studio.model();
  });

  const register = async (
    changes: Partial<LedgerIntentBodies['scheme.register']> = {},
    owner = studio.owner,
  ) => studio.intent('scheme.register', owner, { ...studio.schemeBody(modelRef), ...changes });

  it('keep the commitment, the address and the size, never the document', async () => {
    const outcome = await register();
    const { id } = resultOf(outcome);
    const scheme = documentOf(studio, 'scheme', [id]);
    expect(scheme).toMatchObject({
      model_ref: modelRef,
      scheme_commitment: studio.schemeBody(modelRef).scheme_commitment,
      detector: { name: 'test-detector', version: '1.0.0' },
      status: 'active',
    });
    expect(JSON.stringify(outcome.writes)).not.toContain('strength');
  });

  it('refuse a document that is not the committed one', async () => {
    const params_document = { ...(paramsOf('stripes-v1') as object), params: { strength: 4 } };
    const outcome = await register({ params_document });
    expect(refusalCode(outcome)).toBe('SCHEME_MISMATCH');
    expect(refusalSubject(outcome)).toBe('/body/scheme_commitment');
  });

  it.each([
    ['of another scheme_id', paramsOf('stripes-v2')],
    ['that is no object', 'text'],
    ['without a detector', { scheme_id: 'stripes-v1' }],
    ['with a member too many', { ...(paramsOf('stripes-v1') as object), more: 1 }],
    ['beyond 64 KiB', { ...(paramsOf('stripes-v1') as object), params: { pad: 'x'.repeat(65_536) } }],
  ])('refuse a document %s', async (_what, params_document) => {
    const scheme_commitment = schemeCommitment(idReference(modelRef), 'stripes-v1', params_document);
    expect(refusalCode(await register({ params_document, scheme_commitment }))).toBe('PARAMS_INVALID');
  });

  it('are the model owner’s to register, once each', async () => {
    const [, other] = studio.makers;
    expect(refusalCode(await register({}, other))).toBe('NOT_OWNER');
    resultOf(await register());
    expect(refusalCode(await register())).toBe('SCHEME_EXISTS');
  });

  it('need a model that is not disabled', async () => {
    expect(refusalCode(await register({ model_ref: 'ab'.repeat(32) }))).toBe('MODEL_UNKNOWN');
    resultOf(await studio.intent('model.disable', studio.owner, { model_ref: modelRef }));
    expect(refusalCode(await register())).toBe('MODEL_DISABLED');
  });

  it('may be registered on a frozen model', async () => {
    resultOf(await studio.intent('model.freeze', studio.owner, { model_ref: modelRef }));
    expect(refusalCode(await register())).toBeUndefined();
  });

  it('are deprecated and revoked, never back, with every version readable', async () => {
    const { id } = resultOf(await register());
    const mark = async (status: 'deprecated' | 'revoked', owner = studio.owner) =>
      studio.intent('scheme.mark', owner, { scheme_ref: id, status });
    expect(refusalCode(await mark('revoked', studio.makers[1]))).toBe('NOT_OWNER');
    resultOf(await mark('deprecated'));
    expect(refusalCode(await mark('deprecated'))).toBe('ILLEGAL_TRANSITION');
    resultOf(await mark('revoked'));
    expect(refusalCode(await mark('deprecated'))).toBe('ILLEGAL_TRANSITION');
    expect(documentOf(studio, 'scheme-version', [id, '000000001']).status).toBe('active');
    expect(documentOf(studio, 'scheme-version', [id, '000000003'])).toEqual(
      documentOf(studio, 'scheme', [id]),
    );
    const unknown = { scheme_ref: 'ab'.repeat(32), status: 'revoked' as const };
    expect(refusalCode(await studio.intent('scheme.mark', studio.owner, unknown))).toBe('SCHEME_UNKNOWN');
  });

  it('are refused with a duplicate key inside the document', async () => {
    const envelope = await studio.envelope('scheme.register', studio.owner, studio.schemeBody(modelRef));
    const parsed = JSON.parse(envelope) as { payload: string };
    const payload = Buffer.from(parsed.payload, 'base64').toString('utf8');
    const twice = payload.replace('"strength":3', '"strength":3,"strength":3');
    expect(twice).not.toBe(payload);
    const forged = JSON.stringify({ ...parsed, payload: Buffer.from(twice).toString('base64') });
    expect(refusalCode(await studio.call('schemes:Register', [forged]))).toBe('JSON_DUPLICATE_KEY');
  });
});
