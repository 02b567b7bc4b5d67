import { randomBytes } from 'node:crypto';
import { attestationContext, type TokenClaims } from '@maker-registry/protocol';
import { keyName, parsePublic } from '@maker-registry/tpm';
import { assertAttested, type Attestation, attestDevice, type Evidence, warningsOf } from './attest-device';
import { type ClassPolicy } from './attestation-policy';
import { type Device } from './devices';
import { noteAttestation } from './note-attestation';
import { Machine } from './testing/machine';

// A software TPM on a busy machine.
jest.setTimeout(30_000);

const RIGHT = '12'.repeat(32);
const NONCE = randomBytes(32);
const PLAIN: ClassPolicy = { pcrs: [0, 1, 2, 3, 4, 5, 6, 7], warn_on: [], on_warning: 'deny' };
/** The simulator's firmware is not on the list. */
const GRADED: ClassPolicy = {
  ...PLAIN,
  firmware: ['0000000000000001'],
  warn_on: ['firmware'],
  on_warning: [
    { kind: 'narrow', scope: { actions: ['adapt'] } },
    { kind: 'downgrade', limits: { max_executions: 5 } },
  ],
};
const USE: Pick<TokenClaims, 'actions' | 'purpose' | 'domains' | 'limits'> = {
  actions: ['execute'],
  purpose: 'deployment',
  domains: [],
  limits: { max_executions: 5 },
};

let machine: Machine;
let device: Device;
let releaseKey: Buffer;
let looseKey: Buffer;
let evidence: Evidence;
let looseEvidence: Evidence;

function contextOf(key: Buffer): Uint8Array {
  return attestationContext({ nonce: NONCE, rightId: RIGHT, releaseKeyName: keyName(parsePublic(key)) });
}

beforeAll(async () => {
  machine = await Machine.start();
  const keys = machine.createKeys();
  const akPublic = Buffer.from(keys.ak_public, 'hex');
  device = {
    deviceId: '00'.repeat(32),
    ekPublic: Buffer.from(keys.ek_public, 'hex'),
    akPublic,
    akName: keyName(parsePublic(akPublic)),
    trust: 'development',
    previous: undefined,
    warnings: [],
  };
  looseKey = machine.createReleaseKey('sensitivedataorigin|userwithauth|decrypt');
  looseEvidence = machine.attest(contextOf(looseKey));
  releaseKey = machine.createReleaseKey();
  evidence = machine.attest(contextOf(releaseKey));
});
afterAll(() => machine.stop());

function attest(policy: ClassPolicy, change: Partial<Parameters<typeof attestDevice>[0]> = {}): Attestation {
  return attestDevice({
    device,
    evidence,
    nonce: NONCE,
    rightId: RIGHT,
    releaseKeyPublic: releaseKey,
    releaseKey: parsePublic(releaseKey),
    policy,
    ...change,
  });
}

const code = (expected: string): Error => expect.objectContaining({ code: expected }) as Error;

describe('attestation of a device', () => {
  it('is affirmed, and then any token is served', () => {
    const attestation = attest(PLAIN);
    expect(attestation).toMatchObject({ verdict: 'affirming', narrowing: [] });
    expect(attestation.code).toBeUndefined();
    expect(() => {
      assertAttested(attestation, { ...USE, actions: ['execute', 'adapt'], limits: {} });
    }).not.toThrow();
  });

  it('narrows with a warning: a token that permits no more is served, one that permits more is not', () => {
    const attestation = attest(GRADED);
    expect(attestation).toMatchObject({ verdict: 'warning', code: 'QUOTE_FIRMWARE' });
    expect(warningsOf(attestation)).toEqual(['firmware']);
    expect(() => {
      assertAttested(attestation, USE);
    }).not.toThrow();
    for (const more of [
      { actions: ['execute', 'adapt'] },
      { limits: {} },
      { limits: { max_executions: 6 } },
    ]) {
      expect(() => {
        assertAttested(attestation, { ...USE, ...(more as Partial<typeof USE>) });
      }).toThrow(code('ATTESTATION_NARROWED'));
    }
  });

  it('denies with a warning where the class says so, by the code of what fell short', () => {
    const attestation = attest({ ...GRADED, on_warning: 'deny' });
    expect(attestation).toMatchObject({ verdict: 'warning', narrowing: 'deny' });
    expect(() => {
      assertAttested(attestation, USE);
    }).toThrow(code('QUOTE_FIRMWARE'));
  });

  it.each<[string, Partial<Parameters<typeof attestDevice>[0]>, string]>([
    ['over another nonce', { nonce: randomBytes(32) }, 'QUOTE_NONCE'],
    ['over another right', { rightId: '13'.repeat(32) }, 'QUOTE_NONCE'],
  ])('is contraindicated for a quote %s, whatever else only warns', (_name, change, expected) => {
    const attestation = attest(GRADED, change);
    expect(attestation).toMatchObject({ verdict: 'contraindicated', code: expected, narrowing: 'deny' });
    expect(() => {
      assertAttested(attestation, USE);
    }).toThrow(code(expected));
  });

  it('is contraindicated for a key that may leave the TPM, though the quote only warns', () => {
    const attestation = attest(GRADED, {
      evidence: looseEvidence,
      releaseKeyPublic: looseKey,
      releaseKey: parsePublic(looseKey),
    });
    expect(attestation).toMatchObject({ verdict: 'contraindicated', code: 'RELEASE_KEY_ATTRIBUTES' });
  });

  it('is contraindicated with an event log that does not account for the PCRs', () => {
    const attestation = attest(
      { ...GRADED, event_log: { demanded: 'always' } },
      { evidence: { ...evidence, quote: { ...evidence.quote, event_log: '00' } } },
    );
    expect(attestation).toMatchObject({ verdict: 'contraindicated', code: 'EVENT_LOG_MALFORMED' });
  });

  it('asks for the event log again after a warning about it, in the same boot too', async () => {
    const policy: ClassPolicy = {
      ...PLAIN,
      event_log: { demanded: 'after-reset' },
      warn_on: ['event-log-present'],
    };
    const first = attest(policy);
    expect(warningsOf(first)).toEqual(['event-log-present']);
    for (const [warning, warned] of [
      ['event-log-present', true],
      ['event-log-accepted', true],
      ['firmware', false],
    ] as const) {
      const seen: Device = { ...device, previous: first.clock, warnings: [warning] };
      const next = attest(policy, { device: seen });
      expect(next.verdict).toBe(warned ? 'warning' : 'affirming');
      // A quote for a class that asks for no log does not wipe the warning away either.
      const noteQuote = jest.fn(() => Promise.resolve());
      await noteAttestation({ noteQuote }, seen, attest(PLAIN, { device: seen }));
      expect(noteQuote).toHaveBeenCalledWith(
        device.deviceId,
        expect.objectContaining({ warnings: warned ? [warning] : [] }),
      );
    }
  });

  it('is remembered when it is authentic, and never when it is not', async () => {
    const noted: unknown[] = [];
    const devices = {
      noteQuote: (id: string, quote: unknown): Promise<void> => {
        noted.push([id, quote]);
        return Promise.resolve();
      },
    };
    await noteAttestation(devices, device, attest(GRADED, { nonce: randomBytes(32) }));
    expect(noted).toEqual([]);
    await noteAttestation(devices, device, attest({ ...GRADED, on_warning: 'deny' }));
    expect(noted).toMatchObject([[device.deviceId, { warnings: ['firmware'] }]]);
  });
});
