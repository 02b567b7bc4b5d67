import { createPrivateKey, generateKeyPairSync, sign as cryptoSign } from 'node:crypto';
import {
  actorId,
  buildIntent,
  countersign,
  type IntentBodies,
  type IntentType,
  keyId,
  MAX_BATCH_RECORDS,
  MAX_ENVELOPE_BYTES,
  type RecordClaim,
  serializeEnvelope,
  signIntent,
  type Signer,
  type VerificationKey,
} from '@maker-registry/protocol';
import { MAX_BODY_BYTES } from '../limits';
import { type IntentExpectation, checkIntent } from './check-intent';

const NETWORK = 'ab'.repeat(32);
const NOW = 1_800_000_000;

interface TestActor extends Signer {
  readonly id: string;
  readonly key: VerificationKey;
}

function actor(): TestActor {
  const { privateKey, publicKey: point } = generateKeyPairSync('ed25519');
  const publicKey = Buffer.from(point.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
  const key = createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }));
  return {
    alg: 'ed25519',
    publicKey,
    sign: (message) => cryptoSign(null, message, key),
    id: actorId('ed25519', publicKey),
    key: { keyid: keyId('ed25519', publicKey), alg: 'ed25519', publicKey },
  };
}

const alice = actor();
const bob = actor();
const register = { alg: 'ed25519', public_key: alice.publicKey } as const;
const transfer = { right_id: 'cd'.repeat(32), to: bob.id };

const settlement = {
  settlement_ref: 'invoice 1',
  model_ref: 'cd'.repeat(32),
  content_hash: 'ef'.repeat(32),
  amount: '100',
  currency: 'EUR',
  mode: 'permissive',
} as const;

interface Change {
  readonly actor?: string;
  readonly network?: string;
  readonly expires_at?: number;
}

function payload<Type extends IntentType>(
  type: Type,
  body: IntentBodies[Type],
  change: Change = {},
): Uint8Array {
  return buildIntent({
    network: change.network ?? NETWORK,
    type,
    actor: change.actor ?? alice.id,
    nonce: '00'.repeat(16),
    expires_at: change.expires_at ?? NOW + 60,
    body,
  });
}

async function text<Type extends IntentType>(
  type: Type,
  body: IntentBodies[Type],
  change: Change = {},
): Promise<Buffer> {
  return Buffer.from(serializeEnvelope(await signIntent(payload(type, body, change), alice)));
}

const lookups: string[] = [];
function expectation(keys: readonly TestActor[] = []): IntentExpectation {
  lookups.length = 0;
  return {
    network: NETWORK,
    now: NOW,
    findKey: (id, keyid) => {
      lookups.push(id);
      return Promise.resolve(keys.find((one) => one.id === id && one.key.keyid === keyid)?.key);
    },
  };
}

const refused = (code: string): Error => expect.objectContaining({ code }) as Error;

