import { readFileSync, statSync, writeFileSync } from 'node:fs';
import {
  assertSchema,
  type IntentBodies,
  INTENT_TYPES,
  jwkFromPublicKey,
  jwkThumbprint,
  openJwe,
} from '@maker-registry/protocol';
import {
  protectFile,
  readContentKeyFile,
  readKeyShareFile,
  writeContentKeyFile,
} from '@maker-registry/guard';
import { generateActorKey } from '@maker-registry/sdk';
import { TestGateway } from './testing/gateway';
import { runRegistry as run } from './testing/run-registry';
import { Workplace } from './testing/workplace';

const ARTIFACT = '22'.repeat(32);
const OPERATORS = 'Op1MSP,Op2MSP,Op3MSP';

let gateways: readonly TestGateway[];
let work: Workplace;

beforeAll(async () => {
  gateways = [await TestGateway.start(), await TestGateway.start()];
});
beforeEach(async () => {
  work = new Workplace();
  await work.actor('me.json');
  const contentKey = Buffer.alloc(32, 7);
  await writeContentKeyFile(work.at('key'), { artifactId: ARTIFACT, keyVersion: 1, contentKey });
  writeFileSync(work.at('plain'), 'weights');
  await protectFile(work.at('plain'), work.at('model.mrg'), contentKey, {
    artifactId: ARTIFACT,
    keyVersion: 1,
  });
});
afterEach(() => {
  work.remove();
  for (const gateway of gateways) gateway.reset();
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
});

const split = (out = 'shares', ...more: string[]): ReturnType<typeof run> =>
  run(
    'key',
    'split',
    '--key',
    work.at('key'),
    '--threshold',
    '2',
    '--operators',
    OPERATORS,
    '--out',
    work.at(out),
    ...more,
  );
const first = (): TestGateway => gateways[0]!;

/** What a gateway's mirror has of the key. */
function onLedger(gateway: TestGateway, versions: readonly object[] = [{ version: 1 }]): void {
  gateway.documents.set(`/v1/keys/${ARTIFACT}`, { artifact_id: ARTIFACT, current: 1, versions });
}

/** Pins both gateways as two operators, and gives the private halves of their wrapping keys. */
async function pinned(): Promise<Uint8Array[]> {
  const privateKeys: Uint8Array[] = [];
  for (const [i, gateway] of gateways.entries()) {
    const keys = (['token', 'list', 'wrap'] as const).map((use) => {
      const pair = generateActorKey('es256');
      const bare = jwkFromPublicKey('es256', pair.signer.publicKey);
      if (use === 'wrap')
        privateKeys.push(Buffer.from(pair.privateKey.export({ format: 'jwk' }).d!, 'base64url'));
      return { ...bare, kid: jwkThumbprint(bare), use };
    });
    gateway.documents.set('/v1/jwks.json', { keys });
    const args = ['--operator', `Op${i + 1}MSP`, '--trust-first', '--state', work.at('state')];
    const { code } = await run('guard', 'pin', ...args, ...gateway.options);
    expect(code).toBe(0);
  }
  return privateKeys;
}

describe('registry key split', () => {
  it('makes a file for the maker alone, and says what the ledger will know', async () => {
    const { code, out, stdout } = await split();
    expect(code).toBe(0);
    const { threshold, shares } = await readKeyShareFile(work.at('shares'));
    expect([threshold, shares.map(({ operator }) => operator)]).toEqual([2, OPERATORS.split(',')]);
    expect(statSync(work.at('shares')).mode & 0o777).toBe(0o600);
    expect(out).toMatchObject({ artifact_id: ARTIFACT, key_version: 1, sharing: { threshold: 2 } });
    for (const { share } of shares) expect(stdout).not.toContain(Buffer.from(share).toString('hex'));
  });

  it.each<[string, string[], string]>([
    ['a file that is there', [], 'FILE_EXISTS'],
    ['a threshold of one', ['--threshold', '1'], 'USAGE'],
    ['more than there are', ['--threshold', '4'], 'KEY_SHARING_INVALID'],
    ['an operator twice', ['--operators', 'Op1MSP,Op1MSP'], 'KEY_SHARING_INVALID'],
  ])('refuses %s', async (_name, more, expected) => {
    if (more.length === 0) await split();
    const { code, stderr } = await split('shares', ...more);
    expect(code).not.toBe(0);
    expect(stderr).toContain(expected);
  });
});

describe('registry key commit --shares', () => {
  const commit = (...more: string[]): ReturnType<typeof run> =>
    run(
      'key',
      'commit',
      ...['--key', work.at('key'), '--container', work.at('model.mrg'), '--actor-key', work.at('me.json')],
      ...more,
      ...first().options,
    );

  it('tells the ledger scheme and commitments, and no share', async () => {
    const { out } = await split();
    expect((await commit('--shares', work.at('shares'))).code).toBe(0);
    const { body } = first().intents[0]!;
    assertSchema(INTENT_TYPES['key.commit'].schema, body);
    expect((body as IntentBodies['key.commit']).sharing).toEqual((out as { sharing: unknown }).sharing);
  });

  it('notices shares of another key before the ledger hears of them', async () => {
    await split();
    const other = Buffer.alloc(32, 8);
    await writeContentKeyFile(work.at('other'), { artifactId: ARTIFACT, keyVersion: 1, contentKey: other });
    const { code, stderr } = await commit('--shares', work.at('shares'), '--key', work.at('other'));
    expect([code, stderr.includes('CONTENT_KEY_MISMATCH')]).toEqual([1, true]);
    expect(first().intents).toEqual([]);
  });
});

