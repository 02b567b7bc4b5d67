import { contentKeyCommitment, type LedgerIntentBodies } from '@maker-registry/protocol';
import type { ReplayTransaction } from '../determinism/replay';
import { resultOf } from './expectations';
import { signerNamed } from './party';
import { SAMPLE_PARAMETERS } from './sample-parameters';
import { callerOf } from './scenario';
import { publishAndEarn } from './provenance-story';
import { Studio } from './studio';
import { OPEN_TERMS, REGULATOR, REVIEWERS, termsWith, type World } from './world';

const WAITING_S = 7_200;
const DIGEST = 'dd'.repeat(32);

/** A maker registers, is reviewed, encrypts; the artifact has a child of higher risk. */
async function approve(world: World): Promise<{ artifactId: string; licenseId: string }> {
  const licenseId = await world.license(termsWith({ max_transfers: 9 }));
  const artifactId = await world.artifact(licenseId, 'high');
  const decision = { artifact_id: artifactId, decision: 'approve' as const };
  for (const reviewer of REVIEWERS.slice(0, 2)) await world.act('review.decide', reviewer, decision);
  const parents = [{ artifact_id: artifactId, relation: 'fine-tune' as const }];
  const risk = {
    class: 'critical' as const,
    domains: ['ncii-deepfake'],
    declaration: 'Größer, schärfer – \u{1F512}.',
  };
  const child = world.registration(licenseId, {
    name: 'acme/child',
    version: '2.0.0-rc.1+build.7',
    parents,
    risk,
  });
  const { id } = resultOf(await world.intent('artifact.register', world.maker, child));
  await world.act('review.decide', REVIEWERS[2] ?? REGULATOR, {
    artifact_id: id,
    decision: 'reject',
    reason: 'Unsafe.',
  });
  const key = (byte: number): LedgerIntentBodies['key.commit'] => ({
    artifact_id: artifactId,
    commitment: contentKeyCommitment(artifactId, new Uint8Array(32).fill(byte)),
    ciphertext_digest: DIGEST,
    format: 'mrg1',
  });
  await world.intent('key.commit', world.maker, key(1));
  await world.intent('key.rotate', world.maker, key(2));
  const leak = { artifact_id: artifactId, version: 1, reason_code: 'key-compromise' };
  await world.intent('key.revoke', world.maker, leak);
  return { artifactId, licenseId };
}

/** A right is sold, given, bequeathed and claimed. */
async function trade(world: World, artifactId: string, licenseId: string): Promise<string> {
  const grant = world.grant(artifactId, licenseId, { limits: { max_executions: 1_000 }, device_id: DIGEST });
  const { id: rightId } = resultOf(await world.intent('right.issue', world.maker, grant));
  const price = { amount: '123456789012345678901234567', currency: 'EUR' };
  const sale = { right_id: rightId, buyer: world.buyer.actorId, price };
  await world.intent('right.sell', world.holder, sale, { countersigners: [world.buyer.signer] });
  await world.intent('right.gift', world.buyer, { right_id: rightId, to: world.holder.actorId });
  await world.intent('right.transfer', world.holder, { right_id: rightId, to: world.buyer.actorId });
  const bequest = { right_id: rightId, beneficiary: world.holder.actorId, waiting_period_s: WAITING_S };
  await world.intent('right.bequeath', world.buyer, bequest);
  await world.intent('right.claim', world.holder, { right_id: rightId });
  await world.intent('right.claim', world.holder, { right_id: rightId });
  world.wait(WAITING_S);
  await world.intent('right.claim', world.holder, { right_id: rightId });
  return rightId;
}

/** Everything is held, lifted and revoked, by makers and by organizations. */
async function restrict(world: World, artifactId: string, rightId: string): Promise<void> {
  const reason = { right_id: rightId, reason_code: 'maker-request' };
  for (const type of ['right.suspend', 'right.resume', 'right.revoke'] as const) {
    await world.intent(type, world.maker, reason);
  }
  const downgrade = { artifact_id: artifactId, kind: 'downgrade' as const, reason_code: 'maker-request' };
  await world.intent('artifact.revoke', world.maker, { ...downgrade, limits: { max_executions: 10 } });
  await world.intent('artifact.release', world.maker, { artifact_id: artifactId });
  const subject = { subject_type: 'artifact' as const, subject_id: artifactId, reason_code: 'abuse' };
  const scope = { actions: ['receive' as const], domains: ['ncii-deepfake', 'exploit-generation'] };
  const ban = {
    subject_type: 'actor' as const,
    subject_id: world.buyer.actorId,
    reason_code: 'abuse',
    scope,
  };
  const entries = [
    { ...subject, kind: 'hold' as const },
    { ...ban, kind: 'narrow' as const, note: 'Repeat offender.' },
  ];
  const issued = resultOf(await world.act('revocation.issue', callerOf('Op2MSP', 'ca-admin'), { entries }));
  await world.act('revocation.release', REGULATOR, { number: issued.first_number ?? 0 });
  await world.act('revocation.issue', REGULATOR, { entries: [{ ...subject, kind: 'revoke' as const }] });
}

/** Certificates are revoked, held and lifted; a list that overlaps and a hold of what is final. */
async function revokeCertificates(world: World): Promise<void> {
  const admin = callerOf('Op1MSP', 'ca-admin');
  const aki = 'a1'.repeat(32);
  const held = { aki, serial: '0f', reason: 'certificateHold' as const };
  const lost = {
    aki,
    serial: 'f00d',
    reason: 'keyCompromise' as const,
    invalidity_date: world.now - WAITING_S,
  };
  await world.act('certificate.revoke', admin, { entries: [lost, held], ticket: 'INC-1', note: 'Größer.' });
  await world.act('certificate.revoke', admin, { entries: [lost, { aki, serial: '01' }] });
  await world.act('certificate.release', admin, { entries: [{ aki, serial: '0f' }] });
  await world.act('certificate.revoke', admin, { entries: [{ ...lost, reason: 'certificateHold' }] });
}

/** Refusals: their text, too, must be the same everywhere. */
async function fail(world: World): Promise<void> {
  await world.register(world.maker);
  await world.intent(
    'license.define',
    world.maker,
    { name: 'Terms', terms: OPEN_TERMS },
    { expires_at: world.now },
  );
  await world.call('actors:Register', ['{"payload":']);
  await world.call('actors:Nothing', ['']);
  await world.act('parameters.propose', callerOf('Op9MSP', 'operator-admin'), {
    parameters: SAMPLE_PARAMETERS,
  });
}

/** A story that calls every function that writes, most of them with success: what determinism is measured on. */
export async function sampleStory(): Promise<readonly ReplayTransaction[]> {
  const world = await Studio.begin();
  const { artifactId, licenseId } = await approve(world);
  const rightId = await trade(world, artifactId, licenseId);
  await restrict(world, artifactId, rightId);
  await publishAndEarn(world);
  await revokeCertificates(world);
  const next = signerNamed('maker, second key');
  const rotation = { alg: next.alg, public_key: next.publicKey, reason: 'rotation' as const };
  await world.intent('actor.rotate', world.maker, rotation, { countersigners: [next] });
  await world.govern({ ...SAMPLE_PARAMETERS, version: 2 });
  await fail(world);
  return world.transactions;
}
