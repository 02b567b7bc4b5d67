import 'reflect-metadata';
import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  canonicalize,
  type CeremonyStep,
  ecJwk,
  jwkThumbprint,
  parseCeremony,
  withCeremonyStep,
} from '@maker-registry/protocol';
import { HsmClient } from '../hsm';
import { bundle, type TemporaryToken, temporaryToken } from '../hsm/testing/temporary-token';
import { openTrustKeys, publicJwks, trustKeyByKid } from '../trust/trust-keys';
import { TpmMaker } from '../trust/testing/tpm-maker';
import { runCeremony } from './run-ceremony';

// A real token and its worker on a busy machine.
jest.setTimeout(60_000);

const PIN = '12345678';
let worker: string;
let token: TemporaryToken;
let directory: string;
let transcript: string;

beforeAll(() => {
  worker = bundle('hsm-worker.ts');
});
afterAll(() => {
  rmSync(worker);
});
beforeEach(() => {
  token = temporaryToken(worker, 'op1', PIN);
  directory = mkdtempSync(join(tmpdir(), 'ceremony-'));
  transcript = join(directory, 'transcript.json');
  writeFileSync(join(directory, 'policy'), 'Two people restore the token from the vault.');
});
afterEach(() => {
  token.remove();
  rmSync(directory, { recursive: true });
});

async function ceremony(action: string, ...options: readonly string[]): Promise<CeremonyStep> {
  const { module, pinFile } = token.options;
  const environment = {
    HSM_MODULE: module,
    HSM_PIN_FILE: pinFile,
    SOFTHSM2_CONF: token.conf,
    HSM_WORKER: worker,
  };
  return (await runCeremony(
    [action, '--token', 'op1', '--transcript', transcript, ...options],
    environment,
  )) as CeremonyStep;
}

const begin = (): Promise<CeremonyStep> =>
  ceremony('begin', '--operator', 'Op1MSP', '--backup-policy', join(directory, 'policy'));

async function withHsm<T>(work: (hsm: HsmClient) => Promise<T>): Promise<T> {
  const hsm = await HsmClient.open(token.options);
  try {
    return await work(hsm);
  } finally {
    await hsm.close();
  }
}

function pkcs11(...args: readonly string[]): void {
  const login = ['--module', token.options.module, '--token-label', 'op1', '--login', '--pin', PIN];
  execFileSync('pkcs11-tool', [...login, ...args], {
    env: { ...process.env, SOFTHSM2_CONF: token.conf },
    stdio: 'pipe',
  });
}