describe('registry key deposit', () => {
  const deposit = (...more: string[]): ReturnType<typeof run> =>
    run('key', 'deposit', '--actor-key', work.at('me.json'), '--state', work.at('state'), ...more);

  it('gives every pinned operator the whole key, encrypted to its pinned key', async () => {
    const privateKeys = await pinned();
    for (const gateway of gateways) onLedger(gateway);
    // What the gateways say now does not count: a gateway that was broken into names a key of its own.
    for (const gateway of gateways) gateway.documents.delete('/v1/jwks.json');
    const { code, out } = await deposit('--key', work.at('key'));
    expect([code, out]).toEqual([
      0,
      {
        artifact_id: ARTIFACT,
        version: 1,
        deposits: ['Op1MSP', 'Op2MSP'].map((operator) => ({ operator, status: 'deposited' })),
      },
    ]);
    const { contentKey } = await readContentKeyFile(work.at('key'));
    for (const [i, gateway] of gateways.entries()) {
      const { jwe, operator } = gateway.intents[0]!.body as IntentBodies['key.deposit'];
      expect(operator).toBe(`Op${i + 1}MSP`);
      const { plaintext } = openJwe({ jwe, privateKey: privateKeys[i]! });
      expect(Buffer.from(plaintext)).toEqual(Buffer.from(contentKey));
    }
  });

  it('sends no whole key where one operator knows that it is split', async () => {
    await pinned();
    const { out } = await split();
    onLedger(gateways[0]!);
    onLedger(gateways[1]!, [{ version: 1, sharing: (out as { sharing: object }).sharing }]);
    const { code, stderr } = await deposit('--key', work.at('key'));
    expect([code, stderr.includes('KEY_SHARING_REQUIRED')]).toEqual([1, true]);
    for (const gateway of gateways) expect(gateway.intents).toEqual([]);
  });

  it('sends no whole key to whom the version is unknown', async () => {
    await pinned();
    onLedger(gateways[1]!, [{ version: 2 }]);
    const { code, out } = await deposit('--key', work.at('key'));
    expect(code).toBe(1);
    expect(out).toMatchObject({
      deposits: [
        { operator: 'Op1MSP', status: 'failed', code: 'NOT_FOUND' },
        { operator: 'Op2MSP', status: 'failed', code: 'CONTENT_KEY_UNKNOWN' },
      ],
    });
    for (const gateway of gateways) expect(gateway.intents).toEqual([]);
  });

  it('sends no shares of two operators to one wrapping key', async () => {
    await pinned();
    gateways[1]!.documents.set('/v1/jwks.json', gateways[0]!.documents.get('/v1/jwks.json')!);
    const args = ['--operator', 'Op2MSP', '--trust-first', '--state', work.at('state')];
    expect((await run('guard', 'pin', ...args, ...gateways[1]!.options)).code).toBe(0);
    await split('two', '--operators', 'Op1MSP,Op2MSP');
    const { code, stderr } = await deposit('--shares', work.at('two'));
    expect([code, stderr.includes('KEY_SHARING_INVALID')]).toEqual([1, true]);
    for (const gateway of gateways) expect(gateway.intents).toEqual([]);
  });

  it('gives each its own share, and says who refused', async () => {
    const privateKeys = await pinned();
    await split('two', '--operators', 'Op1MSP,Op2MSP');
    gateways[1]!.refuse = () => ({ code: 'KEY_INVALID' });
    const { code, out } = await deposit('--shares', work.at('two'));
    expect(code).toBe(1);
    expect(out).toMatchObject({
      deposits: [
        { operator: 'Op1MSP', status: 'deposited' },
        { operator: 'Op2MSP', status: 'failed', code: 'KEY_INVALID' },
      ],
    });
    const { shares } = await readKeyShareFile(work.at('two'));
    const { jwe } = first().intents[0]!.body as IntentBodies['key.deposit'];
    expect(openJwe({ jwe, privateKey: privateKeys[0]! }).plaintext).toEqual(shares[0]!.share);
  });

  it('sends nothing where an operator of the split is not pinned, or nobody is', async () => {
    await split();
    const nobody = await deposit('--shares', work.at('shares'));
    expect([nobody.code, nobody.stderr.includes('KEYS_NOT_PINNED')]).toEqual([1, true]);
    await pinned();
    const third = await deposit('--shares', work.at('shares'));
    expect([third.code, third.stderr.includes('Op3MSP')]).toEqual([1, true]);
    for (const gateway of gateways) expect(gateway.intents).toEqual([]);
  });

  it('takes either a key or shares', async () => {
    await split();
    for (const files of [[], ['--key', work.at('key'), '--shares', work.at('shares')]]) {
      expect((await deposit(...files)).stderr).toContain('USAGE');
    }
    writeFileSync(work.at('broken'), readFileSync(work.at('shares'), 'utf8').replace('"v": 1', '"v": 2'), {
      mode: 0o600,
    });
    expect((await deposit('--shares', work.at('broken'))).stderr).toContain('KEY_FILE_MALFORMED');
  });
});
