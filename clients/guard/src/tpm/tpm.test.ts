import { createECDH, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import {
  eccPoint,
  keyName,
  makeCredential,
  parsePublic,
  verifyCertify,
  verifyQuote,
} from '@maker-registry/tpm';
import { type SimulatedTpm, startSimulatedTpm } from '../testing/simulated-tpm';
import {
  activateCredential,
  createDeviceKeys,
  type DeviceKeys,
  loadDeviceKeys,
  readEndorsementCertificate,
} from './attestation-key';
import { quote } from './quote';
import { agreeWithReleaseKey, certifyReleaseKey, createReleaseKey } from './release-key';
import { withTpm } from './tpm-tools';

jest.setTimeout(30_000);

let simulator: SimulatedTpm;
let other: SimulatedTpm;
let keys: DeviceKeys;

beforeAll(async () => {
  [simulator, other] = await Promise.all([startSimulatedTpm(), startSimulatedTpm()]);
  keys = await withTpm(simulator.tcti, (tpm) => createDeviceKeys(tpm, 'ecc', 'ecc'));
});
afterAll(async () => {
  await Promise.all([simulator.stop(), other.stop()]);
});

function credentialFor(target: DeviceKeys, secret: Uint8Array): ReturnType<typeof makeCredential> {
  return makeCredential({
    endorsementKey: parsePublic(target.endorsementPublic),
    attestationKey: parsePublic(target.attestationPublic),
    credential: secret,
    randomness: { seed: randomBytes(32), oaepSeed: randomBytes(32), ephemeralPrivate: scalar() },
  });
}

function scalar(): Buffer {
  const bytes = randomBytes(32);
  bytes[0] = 0;
  return bytes;
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => 'accepted',
    (error: unknown) => (error as { code?: unknown }).code,
  );
}

async function activate(tcti: string, device: DeviceKeys, secret: Uint8Array): Promise<Uint8Array> {
  const { credentialBlob, encryptedSecret } = credentialFor(device, secret);
  return await withTpm(tcti, async (tpm) => {
    await loadDeviceKeys(tpm, device);
    return await activateCredential(tpm, credentialBlob, encryptedSecret);
  });
}

describe('enrolment', () => {
  it.each([
    ['ecc', 'ecc'],
    ['rsa', 'rsa'],
  ] as const)('with an %s endorsement key and an %s attestation key opens a credential', async (ek, ak) => {
    const device = await withTpm(simulator.tcti, (tpm) => createDeviceKeys(tpm, ek, ak));
    const secret = randomBytes(32);
    expect(Buffer.from(await activate(simulator.tcti, device, secret))).toEqual(secret);
  });

  it('does not open a credential made for another attestation key', async () => {
    const second = await withTpm(simulator.tcti, (tpm) => createDeviceKeys(tpm, 'ecc', 'ecc'));
    const { credentialBlob, encryptedSecret } = credentialFor(second, randomBytes(32));
    const running = withTpm(simulator.tcti, async (tpm) => {
      await loadDeviceKeys(tpm, keys);
      return await activateCredential(tpm, credentialBlob, encryptedSecret);
    });
    expect(await codeOf(running)).toBe('TPM_FAILED');
  });

  it('is worth nothing on another TPM', async () => {
    expect(await codeOf(withTpm(other.tcti, (tpm) => loadDeviceKeys(tpm, keys)))).toBe('TPM_FAILED');
  });

  it('reports that a software TPM has no certificate', async () => {
    expect(await withTpm(simulator.tcti, (tpm) => readEndorsementCertificate(tpm, 'ecc'))).toBeUndefined();
  });
});

describe('attestation', () => {
  it('gives a quote and a certified release key that verify, again after a reboot', async () => {
    for (const reboots of [0, 1]) {
      if (reboots === 1) await simulator.restart();
      const qualification = randomBytes(32);
      const made = await withTpm(simulator.tcti, async (tpm) => {
        await loadDeviceKeys(tpm, keys);
        const release = await createReleaseKey(tpm);
        return {
          release,
          certification: await certifyReleaseKey(tpm),
          quoted: await quote(tpm, [0, 1, 7], qualification),
        };
      });
      const input = {
        akPublic: keys.attestationPublic,
        ekPublic: keys.endorsementPublic,
        ...made.quoted,
        pcrs: { sha256: made.quoted.pcrs },
        qualifyingData: qualification,
        policy: { requiredPcrs: { sha256: [0, 1, 7] } },
      };
      expect(verifyQuote(input).verdict).not.toBe('contraindicated');
      expect(verifyQuote({ ...input, qualifyingData: randomBytes(32) })).toMatchObject({
        verdict: 'contraindicated',
      });
      const certified = {
        akPublic: keys.attestationPublic,
        ...made.certification,
        keyPublic: made.release.publicArea,
      };
      expect(verifyCertify(certified)).toMatchObject({ verdict: 'affirming' });
      expect(verifyCertify({ ...certified, keyPublic: keys.endorsementPublic })).toMatchObject({
        code: 'CERTIFY_NAME',
      });
    }
  });

  it('agrees on the secret that the sender has, and on no point off the curve', async () => {
    await withTpm(simulator.tcti, async (tpm) => {
      const release = parsePublic((await createReleaseKey(tpm)).publicArea);
      expect(keyName(release).length).toBe(34);
      if (release.area.type !== 'ecc') throw new Error('not an elliptic-curve key');
      const sender = createECDH('prime256v1');
      for (let i = 0; i < 3; i += 1) {
        sender.generateKeys();
        const shared = await agreeWithReleaseKey(tpm, sender.getPublicKey());
        expect(Buffer.from(shared)).toEqual(sender.computeSecret(eccPoint(release.area)));
      }
      const off = sender.getPublicKey();
      off[64] = off[64]! ^ 1;
      expect(await codeOf(agreeWithReleaseKey(tpm, off))).toBe('TPM_FAILED');
      expect(await codeOf(agreeWithReleaseKey(tpm, sender.getPublicKey(null, 'compressed')))).toBe(
        'TPM_FAILED',
      );
    });
  });
});

describe('a sequence', () => {
  it('leaves nothing behind, also when it fails', async () => {
    const failing = withTpm(simulator.tcti, async (tpm) => {
      await tpm.write('secret', randomBytes(32));
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    const transient = await withTpm(simulator.tcti, (tpm) => tpm.run('getcap', 'handles-transient'));
    const sessions = await withTpm(simulator.tcti, (tpm) => tpm.run('getcap', 'handles-loaded-session'));
    expect([transient.trim(), sessions.trim()]).toEqual(['', '']);
    expect(readdirSync('/dev/shm').filter((name) => name.startsWith(`guard-tpm-${process.pid}-`))).toEqual(
      [],
    );
  });

  it('waits for another one on the same TPM', async () => {
    const order: string[] = [];
    const one = withTpm(simulator.tcti, async (tpm) => {
      order.push('one begins');
      await tpm.run('getcap', 'properties-fixed');
      order.push('one ends');
    });
    const two = withTpm(simulator.tcti, () => {
      order.push('two');
      return Promise.resolve();
    });
    await Promise.all([one, two]);
    expect(order.indexOf('one ends')).toBe(order.indexOf('one begins') + 1);
  });

  it('says when the TPM is away', async () => {
    const away = withTpm('swtpm:path=/nonexistent/tpm', (tpm) => tpm.run('getcap', 'properties-fixed'));
    expect(await codeOf(away)).toBe('TPM_UNAVAILABLE');
  });
});
