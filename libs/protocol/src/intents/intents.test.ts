import fc from 'fast-check';
import { toBase64, utf8 } from '../encoding/bytes';
import { canonicalize } from '../encoding/canonical-json';
import { parseStrictJson } from '../encoding/strict-json';
import { actorId, keyId } from '../identifiers';
import { MAX_INTENT_BYTES } from '../limits';
import { codeOf, codeOfAsync, subjectOf } from '../test-support/expect-code';
import { NETWORK } from '../test-support/parameters';
import { register, scene, TERMS } from '../test-support/scene';
import { ed25519Signer, es256Signer } from '../test-support/software-signer';
import { person, World } from '../test-support/world';
import {
  type Envelope,
  intentId,
  makeEnvelope,
  parseEnvelope,
  serializeEnvelope,
  verifyEnvelope,
} from './envelope';
import { buildIntent, expectIntentType, type IntentFields, openIntent } from './intent';
import { encodePae, INTENT_PAYLOAD_TYPE } from './pae';
import { ACTS, INTENT_TYPES } from './registry';
import { countersign, signIntent } from './sign';

const ann = person('ann');
const FIELDS: IntentFields<'actor.register'> = {
  network: NETWORK,
  type: 'actor.register',
  actor: ann.id,
  nonce: '0'.repeat(32),
  expires_at: 1_800_000_600,
  body: { alg: 'ed25519', public_key: ann.signer.publicKey },
};

/** An envelope around any payload text, signed by ann. */
async function envelopeOf(payload: string): Promise<Envelope> {
  const pae = encodePae(INTENT_PAYLOAD_TYPE, utf8(payload));
  const signature = await ann.signer.sign(pae);
  return makeEnvelope(INTENT_PAYLOAD_TYPE, utf8(payload), [
    { keyid: keyId('ed25519', ann.signer.publicKey), signature },
  ]);
}

describe('encodePae', () => {
  it('is the DSSE example', () => {
    expect(Buffer.from(encodePae('http://example.com/HelloWorld', utf8('hello world'))).toString()).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
  });
});

