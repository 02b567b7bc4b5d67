import { documentOf, refusalCode, refusalSubject, resultOf } from '../testing/expectations';
import { partyNamed, signerNamed } from '../testing/party';
import { SAMPLE_PARAMETERS } from '../testing/sample-parameters';
import { callerOf, Scenario } from '../testing/scenario';

/** One test fills a bound, signature by signature; a busy machine takes its time. */
jest.setTimeout(60_000);

describe('actors', () => {
  const maker = partyNamed('maker');
  const registration = { alg: maker.signer.alg, public_key: maker.signer.publicKey };
  let scenario: Scenario;

  beforeEach(async () => {
    scenario = new Scenario();
    await scenario.govern();
  });

  describe('Register', () => {
    it('writes the actor and the mark of the intent, nothing else', async () => {
      const outcome = await scenario.intent('actor.register', maker, { ...registration, name: 'A maker' });
      expect(resultOf(outcome)).toEqual({ id: maker.actorId, type: 'actor', state: 'active' });
      expect(outcome.writes.map(({ key }) => key.split('\u0000')[1])).toEqual(['actor', 'intent']);
      expect(documentOf(scenario, 'actor', [maker.actorId])).toMatchObject({
        actor_id: maker.actorId,
        name: 'A maker',
        status: 'active',
        keys: [{ version: 1, status: 'current', public_key: maker.signer.publicKey }],
      });
    });

    it('reads no key twice', async () => {
      const { reads } = await scenario.intent('actor.register', maker, registration);
      expect(new Set(reads).size).toBe(reads.length);
      expect(reads).toHaveLength(3);
    });

    it('takes an es256 key', async () => {
      const owner = partyNamed('owner', 'es256');
      const body = { alg: owner.signer.alg, public_key: owner.signer.publicKey };
      expect(refusalCode(await scenario.intent('actor.register', owner, body))).toBeUndefined();
    });

    it('refuses a replay, and marks it with the first intent', async () => {
      const envelope = await scenario.envelope('actor.register', maker, registration);
      resultOf(await scenario.call('actors:Register', [envelope]));
      const again = await scenario.call('actors:Register', [envelope], callerOf('Op2MSP', 'gateway'));
      expect(refusalCode(again)).toBe('INTENT_REPLAYED');
      expect(again.writes).toEqual([]);
    });

    it('refuses a second registration', async () => {
      await scenario.register(maker);
      expect(refusalCode(await scenario.intent('actor.register', maker, registration))).toBe('ACTOR_EXISTS');
    });

    it('refuses an id that does not follow from the key', async () => {
      const stranger = { ...partyNamed('stranger'), signer: maker.signer };
      expect(refusalCode(await scenario.intent('actor.register', stranger, registration))).toBe(
        'KEY_INVALID',
      );
    });

    it('refuses a key of small order', async () => {
      const body = { alg: 'ed25519' as const, public_key: '01'.padEnd(64, '0') };
      expect(refusalCode(await scenario.intent('actor.register', maker, body))).toBe('KEY_INVALID');
    });

    it('refuses a signature by another key', async () => {
      const outcome = await scenario.intent('actor.register', maker, registration, {
        signer: signerNamed('thief'),
      });
      expect(refusalCode(outcome)).toBe('KEY_NOT_CURRENT');
    });

    it('refuses a second, unasked signature', async () => {
      const outcome = await scenario.intent('actor.register', maker, registration, {
        countersigners: [signerNamed('stranger')],
      });
      expect(refusalCode(outcome)).toBe('KEY_NOT_CURRENT');
    });

    it('works only once the operators have set parameters', async () => {
      const ungoverned = new Scenario();
      const outcome = await ungoverned.intent('actor.register', maker, registration);
      expect(refusalCode(outcome)).toBe('PARAMETERS_MISSING');
    });
  });

  describe('the envelope of every intent', () => {
    it('is refused when it has expired', async () => {
      const outcome = await scenario.intent('actor.register', maker, registration, {
        expires_at: scenario.now,
      });
      expect(refusalCode(outcome)).toBe('INTENT_EXPIRED');
    });

    it('is refused when it would live too long', async () => {
      const tooLate = scenario.now + SAMPLE_PARAMETERS.intent_max_lifetime_s + 1;
      const outcome = await scenario.intent('actor.register', maker, registration, { expires_at: tooLate });
      expect(refusalCode(outcome)).toBe('INTENT_LIFETIME_TOO_LONG');
    });

    it('is refused on another network', async () => {
      const outcome = await scenario.intent('actor.register', maker, registration, {
        network: 'cd'.repeat(32),
      });
      expect(refusalCode(outcome)).toBe('INTENT_WRONG_NETWORK');
    });

    it('is refused by the function of another type', async () => {
      const outcome = await scenario.intent('actor.register', maker, registration, {
        function: 'actors:Rotate',
      });
      expect(refusalCode(outcome)).toBe('INTENT_TYPE_MISMATCH');
    });

    it('is refused when one byte of its payload is altered', async () => {
      const envelope = JSON.parse(await scenario.envelope('actor.register', maker, registration)) as {
        payload: string;
      };
      const altered = Buffer.from(envelope.payload, 'base64')
        .toString('utf8')
        .replace('"nonce":"0', '"nonce":"1');
      const forged = JSON.stringify({ ...envelope, payload: Buffer.from(altered).toString('base64') });
      expect(refusalCode(await scenario.call('actors:Register', [forged]))).toBe('SIGNATURE_INVALID');
    });

    it('is refused when its payload is not canonical', async () => {
      const envelope = JSON.parse(await scenario.envelope('actor.register', maker, registration)) as {
        payload: string;
      };
      const spaced = Buffer.from(envelope.payload, 'base64').toString('utf8').replace('{', '{ ');
      const forged = JSON.stringify({ ...envelope, payload: Buffer.from(spaced).toString('base64') });
      expect(refusalCode(await scenario.call('actors:Register', [forged]))).toBe('INTENT_NOT_CANONICAL');
    });

    it.each([
      ['', 'JSON_MALFORMED'],
      ['{', 'JSON_MALFORMED'],
      ['{"payload":"","payload":""}', 'JSON_DUPLICATE_KEY'],
      ['{"payload":"\\ud800"}', 'JSON_LONE_SURROGATE'],
      ['{"payload":9007199254740993}', 'JSON_NUMBER_OUT_OF_RANGE'],
      ['['.repeat(40) + ']'.repeat(40), 'JSON_TOO_DEEP'],
      ['{"payload":"","payloadType":"","signatures":[]}', 'ENVELOPE_MALFORMED'],
      ['[]', 'ENVELOPE_MALFORMED'],
    ])('is refused as %s', async (text, code) => {
      expect(refusalCode(await scenario.call('actors:Register', [text]))).toBe(code);
    });

    it('is refused when it is larger than the protocol permits', async () => {
      const outcome = await scenario.call('actors:Register', [`"${'a'.repeat(400_000)}"`]);
      expect(refusalCode(outcome)).toBe('TOO_LARGE');
    });

    it('is refused with an unknown field, by its pointer', async () => {
      const envelope = JSON.parse(await scenario.envelope('actor.register', maker, registration)) as {
        payload: string;
      };
      const extended = Buffer.from(envelope.payload, 'base64')
        .toString('utf8')
        .replace('{"alg"', '{"admin":true,"alg"');
      const forged = JSON.stringify({ ...envelope, payload: Buffer.from(extended).toString('base64') });
      const outcome = await scenario.call('actors:Register', [forged]);
      expect(refusalCode(outcome)).toBe('SCHEMA_VIOLATION');
      expect(refusalSubject(outcome)).toBe('/body/admin');
    });
  });

  describe('Rotate', () => {
    const next = signerNamed('maker, second key');
    const rotation = { alg: next.alg, public_key: next.publicKey, reason: 'compromise' as const };

    beforeEach(async () => {
      await scenario.register(maker);
    });

    it('makes the new key the current one and marks the old', async () => {
      resultOf(await scenario.intent('actor.rotate', maker, rotation, { countersigners: [next] }));
      expect(documentOf(scenario, 'actor', [maker.actorId]).keys).toMatchObject([
        { version: 1, status: 'compromised' },
        { version: 2, status: 'current', public_key: next.publicKey },
      ]);
    });

    it('refuses a rotation that the new key has not signed', async () => {
      expect(refusalCode(await scenario.intent('actor.rotate', maker, rotation))).toBe('SIGNATURE_MISSING');
    });

    it('refuses the old key afterwards', async () => {
      await scenario.intent('actor.rotate', maker, rotation, { countersigners: [next] });
      const third = signerNamed('maker, third key');
      const body = { alg: third.alg, public_key: third.publicKey, reason: 'rotation' as const };
      const outcome = await scenario.intent('actor.rotate', maker, body, { countersigners: [third] });
      expect(refusalCode(outcome)).toBe('KEY_NOT_CURRENT');
    });

    it('refuses to go back to an earlier key', async () => {
      await scenario.intent('actor.rotate', maker, rotation, { countersigners: [next] });
      const back = { alg: maker.signer.alg, public_key: maker.signer.publicKey, reason: 'rotation' as const };
      const outcome = await scenario.intent('actor.rotate', maker, back, {
        signer: next,
        countersigners: [maker.signer],
      });
      expect(refusalCode(outcome)).toBe('KEY_INVALID');
    });

    it('takes at most 64 keys', async () => {
      let signer = maker.signer;
      const rotate = async (index: number) => {
        const fresh = signerNamed(`maker, key ${index}`);
        const body = { alg: fresh.alg, public_key: fresh.publicKey, reason: 'rotation' as const };
        const outcome = await scenario.intent('actor.rotate', maker, body, {
          signer,
          countersigners: [fresh],
        });
        signer = fresh;
        return outcome;
      };
      for (let index = 2; index <= 64; index += 1) resultOf(await rotate(index));
      expect(refusalCode(await rotate(65))).toBe('KEYS_EXHAUSTED');
    });

    it('refuses an actor that is not registered', async () => {
      const outcome = await scenario.intent('actor.rotate', partyNamed('nobody'), rotation, {
        countersigners: [next],
      });
      expect(refusalCode(outcome)).toBe('ACTOR_UNKNOWN');
    });
  });

  describe('Get', () => {
    it('returns the document as it stands', async () => {
      await scenario.register(maker);
      const { result } = await scenario.call('actors:Get', [maker.actorId]);
      expect(JSON.parse(result ?? '')).toEqual(documentOf(scenario, 'actor', [maker.actorId]));
    });

    it.each([
      ['00'.repeat(32), 'ACTOR_UNKNOWN'],
      ['00', 'ID_MALFORMED'],
      ['AB'.repeat(32), 'ID_MALFORMED'],
      ['\u0000', 'ID_MALFORMED'],
    ])('refuses %j', async (id, code) => {
      expect(refusalCode(await scenario.call('actors:Get', [id]))).toBe(code);
    });
  });
});
