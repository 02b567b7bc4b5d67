import {
  buildVerificationStatement,
  creditOf,
  IN_TOTO_PAYLOAD_TYPE,
  settlementId,
  signPayload,
  streamId,
  utf8,
  type LedgerIntentBodies,
  type RecordKey,
} from '@maker-registry/protocol';
import { documentOf, refusalCode, resultOf } from '../testing/expectations';
import { partyNamed } from '../testing/party';
import { SAMPLE_NETWORK, SAMPLE_PARAMETERS } from '../testing/sample-parameters';
import { contentNamed, Studio, termsFor } from '../testing/studio';

const WINDOW_S = 3_600;

describe('streams', () => {
  let studio: Studio;
  let key: RecordKey;
  let id: string;

  beforeEach(async () => {
    studio = await Studio.begin();
    key = await studio.recorded('service');
    id = streamId(studio.payer.actorId, 'subscription-1');
  });

  const open = async (changes: Partial<LedgerIntentBodies['stream.open']> = {}) =>
    studio.intent('stream.open', studio.payer, {
      ...key,
      stream_ref: 'subscription-1',
      currency: 'EUR',
      mode: 'permissive',
      starts_at: studio.now,
      window_s: WINDOW_S,
      ...changes,
    });
  const settle = async (window: number, amount: string, who = studio.payer) =>
    studio.intent('stream.settle', who, { stream_id: id, window, amount, usage: '12' });
  const stream = () => documentOf(studio, 'stream', [id]);

  it('settle window by window, with a running total', async () => {
    resultOf(await open());
    studio.wait(3 * WINDOW_S);
    resultOf(await settle(0, '1000'));
    resultOf(await settle(1, '0'));
    resultOf(await settle(2, '500'));
    expect(stream()).toMatchObject({ next_window: 3, total: '1500', status: 'open' });
    expect(documentOf(studio, 'stream-window', [id, '000000001'])).not.toHaveProperty('settlement_id');
    const last = documentOf(studio, 'stream-window', [id, '000000002']);
    expect(last).toMatchObject({ cumulative: '1500', amount: '500', usage: '12' });
    expect(last.settlement_id).toBe(settlementId(studio.payer.actorId, `stream:${id}:2`));
    const settlement = documentOf(studio, 'settlement', [last.settlement_id ?? '']);
    expect(settlement.stream_id).toBe(id);
    expect(creditOf(settlement, studio.owner.actorId).amount).toBe(500n);
  });

  it('take windows in order, after their end, once', async () => {
    resultOf(await open());
    expect(refusalCode(await settle(0, '1'))).toBe('WINDOW_INVALID');
    studio.wait(2 * WINDOW_S);
    expect(refusalCode(await settle(1, '1'))).toBe('WINDOW_INVALID');
    resultOf(await settle(0, '1'));
    expect(refusalCode(await settle(0, '1'))).toBe('WINDOW_INVALID');
  });

  it('pass the same gate as a sale', async () => {
    resultOf(await open());
    studio.wait(WINDOW_S);
    const { scheme_ref } = documentOf(studio, 'record', [key.model_ref, key.content_hash]);
    resultOf(await studio.intent('scheme.mark', studio.owner, { scheme_ref, status: 'revoked' }));
    expect(refusalCode(await settle(0, '1'))).toBe('SCHEME_REVOKED');
    expect(stream().next_window).toBe(0);
    expect(refusalCode(await settle(0, '1e3'))).toBe('AMOUNT_INVALID');
  });

  it('need the reports that the policy asks for, window by window', async () => {
    const verifier = partyNamed('verifier');
    await studio.register(verifier);
    const provenance = { verifiers: [verifier.actorId] };
    await studio.govern({ ...SAMPLE_PARAMETERS, version: 2, provenance });
    const terms = termsFor(studio.owner.actorId, { verifications_required: 1 });
    resultOf(await studio.policy(key, studio.owner, terms));
    resultOf(await open());
    studio.wait(WINDOW_S);
    expect(refusalCode(await settle(0, '1'))).toBe('VERIFICATION_REQUIRED');
    const { scheme_ref } = documentOf(studio, 'record', [key.model_ref, key.content_hash]);
    const found = { commitment_verified: true, signature_verified: true, binding_verified: true };
    const statement = buildVerificationStatement({
      ...key,
      ...found,
      network: SAMPLE_NETWORK,
      scheme_ref,
      status: 'VALID',
      detection_verified: true,
      verifier: verifier.actorId,
      verified_at: studio.now,
    });
    const report = await signPayload(IN_TOTO_PAYLOAD_TYPE, utf8(statement), verifier.signer);
    const window = { stream_id: id, window: 0, amount: '1', reports: [report] };
    resultOf(await studio.intent('stream.settle', studio.payer, window));
  });

  it('are their payer’s', async () => {
    resultOf(await open());
    studio.wait(WINDOW_S);
    expect(refusalCode(await settle(0, '1', studio.owner))).toBe('FORBIDDEN');
    expect(refusalCode(await studio.intent('stream.close', studio.owner, { stream_id: id }))).toBe(
      'FORBIDDEN',
    );
  });

  it('open once for a reference, on a record', async () => {
    expect(refusalCode(await open({ content_hash: contentNamed('nothing') }))).toBe('NOT_FOUND');
    expect(refusalCode(await settle(0, '1'))).toBe('STREAM_UNKNOWN');
    resultOf(await open());
    expect(refusalCode(await open())).toBe('STREAM_EXISTS');
  });

  it('end when they are closed', async () => {
    resultOf(await open());
    studio.wait(WINDOW_S);
    resultOf(await studio.intent('stream.close', studio.payer, { stream_id: id }));
    expect(refusalCode(await settle(0, '1'))).toBe('STREAM_CLOSED');
    expect(refusalCode(await studio.intent('stream.close', studio.payer, { stream_id: id }))).toBe(
      'STREAM_CLOSED',
    );
  });
});