describe('an intent', () => {
  it('is built, signed, opened and admitted', async () => {
    const envelope = await signIntent(buildIntent(FIELDS), ann.signer);
    const opened = openIntent(serializeEnvelope(envelope));
    expect(opened.intent).toEqual({ v: 1, ...FIELDS });
    expect(opened.intentId).toBe(intentId(envelope));
    expect(new World().relay(envelope).result).toEqual({ id: ann.id, type: 'actor', state: 'active' });
  });

  it('is refused after any change of one byte', async () => {
    const text = serializeEnvelope(await signIntent(buildIntent(FIELDS), ann.signer));
    const bytes = utf8(text);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: bytes.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, xor) => {
          const changed = Uint8Array.from(bytes);
          changed[at] = changed[at]! ^ xor;
          expect(codeOf(() => new World().relay(Buffer.from(changed).toString('latin1')))).not.toBe('none');
          expect(
            codeOf(() => {
              const opened = openIntent(changed);
              verifyEnvelope(opened.envelope, [
                {
                  keyid: keyId('ed25519', ann.signer.publicKey),
                  alg: 'ed25519',
                  publicKey: ann.signer.publicKey,
                },
              ]);
            }),
          ).not.toBe('none');
        },
      ),
      { numRuns: 600 },
    );
  });

  it('is refused when cut or extended', async () => {
    const text = serializeEnvelope(await signIntent(buildIntent(FIELDS), ann.signer));
    for (let length = 0; length < text.length; length += 7) {
      expect(codeOf(() => openIntent(text.slice(0, length)))).not.toBe('none');
    }
    expect(codeOf(() => openIntent(`${text}x`))).toBe('JSON_MALFORMED');
  });

  it.each([
    ['whitespace', (text: string) => text.replace(',', ', ')],
    ['another order', (text: string) => text.replace(/^\{("actor":"[^"]*"),(.*)\}$/, '{$2,$1}')],
    ['a longer escape', (text: string) => text.replace('actor.register', '\\u0061ctor.register')],
    ['another form of a number', (text: string) => text.replace('1800000600', '18000006e2')],
  ])('is refused when its payload is not canonical: %s', async (_name, change) => {
    const payload = change(Buffer.from(buildIntent(FIELDS)).toString());
    const envelope = await envelopeOf(payload);
    expect(codeOf(() => openIntent(envelope))).toBe('INTENT_NOT_CANONICAL');
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ['unknown member', { extra: 1 }, 'SCHEMA_VIOLATION', '/extra'],
    ['another version', { v: 2 }, 'SCHEMA_VIOLATION', '/v'],
    ['unknown type', { type: 'actor.destroy' }, 'INTENT_TYPE_MISMATCH', '/type'],
    ['type of every object', { type: 'constructor' }, 'INTENT_TYPE_MISMATCH', '/type'],
    ['upper-case network', { network: NETWORK.toUpperCase() }, 'SCHEMA_VIOLATION', '/network'],
    ['short nonce', { nonce: 'ab' }, 'SCHEMA_VIOLATION', '/nonce'],
    ['fractional expiry', { expires_at: 1.5 }, 'SCHEMA_VIOLATION', '/expires_at'],
    ['negative expiry', { expires_at: -1 }, 'SCHEMA_VIOLATION', '/expires_at'],
    ['body that is a list', { body: [] }, 'SCHEMA_VIOLATION', '/body'],
    ['unknown member in the body', { body: { ...FIELDS.body, extra: 1 } }, 'SCHEMA_VIOLATION', '/body/extra'],
    ['missing member in the body', { body: { alg: 'ed25519' } }, 'SCHEMA_VIOLATION', '/body/public_key'],
    ['unknown algorithm', { body: { ...FIELDS.body, alg: 'rsa' } }, 'SCHEMA_VIOLATION', '/body/alg'],
    ['name with a look-alike', { body: { ...FIELDS.body, name: 'Аnn' } }, 'SCHEMA_VIOLATION', '/body/name'],
  ])('is refused with the pointer of what is wrong: %s', async (_name, change, code, pointer) => {
    const envelope = await envelopeOf(canonicalize({ v: 1, ...FIELDS, ...change }));
    expect(codeOf(() => openIntent(envelope))).toBe(code);
    expect(subjectOf(() => openIntent(envelope))).toBe(pointer);
  });

  it('is not built in a form that would be refused', () => {
    expect(codeOf(() => buildIntent({ ...FIELDS, nonce: 'x' }))).toBe('SCHEMA_VIOLATION');
    expect(codeOf(() => buildIntent({ ...FIELDS, body: { alg: 'ed25519', public_key: 'x' } }))).toBe(
      'SCHEMA_VIOLATION',
    );
  });

  it('is bounded in size', async () => {
    const envelope = await envelopeOf(canonicalize({ ...FIELDS, v: 1, pad: 'x'.repeat(MAX_INTENT_BYTES) }));
    expect(codeOf(() => openIntent(envelope))).toBe('TOO_LARGE');
    expect(codeOf(() => openIntent('x'.repeat(400_000)))).toBe('TOO_LARGE');
  });

  it('of one type does not pass for another', async () => {
    const opened = openIntent(await signIntent(buildIntent(FIELDS), ann.signer));
    expect(codeOf(() => expectIntentType(opened, 'actor.rotate'))).toBe('INTENT_TYPE_MISMATCH');
    expect(expectIntentType(opened, 'actor.register')).toBe(opened);
  });
});

describe('an envelope', () => {
  const good = { keyid: 'a'.repeat(64), sig: toBase64(new Uint8Array(64)) };
  const base = { payload: 'YQ==', payloadType: INTENT_PAYLOAD_TYPE, signatures: [good] };

  it.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['a member missing', { payload: 'YQ==', payloadType: 'x' }],
    ['a member more', { ...base, extra: 1 }],
    ['a renamed member', { payload: 'YQ==', payloadType: 'x', signature: [good] }],
    ['payload not base64', { ...base, payload: 'Y' }],
    ['payload with spare bits', { ...base, payload: 'YR==' }],
    ['payload base64url', { ...base, payload: '_w==' }],
    ['payload a number', { ...base, payload: 1 }],
    ['payloadType a number', { ...base, payloadType: 1 }],
    ['no signature', { ...base, signatures: [] }],
    [
      'five signatures',
      { ...base, signatures: ['1', '2', '3', '4', '5'].map((d) => ({ ...good, keyid: d.repeat(64) })) },
    ],
    ['two of one key', { ...base, signatures: [good, good] }],
    ['a signature that is a text', { ...base, signatures: ['x'] }],
    ['a signature with a member more', { ...base, signatures: [{ ...good, cert: 'x' }] }],
    ['a keyid in upper case', { ...base, signatures: [{ ...good, keyid: 'A'.repeat(64) }] }],
    ['a short signature', { ...base, signatures: [{ ...good, sig: 'YQ==' }] }],
  ])('is refused with %s', (_name, value) => {
    expect(codeOf(() => parseEnvelope(JSON.stringify(value)))).toBe('ENVELOPE_MALFORMED');
  });

  it('with a duplicate key is refused by the parser', () => {
    expect(codeOf(() => parseEnvelope('{"payload":"YQ==","payload":"YQ=="}'))).toBe('JSON_DUPLICATE_KEY');
  });

  it('of another payload type is no intent', () => {
    expect(codeOf(() => openIntent(JSON.stringify({ ...base, payloadType: 'text/plain' })))).toBe(
      'ENVELOPE_MALFORMED',
    );
  });

  it('must be signed by exactly the named keys', async () => {
    const key = {
      keyid: keyId('ed25519', ann.signer.publicKey),
      alg: 'ed25519' as const,
      publicKey: ann.signer.publicKey,
    };
    const bob = ed25519Signer('bob');
    const bobKey = {
      keyid: keyId('ed25519', bob.publicKey),
      alg: 'ed25519' as const,
      publicKey: bob.publicKey,
    };
    const envelope = await signIntent(buildIntent(FIELDS), ann.signer);
    const both = await countersign(envelope, bob);
    const code = (e: Envelope, keys: readonly (typeof key)[]): string =>
      codeOf(() => {
        verifyEnvelope(e, keys);
      });
    expect(code(envelope, [key])).toBe('none');
    expect(code(both, [key, bobKey])).toBe('none');
    expect(code(both, [bobKey, key])).toBe('none');
    expect(code(both, [key])).toBe('KEY_NOT_CURRENT');
    expect(code(envelope, [key, bobKey])).toBe('SIGNATURE_MISSING');
    expect(code(envelope, [bobKey])).toBe('KEY_NOT_CURRENT');
    expect(code(envelope, [])).toBe('KEY_NOT_CURRENT');
    expect(await codeOfAsync(async () => countersign(envelope, ann.signer))).toBe('ENVELOPE_MALFORMED');
  });

  it('is signed with es256 in low form, whatever the HSM returns', async () => {
    const signer = es256Signer('hsm');
    const fields = {
      ...FIELDS,
      actor: actorId('es256', signer.publicKey),
      body: { alg: 'es256' as const, public_key: signer.publicKey },
    };
    for (let round = 0; round < 8; round += 1) {
      const envelope = await signIntent(buildIntent({ ...fields, nonce: String(round).repeat(32) }), signer);
      expect(new World().relay(envelope).result.type).toBe('actor');
    }
  });

  it('is not made by a signer whose key is another', async () => {
    const liar = { ...ann.signer, publicKey: ed25519Signer('bob').publicKey };
    expect(await codeOfAsync(async () => signIntent(buildIntent(FIELDS), liar))).toBe('SIGNATURE_INVALID');
    const short = { ...ann.signer, sign: (): Uint8Array => new Uint8Array(63) };
    expect(await codeOfAsync(async () => signIntent(buildIntent(FIELDS), short))).toBe('SIGNATURE_INVALID');
  });
});