describe('a key ceremony', () => {
  it('makes keys, lets a second take over, retires the first, and tells all of it', async () => {
    expect(await begin()).toMatchObject({ n: 0, keys: [], text: expect.stringContaining('vault') as string });
    const first = await ceremony('generate', '--role', 'token');
    expect(first.keys).toMatchObject([
      {
        label: 'token',
        attributes: {
          sensitive: true,
          extractable: false,
          never_extractable: true,
          local: true,
          signs: true,
          derives: false,
        },
      },
    ]);
    const digest = createHash('sha256').update('x').digest();
    await withHsm(async (hsm) => {
      const before = await openTrustKeys(hsm);
      expect(before.token.kid).toBe(first.keys![0]!.kid);
    });
    const second = await ceremony('generate', '--role', 'token');
    await withHsm(async (hsm) => {
      const keys = await openTrustKeys(hsm);
      // New tokens are by the new key; those of the old one still verify, by the set that shows both.
      expect(keys.token).toMatchObject({ label: 'token.2', kid: second.keys![0]!.kid });
      expect(
        publicJwks(keys)
          .keys.filter(({ use }) => use === 'token')
          .map(({ kid }) => kid),
      ).toEqual([second.keys![0]!.kid, first.keys![0]!.kid]);
      expect(trustKeyByKid(keys, 'token', first.keys![0]!.kid)?.label).toBe('token');
      expect(trustKeyByKid(keys, 'list', first.keys![0]!.kid)).toBeUndefined();
      expect(await hsm.sign(keys.token.label, digest)).toHaveLength(64);
    });
    await ceremony('retire', '--role', 'token', '--version', '1', '--reason', 'All its tokens have expired.');
    await withHsm(async (hsm) => {
      const keys = await openTrustKeys(hsm);
      expect(publicJwks(keys).keys.filter(({ use }) => use === 'token')).toHaveLength(1);
      await expect(hsm.sign('token', digest)).rejects.toMatchObject({ code: 'HSM_KEY_MISSING' });
    });
    const { steps } = parseCeremony(readFileSync(transcript));
    expect(steps.map(({ action }) => action)).toEqual(['begin', 'generate', 'generate', 'retire']);
  });

  it('opens with an earlier wrapping key what was sent to it', async () => {
    await begin();
    await ceremony('generate', '--role', 'wrap');
    await ceremony('generate', '--role', 'wrap');
    await withHsm(async (hsm) => {
      const { wrap, earlier } = await openTrustKeys(hsm);
      const old = earlier.find(({ role }) => role === 'wrap')!;
      const peer = await hsm.publicKey(wrap.label);
      expect(await hsm.ecdh(old.label, peer)).toEqual(
        await hsm.ecdh(wrap.label, await hsm.publicKey(old.label)),
      );
    });
  });

  it.each(['token', 'list', 'report', 'wrap', 'ocsp'] as const)(
    'rotates the role %s: the second is current, the first stays until it is retired',
    async (role) => {
      await begin();
      const made = [await ceremony('generate', '--role', role), await ceremony('generate', '--role', role)];
      const [first, second] = made.map(({ keys }) => keys![0]!.kid);
      const shown = await withHsm(async (hsm) => {
        const keys = await openTrustKeys(hsm);
        expect(keys[role]).toMatchObject({ label: `${role}.2`, kid: second });
        expect(keys.earlier).toMatchObject([{ role, label: role, kid: first }]);
        return publicJwks(keys).keys.filter(({ use }) => use === role);
      });
      // An OCSP answer brings the certificate of its key: the set has none of that role.
      expect(shown.map(({ kid }) => kid)).toEqual(role === 'ocsp' ? [] : [second, first]);
      await ceremony('retire', '--role', role, '--version', '1', '--reason', 'Nothing needs it.');
      await withHsm(async (hsm) => {
        const keys = await openTrustKeys(hsm);
        expect(keys[role].kid).toBe(second);
        expect(keys.earlier).toEqual([]);
      });
    },
  );

  it('records a certificate of the key, and no other', async () => {
    await begin();
    const made = await ceremony('generate', '--role', 'list');
    const point = await withHsm((hsm) => hsm.publicKey('list'));
    const key = createPublicKey({ key: { ...ecJwk(point) }, format: 'jwk' });
    const ca = await TpmMaker.open();
    const file = join(directory, 'certificate');
    const der = await ca.issue(key);
    writeFileSync(file, der);
    const step = await ceremony('certify', '--role', 'list', '--certificate', file);
    expect(step.certificate_sha256).toBe(createHash('sha256').update(der).digest('hex'));
    expect(step.keys![0]!.kid).toBe(made.keys![0]!.kid);
    expect(made.keys![0]!.kid).toBe(jwkThumbprint(ecJwk(point)));
    writeFileSync(file, ca.root.pem);
    await expect(ceremony('certify', '--role', 'list', '--certificate', file)).rejects.toThrow(
      'not of key list',
    );
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'to retire the newest key of a role',
      () => ceremony('retire', '--role', 'token', '--version', '1', '--reason', 'x'),
      'newest key',
    ],
    [
      'to retire what is not there',
      () => ceremony('retire', '--role', 'token', '--version', '7', '--reason', 'x'),
      'no key of version 7',
    ],
    ['a role that is none', () => ceremony('generate', '--role', 'ca'), 'no role'],
    ['an action that is none', () => ceremony('destroy'), 'no action'],
    ['an option that is none', () => ceremony('inspect', '--force', 'yes'), 'force'],
    ['to begin over another transcript', () => begin(), 'exists'],
    [
      'to go on with a transcript that was changed',
      () => {
        writeFileSync(transcript, readFileSync(transcript, 'utf8').replace('the vault', 'a drawer'));
        return ceremony('note', '--text', 'Ann and Ben are here.');
      },
      'does not follow',
    ],
    [
      'to go on with the transcript of another token',
      () => {
        writeFileSync(transcript, readFileSync(transcript, 'utf8').replace('"token":"op1"', '"token":"op2"'));
        return ceremony('inspect');
      },
      'not of op1',
    ],
  ])('refuses %s', async (_name, act, words) => {
    await begin();
    await ceremony('generate', '--role', 'token');
    await expect(act()).rejects.toThrow(words);
  });

  it('does nothing to the token that its transcript cannot record', async () => {
    await begin();
    await ceremony('generate', '--role', 'list');
    await ceremony('generate', '--role', 'list');
    const good = readFileSync(transcript);
    await expect(ceremony('note', '--text', 'x'.repeat(4_001))).rejects.toMatchObject({
      code: 'SCHEMA_VIOLATION',
    });
    const retire = ceremony('retire', '--role', 'list', '--version', '1', '--reason', 'x'.repeat(4_001));
    await expect(retire).rejects.toMatchObject({ code: 'SCHEMA_VIOLATION' });
    expect(readFileSync(transcript)).toEqual(good);
    // The machine's clock went back: the step would not follow.
    const late = withCeremonyStep(parseCeremony(good), { at: 2 ** 40, action: 'note', text: '' });
    writeFileSync(transcript, canonicalize(late));
    await expect(ceremony('generate', '--role', 'list')).rejects.toMatchObject({
      code: 'CEREMONY_MALFORMED',
    });
    const labels = await withHsm(async (hsm) => (await hsm.inspect()).map(({ label }) => label));
    expect(labels.sort()).toEqual(['list', 'list.2']);
  });

  it('and the gateway’s start refuse a key that somebody laid a second public part beside', async () => {
    await begin();
    await ceremony('generate', '--role', 'wrap');
    const [key] = await withHsm((hsm) => hsm.inspect());
    const file = join(directory, 'other.der');
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(file, publicKey.export({ type: 'spki', format: 'der' }));
    pkcs11('--write-object', file, '--type', 'pubkey', '--id', key!.id, '--label', 'other', '--usage-derive');
    await expect(withHsm(openTrustKeys)).rejects.toMatchObject({ code: 'HSM_KEY_UNSAFE' });
    await expect(ceremony('inspect')).rejects.toThrow('not exactly one public part');
  });

  it.each(['list', 'report', 'ocsp'])(
    'and the gateway’s start refuse a key %s that can leave the token, and two of one name',
    async (role) => {
      pkcs11(
        '--keypairgen',
        '--key-type',
        'EC:prime256v1',
        '--label',
        role,
        '--id',
        '01',
        '--usage-sign',
        '--extractable',
      );
      await expect(withHsm(openTrustKeys)).rejects.toMatchObject({ code: 'HSM_KEY_UNSAFE' });
      await expect(begin()).rejects.toMatchObject({ code: 'HSM_KEY_UNSAFE' });
      pkcs11('--keypairgen', '--key-type', 'EC:prime256v1', '--label', role, '--id', '02', '--usage-sign');
      await expect(withHsm(openTrustKeys)).rejects.toMatchObject({ code: 'HSM_KEY_AMBIGUOUS' });
    },
  );
});
