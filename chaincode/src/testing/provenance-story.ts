import { fromHex, recordAttestation, settlementId, sharesId, streamId } from '@maker-registry/protocol';
import { attestationKeyNamed } from './attestation-key';
import { resultOf } from './expectations';
import { callerOf } from './scenario';
import { contentNamed, termsFor, type Studio } from './studio';

const WINDOW_S = 3_600;

/** Models, schemes and records live through everything that can happen to them. */
async function publish(studio: Studio): Promise<string> {
  const ref = await studio.model();
  const schemeRef = await studio.scheme(ref);
  const late = studio.claim(ref, 'late');
  resultOf(
    await studio.record(studio.owner, studio.claim(ref, 'Ünïcode \u{1F3A8}'), studio.claim(ref, 'two')),
  );
  studio.wait(10);
  const next = attestationKeyNamed('story key', 'bip340');
  const rotation = { ...studio.keyBody(ref, next), model_ref: ref, reason: 'rotation' as const };
  await studio.intent('model.rotate', studio.owner, rotation);
  const cosignature = next.signDigest(fromHex(recordAttestation(late).digest));
  await studio.intent('record.backfill', studio.owner, { record: late, key_version: 1, cosignature });
  await studio.intent('model.update', studio.owner, { model_ref: ref, model_version: '2.0.0' });
  await studio.intent('model.disable', studio.owner, { model_ref: ref });
  await studio.intent('model.enable', studio.owner, { model_ref: ref });
  await studio.intent('scheme.mark', studio.owner, { scheme_ref: schemeRef, status: 'deprecated' });
  await studio.intent('model.compromise', studio.owner, { model_ref: ref, key_version: 2, from: studio.now });
  await studio.intent('model.freeze', studio.owner, { model_ref: ref });
  return ref;
}

/** A sale over three makers, with a dispute, an unknown payee and a parent that turns up late. */
async function sell(studio: Studio): Promise<string> {
  const [one, two, three] = studio.makers;
  const root = await studio.recorded('root', { owner: two, parent: contentNamed('late root') });
  const leaf = await studio.recorded('leaf', { owner: three, parent: root.content_hash });
  const unknown = `pending:${'ab'.repeat(32)}`;
  const split = { beneficiaries: [two.actorId, one.actorId, unknown], shares_bps: [3_333, 3_333, 3_334] };
  await studio.policy(root, two, termsFor(two.actorId, split));
  await studio.policy(leaf, three);
  await studio.act('policy.dispute', studio.operator, root);
  await studio.settle(leaf, { amount: '123456789012345678901234567' });
  await studio.act('policy.settle-dispute', studio.operator, root);
  const id = settlementId(studio.payer.actorId, 'invoice-1');
  const release = { settlement_id: id, layer: 1, reason: 'disputed' as const };
  await studio.intent('suspense.release', studio.payer, release);
  const assignments = [{ beneficiary: unknown, to: one.actorId }];
  await studio.intent('suspense.release', two, { ...release, reason: 'payee-unknown', assignments });
  await studio.recorded('late root', { owner: one, modelId: 'acme/late' });
  await studio.intent('suspense.release', one, { ...release, layer: 0, reason: 'lineage-incomplete' });
  await studio.intent('policy.mark', three, { ...leaf, status: 'deprecated' });
  await studio.intent('policy.freeze', three, leaf);
  await studio.intent('vault.collect', three, { currency: 'EUR', credits: [id] });
  return id;
}

/** Streams, shares and payouts. */
async function earn(studio: Studio): Promise<void> {
  const [, , maker] = studio.makers;
  const shares = sharesId(maker.actorId, 'Story shares');
  const key = await studio.recorded('series', { owner: maker });
  await studio.intent('shares.issue', maker, { name: 'Story shares', supply: '7' });
  await studio.policy(key, maker, termsFor(shares));
  const opening = { stream_ref: 'story', currency: 'JPY', mode: 'strict' as const };
  const window = { starts_at: studio.now, window_s: WINDOW_S };
  await studio.intent('stream.open', studio.payer, { ...key, ...opening, ...window });
  const stream = streamId(studio.payer.actorId, 'story');
  studio.wait(WINDOW_S);
  await studio.intent('stream.settle', studio.payer, { stream_id: stream, window: 0, amount: '1001' });
  await studio.intent('stream.close', studio.payer, { stream_id: stream });
  const source = settlementId(studio.payer.actorId, `stream:${stream}:0`);
  await studio.intent('shares.transfer', maker, { shares_id: shares, to: studio.payer.actorId, units: '3' });
  const collection = { shares_id: shares, currency: 'JPY', credits: [source] };
  await studio.intent('shares.collect', studio.payer, collection);
  const claim = await studio.intent('shares.claim', maker, { shares_id: shares, currency: 'JPY' });
  const order = {
    currency: 'JPY',
    credits: [resultOf(claim).id],
    amount: '500',
    instruction_commitment: 'cc'.repeat(32),
  };
  const { id } = resultOf(await studio.intent('vault.withdraw', maker, order));
  const report = { withdrawal_id: id, status: 'returned' as const, evidence_digest: 'ee'.repeat(32) };
  await studio.act('payout.report', callerOf('Op2MSP', 'operator-admin'), report);
}

/** What makers of models and their payers do: every function of provenance and royalties with success, and a refusal. */
export async function publishAndEarn(studio: Studio): Promise<void> {
  const ref = await publish(studio);
  await sell(studio);
  await earn(studio);
  await studio.record(studio.owner, studio.claim(ref, 'too late'));
}
