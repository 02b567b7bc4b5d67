import {
  type Actor,
  type ErrorCode,
  isRegistryError,
  makeEnvelope,
  payloadBytes,
  serializeEnvelope,
  verifyReports,
} from '@maker-registry/protocol';
import { signReport, verifyReport } from './report';
import { FIXTURE_CASES } from './testing/fixture-cases';
import { fixtureActor, fixtureActorId, fixtureKey, NETWORK, START } from './testing/fixture-world';
import { codeOf } from './testing/verifier-code';
import { VERIFIED_AT, verifyFixture } from './testing/verify-fixture';
import { type Verification } from './verification';

const VERIFIER = { actorId: fixtureActorId('verifier'), signer: fixtureKey('verifier') };
const ACTOR = fixtureActor('verifier');

async function verified(status: string, name: string): Promise<Verification> {
  const fixture = FIXTURE_CASES.find((candidate) => candidate.status === status && candidate.name === name);
  const { content, bundle, options } = fixture!;
  return await verifyFixture(content, JSON.stringify(bundle), options);
}

function refusal(act: () => unknown): ErrorCode | 'none' {
  try {
    act();
  } catch (error) {
    if (isRegistryError(error)) return error.code;
    throw error;
  }
  return 'none';
}

const retired = (until: number, changes: Partial<Actor['keys'][number]> = {}): Actor => ({
  ...ACTOR,
  keys: [{ ...ACTOR.keys[0]!, status: 'retired', until: { tx_id: NETWORK, at: until }, ...changes }],
});

describe('a signed report', () => {
  it('says what was found, to a reader and to a settlement', async () => {
    const result = await verified('VALID', 'exact');
    const envelope = await signReport(result, VERIFIER, 'Looked at in the archive.');
    const predicate = verifyReport(serializeEnvelope(envelope), ACTOR);
    expect(predicate).toEqual({
      network: NETWORK,
      model_ref: result.refs.model_ref,
      scheme_ref: result.refs.scheme_ref,
      content_hash: result.anchors.content_hash,
      status: 'VALID',
      commitment_verified: true,
      signature_verified: true,
      detection_verified: true,
      binding_verified: true,
      verifier: VERIFIER.actorId,
      verified_at: VERIFIED_AT,
      note: 'Looked at in the archive.',
    });
    const expected = {
      network: NETWORK,
      record: { ...result.anchors.record_key!, scheme_ref: result.refs.scheme_ref! },
      verifiers: [VERIFIER.actorId],
      at: VERIFIED_AT + 10,
      maxAgeS: 60,
    };
    expect(verifyReports([envelope], new Map([[ACTOR.actor_id, ACTOR]]), expected)).toEqual([ACTOR.actor_id]);
  });

  it('may say that a record does not hold', async () => {
    const envelope = await signReport(await verified('INVALID_SIG', 'claim-changed'), VERIFIER);
    expect(verifyReport(envelope, ACTOR)).toMatchObject({ status: 'INVALID_SIG', signature_verified: false });
  });

  it.each([
    ['NOT_FOUND', 'never-recorded'],
    ['NOT_FOUND', 'watermark-without-record'],
    ['UNSUPPORTED_SCHEMA_VERSION', 'version-2'],
  ])('cannot be made of %s, which names no record', async (status, name) => {
    expect(await codeOf(signReport(await verified(status, name), VERIFIER))).toBe('NOTHING_TO_REPORT');
  });

  it('is not made with a signer that has another key', async () => {
    const broken = { ...VERIFIER.signer, publicKey: fixtureKey('other').publicKey };
    const result = await verified('VALID', 'exact');
    await expect(signReport(result, { ...VERIFIER, signer: broken })).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
    });
  });

  it('still speaks under a key that was retired later, and not under one that was compromised', async () => {
    const envelope = await signReport(await verified('VALID', 'exact'), VERIFIER);
    expect(refusal(() => verifyReport(envelope, retired(VERIFIED_AT + 1_000)))).toBe('none');
    expect(refusal(() => verifyReport(envelope, retired(VERIFIED_AT - 1_000)))).toBe('KEY_NOT_CURRENT');
    const stolen = retired(VERIFIED_AT + 1_000, { status: 'compromised' });
    expect(refusal(() => verifyReport(envelope, stolen))).toBe('KEY_NOT_CURRENT');
    const later = retired(VERIFIED_AT + 9_000, { since: { tx_id: NETWORK, at: VERIFIED_AT + 1_000 } });
    expect(refusal(() => verifyReport(envelope, later))).toBe('KEY_NOT_CURRENT');
  });

  it('is refused when anything about it is another’s', async () => {
    const envelope = await signReport(await verified('VALID', 'exact'), VERIFIER);
    const text = serializeEnvelope(envelope);
    expect(refusal(() => verifyReport(envelope, fixtureActor('somebody')))).toBe('VERIFICATION_INVALID');
    const foreign = { ...fixtureActor('somebody'), actor_id: ACTOR.actor_id };
    expect(refusal(() => verifyReport(envelope, foreign))).toBe('KEY_NOT_CURRENT');
    const other = { ...envelope, payloadType: 'application/json' };
    expect(refusal(() => verifyReport(other, ACTOR))).toBe('VERIFICATION_INVALID');
    expect(refusal(() => verifyReport(`${text} ${text}`, ACTOR))).toBe('JSON_MALFORMED');
    expect(refusal(() => verifyReport(' '.repeat(70_000), ACTOR))).toBe('TOO_LARGE');
    expect(refusal(() => verifyReport('{}', ACTOR))).toBe('ENVELOPE_MALFORMED');
    expect(refusal(() => verifyReport('', ACTOR))).toBe('JSON_MALFORMED');
  });

  it.each([
    ['SIGNATURE_INVALID', '"status":"VALID"', '"status":"NOT_FOUND"'],
    ['SIGNATURE_INVALID', `"verified_at":${VERIFIED_AT}`, `"verified_at":${START + 100_001}`],
    ['VERIFICATION_INVALID', '"status":"VALID"', '"status":"GREAT"'],
    ['VERIFICATION_INVALID', '"status":"VALID"', '"score":1,"status":"VALID"'],
    ['VERIFICATION_INVALID', 'record:', 'recorded:'],
    ['VERIFICATION_INVALID', 'verification:v1', 'verification:v2'],
  ])('is refused with %s when its statement was changed from %s', async (code, from, to) => {
    const envelope = await signReport(await verified('VALID', 'exact'), VERIFIER);
    const statement = Buffer.from(payloadBytes(envelope)).toString();
    expect(statement).toContain(from);
    const changed = Buffer.from(statement.replace(from, to));
    const [signature] = envelope.signatures;
    const forged = makeEnvelope(envelope.payloadType, changed, [
      { keyid: signature!.keyid, signature: Buffer.from(signature!.sig, 'base64') },
    ]);
    expect(refusal(() => verifyReport(forged, ACTOR))).toBe(code);
  });
});
