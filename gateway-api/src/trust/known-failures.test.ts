import { randomBytes } from 'node:crypto';
import { type Pool } from 'pg';
import { migrate } from '../database/migrate';
import { Challenges } from './challenges';
import { Devices } from './devices';
import { Machine } from './testing/machine';
import { temporaryPostgres, type TemporaryPostgres } from './testing/temporary-postgres';
import { trustRoutes } from './trust-routes';

/*
 * Failures of other attestation services' enrolment that were published, each as a case against ours. Those of the
 * verification of evidence are beside it (libs/tpm/src/known-failures.test.ts).
 */

// Software TPMs and a database on a busy machine.
jest.setTimeout(60_000);

const MANY = 200;
const code = (expected: string): Error => expect.objectContaining({ code: expected }) as Error;

let postgres: TemporaryPostgres;
let pool: Pool;
let machine: Machine;
let other: Machine;
let devices: Devices;

beforeAll(async () => {
  [postgres, machine, other] = await Promise.all([temporaryPostgres(), Machine.start(), Machine.start()]);
  ({ pool } = postgres);
  await migrate(pool);
  devices = new Devices(pool, { mode: 'development' }, { endorsement: { expired: 'refused' } });
});
afterAll(() => Promise.all([postgres.stop(), machine.stop(), other.stop()]));

async function enrolled(): Promise<{ id: string; akPublic: string }> {
  const keys = machine.createKeys();
  const enrollment = await devices.enroll(keys);
  const { device_id: id } = await devices.activate(enrollment.enrollment_id, machine.activate(enrollment));
  return { id, akPublic: keys.ak_public };
}

async function akOf(id: string): Promise<string> {
  return (await devices.find(id)).akPublic.toString('hex');
}

describe('failures of Keylime', () => {
  it('CVE-2026-6420: a challenge is never the same as another', async () => {
    const challenges = new Challenges(pool);
    const nonces = new Set<string>();
    for (let i = 0; i < MANY; i += 1) nonces.add((await challenges.issue('key-release')).nonce);
    expect(nonces.size).toBe(MANY);
    expect([...nonces].every((nonce) => /^[0-9a-f]{64}$/.test(nonce))).toBe(true);
  });

  it('CVE-2023-38201: a wrong answer hears nothing of the right one, and has no second try', async () => {
    const enrollment = await devices.enroll(machine.createKeys());
    const secret = machine.activate(enrollment);
    const error = await devices
      .activate(enrollment.enrollment_id, randomBytes(32))
      .catch((caught: unknown) => caught as Error);
    expect(error).toEqual(code('ENROLLMENT_SECRET'));
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(secret.toString('hex'));
    await expect(devices.activate(enrollment.enrollment_id, secret)).rejects.toEqual(
      code('ENROLLMENT_UNKNOWN'),
    );
  });

  it('CVE-2022-1053: the endorsement key of one machine with the attestation key of another opens nowhere', async () => {
    const [own, foreign] = [machine.createKeys(), other.createKeys()];
    for (const [keys, opener] of [
      [{ ek_public: own.ek_public, ak_public: foreign.ak_public }, machine],
      [{ ek_public: foreign.ek_public, ak_public: own.ak_public }, other],
      [own, other],
    ] as const) {
      const enrollment = await devices.enroll(keys);
      expect(() => opener.activate(enrollment)).toThrow();
    }
  });

  it('CVE-2021-3406: keys that were sent and not shown to be in one TPM are no device', async () => {
    const fresh = other.createKeys();
    await devices.enroll(fresh);
    const { rows } = await pool.query('SELECT 1 FROM gateway.devices WHERE ak_public = $1', [
      Buffer.from(fresh.ak_public, 'hex'),
    ]);
    expect(rows).toEqual([]);
  });

  it('#1820, CVE-2025-13609: registering again takes nothing over before the same TPM has answered', async () => {
    const device = await enrolled();
    const own = machine.createKeys();
    // The endorsement key is public: an attacker sends it with a key of its own, and is sent a credential it can't open.
    const attack = await devices.enroll({
      ek_public: own.ek_public,
      ak_public: other.createKeys().ak_public,
    });
    expect(await akOf(device.id)).toBe(device.akPublic);
    await expect(devices.activate(attack.enrollment_id, randomBytes(32))).rejects.toEqual(
      code('ENROLLMENT_SECRET'),
    );
    expect(await akOf(device.id)).toBe(device.akPublic);
    // The machine itself replaces its key, under the same id and with its clock kept.
    await pool.query(
      'UPDATE gateway.devices SET reset_count = 7, restart_count = 1, clock = 9 WHERE device_id = $1',
      [device.id],
    );
    const renewed = await enrolled();
    expect(renewed.id).toBe(device.id);
    expect(await akOf(device.id)).toBe(renewed.akPublic);
    expect((await devices.find(device.id)).previous).toEqual({ clock: 9n, resetCount: 7, restartCount: 1 });
  });

  it('CVE-2021-43310, CVE-2026-1709: nobody can read, reset or remove a device over the network', () => {
    const paths = trustRoutes(() => undefined)
      .map(({ method, path }) => `${method} ${path}`)
      .filter((path) => path.includes('device'));
    expect(paths.sort()).toEqual(['post /v1/devices/activate', 'post /v1/devices/enroll']);
  });

  it('log spoofing by identifiers (2022): what a stranger sends as an id is in no message', async () => {
    const spoof = 'x\n{"level":"info","msg":"attested"}';
    const error = await new Challenges(pool)
      .take(spoof, 'key-release')
      .catch((caught: unknown) => caught as Error);
    expect(error).toEqual(code('CHALLENGE_UNKNOWN'));
    expect((error as Error).message).not.toContain('attested');
  });
});

describe('challenges', () => {
  it('are taken once, in time, and for what they were issued', async () => {
    const challenges = new Challenges(pool);
    const { challenge_id: id, nonce } = await challenges.issue('key-release');
    expect(Buffer.from(await challenges.take(id, 'key-release')).toString('hex')).toBe(nonce);
    await expect(challenges.take(id, 'key-release')).rejects.toEqual(code('CHALLENGE_USED'));
    const late = await challenges.issue('key-release');
    await pool.query(
      'UPDATE gateway.challenges SET expires_at = now() - make_interval(secs => 2) WHERE challenge_id = $1',
      [late.challenge_id],
    );
    await expect(challenges.take(late.challenge_id, 'key-release')).rejects.toEqual(
      code('CHALLENGE_UNKNOWN'),
    );
  });

  it('that two answers race for go to one', async () => {
    const challenges = new Challenges(pool);
    const { challenge_id: id } = await challenges.issue('key-release');
    const taken = await Promise.allSettled(
      Array.from({ length: 8 }, () => challenges.take(id, 'key-release')),
    );
    expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('warnings of a device', () => {
  it('are those of its newest authentic quote', async () => {
    const { id } = await enrolled();
    const clock = { clock: 20n, resetCount: 8, restartCount: 0, safe: true };
    await devices.noteQuote(id, { clock, firmware: '0'.repeat(16), warnings: ['firmware'] });
    expect((await devices.find(id)).warnings).toEqual(['firmware']);
    // An older quote that arrives late changes nothing.
    await devices.noteQuote(id, { clock: { ...clock, clock: 10n }, firmware: '0'.repeat(16), warnings: [] });
    expect((await devices.find(id)).warnings).toEqual(['firmware']);
    await devices.noteQuote(id, { clock: { ...clock, clock: 30n }, firmware: '0'.repeat(16), warnings: [] });
    expect((await devices.find(id)).warnings).toEqual([]);
  });
});