describe('admission', () => {
  const license = { name: 'Terms', terms: TERMS };

  it('refuses before the operators have set parameters', async () => {
    const envelope = await new World().sign(ann, 'license.define', license);
    expect(codeOf(() => new World(false).relay(envelope))).toBe('PARAMETERS_MISSING');
  });

  it('refuses an intent for another network', async () => {
    const envelope = await signIntent(buildIntent({ ...FIELDS, network: 'f'.repeat(64) }), ann.signer);
    expect(codeOf(() => new World().relay(envelope))).toBe('INTENT_WRONG_NETWORK');
  });

  it('refuses an intent at its expiry and beyond, and one that lives too long', async () => {
    const world = new World();
    const expiring = async (at: number): Promise<Envelope> =>
      signIntent(buildIntent({ ...FIELDS, expires_at: at }), ann.signer);
    expect(codeOf(() => world.relay('{}'))).toBe('ENVELOPE_MALFORMED');
    const now = await expiring(world.now);
    expect(codeOf(() => world.relay(now))).toBe('INTENT_EXPIRED');
    const late = await expiring(world.now + 86_401);
    expect(codeOf(() => world.relay(late))).toBe('INTENT_LIFETIME_TOO_LONG');
    const good = await expiring(world.now + 86_400);
    expect(codeOf(() => world.relay(good))).toBe('none');
  });

  it('refuses a replay, also with another body under the same nonce', async () => {
    const { world, maker } = await scene();
    const envelope = await world.sign(maker, 'license.define', {
      ...license,
      terms: { ...TERMS, obligations: [] },
    });
    world.relay(envelope);
    const before = world.snapshot();
    expect(codeOf(() => world.relay(envelope))).toBe('INTENT_REPLAYED');
    expect(subjectOf(() => world.relay(envelope))).toBe(intentId(envelope));
    const payload = parseStrictJson(Buffer.from(envelope.payload, 'base64')) as { body: { name: string } };
    payload.body.name = 'Other';
    const other = await signIntent(utf8(canonicalize(payload)), maker.signer);
    expect(codeOf(() => world.relay(other))).toBe('INTENT_REPLAYED');
    expect(world.snapshot()).toBe(before);
  });

  it('refuses actors that are not registered, and registering twice', async () => {
    const world = new World();
    expect(await codeOfAsync(() => world.submit(ann, 'license.define', license))).toBe('ACTOR_UNKNOWN');
    await register(world, ann);
    expect(await codeOfAsync(() => register(world, ann))).toBe('ACTOR_EXISTS');
  });

  it('refuses a registration under an id that the key does not give', async () => {
    const { world, eve, maker } = await scene();
    const thief = { id: maker.id, signer: ed25519Signer('thief') };
    expect(await codeOfAsync(() => register(world, thief))).toBe('KEY_INVALID');
    const weak = { alg: 'ed25519' as const, public_key: `01${'00'.repeat(31)}` };
    const id = actorId(weak.alg, weak.public_key);
    expect(await codeOfAsync(() => world.submit({ id, signer: eve.signer }, 'actor.register', weak))).toBe(
      'KEY_INVALID',
    );
  });

  it('refuses another actor’s signature', async () => {
    const { world, maker, eve } = await scene();
    expect(
      await codeOfAsync(() => world.submit({ id: maker.id, signer: eve.signer }, 'license.define', license)),
    ).toBe('KEY_NOT_CURRENT');
  });

  it('rotates with both signatures only, and the old key is dead at once', async () => {
    const { world, maker, eve } = await scene();
    const fresh = ed25519Signer('fresh');
    const body = { alg: fresh.alg, public_key: fresh.publicKey, reason: 'compromise' as const };
    expect(await codeOfAsync(() => world.submit(maker, 'actor.rotate', body))).toBe('SIGNATURE_MISSING');
    expect(await codeOfAsync(() => world.submit(maker, 'actor.rotate', body, [eve.signer]))).toBe(
      'KEY_NOT_CURRENT',
    );
    expect(await codeOfAsync(() => world.submit({ ...maker, signer: fresh }, 'actor.rotate', body))).toBe(
      'SIGNATURE_MISSING',
    );
    const same = { ...body, public_key: maker.signer.publicKey };
    expect(await codeOfAsync(() => world.submit(maker, 'actor.rotate', same))).toBe('KEY_INVALID');
    await world.submit(maker, 'actor.rotate', body, [fresh]);
    expect(world.must('actor', [maker.id]).keys.map(({ version, status }) => [version, status])).toEqual([
      [1, 'compromised'],
      [2, 'current'],
    ]);
    expect(await codeOfAsync(() => world.submit(maker, 'license.define', license))).toBe('KEY_NOT_CURRENT');
    const renewed = { id: maker.id, signer: fresh };
    await world.submit(renewed, 'license.define', { ...license, terms: { ...TERMS, obligations: [] } });
    const back = { alg: maker.signer.alg, public_key: maker.signer.publicKey, reason: 'rotation' as const };
    expect(await codeOfAsync(() => world.submit(renewed, 'actor.rotate', back, [maker.signer]))).toBe(
      'KEY_INVALID',
    );
  });

  it('keeps the number of an actor’s keys bounded', async () => {
    const { world, maker } = await scene();
    let who = maker;
    for (let version = 2; version <= 64; version += 1) {
      const fresh = ed25519Signer(`key ${version}`);
      const body = { alg: fresh.alg, public_key: fresh.publicKey, reason: 'rotation' as const };
      await world.submit(who, 'actor.rotate', body, [fresh]);
      who = { id: maker.id, signer: fresh };
    }
    const last = ed25519Signer('key 65');
    const body = { alg: last.alg, public_key: last.publicKey, reason: 'rotation' as const };
    expect(await codeOfAsync(() => world.submit(who, 'actor.rotate', body, [last]))).toBe('KEYS_EXHAUSTED');
  });
});

describe('the tables', () => {
  it('name each chaincode function once', () => {
    const functions = [...Object.values(INTENT_TYPES), ...Object.values(ACTS)].map(
      (e) => `${e.contract}:${e.function}`,
    );
    expect(new Set(functions).size).toBe(functions.length);
  });
});