describe('checkIntent', () => {
  it('passes a registration by the key it carries, without a look-up', async () => {
    const checked = await checkIntent(await text('actor.register', register), expectation());
    expect(checked.function).toBe('actors:Register');
    expect(lookups).toEqual([]);
  });

  it('passes an intent of a known actor, and one whose key is not known here: the ledger judges that', async () => {
    const intent = await text('right.transfer', transfer);
    await expect(checkIntent(intent, expectation([alice]))).resolves.toMatchObject({
      function: 'rights:Transfer',
    });
    await expect(checkIntent(intent, expectation())).resolves.toMatchObject({ function: 'rights:Transfer' });
  });

  it('looks for the buyer’s key of a sale too', async () => {
    const sale = { right_id: 'cd'.repeat(32), buyer: bob.id, price: { amount: '5', currency: 'EUR' } };
    const envelope = await countersign(await signIntent(payload('right.sell', sale), alice), bob);
    await checkIntent(Buffer.from(serializeEnvelope(envelope)), expectation([alice, bob]));
    expect(lookups).toEqual([alice.id, alice.id, bob.id]);
  });

  it('passes a batch of 200 records, which fits into a request', async () => {
    const hex = (n: number): string => n.toString(16).padStart(64, '0');
    const claims = Array.from({ length: MAX_BATCH_RECORDS }, (_unused, n): RecordClaim => ({
      schema_version: 1,
      model_ref: hex(1),
      scheme_ref: hex(2),
      content_hash: hex(n),
      parent_hash: hex(n + 1_000),
      parent_model_ref: hex(3),
      timestamp: NOW,
      nonce: hex(n + 2_000),
      context_hash: hex(n + 3_000),
      signature: hex(n).repeat(2),
    }));
    const intent = await text('record.register', { records: claims });
    expect(intent.length).toBeLessThan(MAX_BODY_BYTES);
    await expect(checkIntent(intent, expectation([alice]))).resolves.toMatchObject({
      function: 'records:Register',
    });
    expect(MAX_BODY_BYTES).toBeGreaterThan(MAX_ENVELOPE_BYTES);
  });

  it.each<[string, Promise<Buffer>]>([
    ['settlements:Settle', text('settlement.settle', settlement)],
    ['vaults:Collect', text('vault.collect', { currency: 'EUR', credits: ['cd'.repeat(32)] })],
    ['models:Freeze', text('model.freeze', { model_ref: 'cd'.repeat(32) })],
  ])('passes an intent for %s', async (fn, intent) => {
    await expect(checkIntent(await intent, expectation([alice]))).resolves.toMatchObject({ function: fn });
  });

  it('looks for no countersigner of a settlement, and refuses a forged signature of it', async () => {
    const envelope = await countersign(
      await signIntent(payload('settlement.settle', settlement), alice),
      bob,
    );
    await checkIntent(Buffer.from(serializeEnvelope(envelope)), expectation([alice, bob]));
    expect(lookups).toEqual([alice.id, alice.id]);
    const signatures = [{ ...envelope.signatures[0]!, sig: Buffer.alloc(64, 1).toString('base64') }];
    const forgery = Buffer.from(serializeEnvelope({ ...envelope, signatures }));
    await expect(checkIntent(forgery, expectation([alice]))).rejects.toEqual(refused('SIGNATURE_INVALID'));
  });

  async function forged(position: 0 | 1): Promise<Buffer> {
    const rotation = { alg: 'ed25519', public_key: bob.publicKey, reason: 'rotation' } as const;
    const envelope = await countersign(await signIntent(payload('actor.rotate', rotation), alice), bob);
    const signatures = envelope.signatures.map((signature, n) =>
      n === position ? { ...signature, sig: Buffer.alloc(64, 1).toString('base64') } : signature,
    );
    return Buffer.from(serializeEnvelope({ ...envelope, signatures }));
  }

  it.each([0, 1] as const)('refuses a forged signature, number %i', async (position) => {
    await expect(checkIntent(await forged(position), expectation([alice]))).rejects.toEqual(
      refused('SIGNATURE_INVALID'),
    );
  });

  it('refuses an actor id that does not follow from the key', async () => {
    const intent = await text('actor.register', register, { actor: bob.id });
    await expect(checkIntent(intent, expectation())).rejects.toEqual(refused('KEY_INVALID'));
  });

  it.each<[string, Change]>([
    ['INTENT_WRONG_NETWORK', { network: 'cd'.repeat(32) }],
    ['INTENT_EXPIRED', { expires_at: NOW - 60 }],
  ])('refuses with %s', async (code, change) => {
    await expect(checkIntent(await text('right.transfer', transfer, change), expectation())).rejects.toEqual(
      refused(code),
    );
  });

  it('leaves an expiry within the leeway to the ledger', async () => {
    const intent = await text('right.transfer', transfer, { expires_at: NOW - 2 });
    await expect(checkIntent(intent, expectation())).resolves.toBeDefined();
  });

  it('refuses requests that are not for the ledger', async () => {
    const request = await text('token.request', { right_id: 'cd'.repeat(32) });
    await expect(checkIntent(request, expectation())).rejects.toEqual(refused('INTENT_TYPE_MISMATCH'));
  });

  it.each([
    ['JSON_MALFORMED', '{'],
    ['JSON_DUPLICATE_KEY', '{"payload":"","payload":""}'],
    ['ENVELOPE_MALFORMED', '{}'],
    ['TOO_LARGE', `{"payload":"${'A'.repeat(MAX_ENVELOPE_BYTES)}"}`],
  ])('refuses with %s', async (code, body) => {
    await expect(checkIntent(Buffer.from(body), expectation())).rejects.toEqual(refused(code));
  });
});
