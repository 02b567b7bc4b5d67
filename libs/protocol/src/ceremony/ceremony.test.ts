import { utf8 } from '../encoding/bytes';
import { canonicalize } from '../encoding/canonical-json';
import { type Envelope, type VerificationKey } from '../intents/envelope';
import { countersign, signPayload, type Signer } from '../intents/sign';
import { keyId } from '../identifiers';
import { codeOf } from '../test-support/expect-code';
import { ed25519Signer } from '../test-support/software-signer';
import { checkCeremony } from './check-ceremony';
import {
  CEREMONY_FORMAT,
  CEREMONY_PAYLOAD_TYPE,
  type CeremonyKey,
  type CeremonyStep,
  type CeremonyTranscript,
  parseCeremony,
  withCeremonyStep,
} from './transcript';

const [ANN, BEN, EVE] = [ed25519Signer('ann'), ed25519Signer('ben'), ed25519Signer('eve')];
const GOOD = {
  sensitive: true,
  extractable: false,
  always_sensitive: true,
  never_extractable: true,
  local: true,
  signs: true,
  derives: false,
};

function key(label: string, attributes: Partial<CeremonyKey['attributes']> = {}): CeremonyKey {
  return {
    label,
    role: 'token',
    kid: 'k'.repeat(43),
    public_key: `02${'ab'.repeat(32)}`,
    attributes: { ...GOOD, ...attributes },
  };
}

type Told = Omit<CeremonyStep, 'n' | 'previous' | 'at'>;
const BEGIN: Told = { action: 'begin', text: 'two people, two vaults' };

function told(...steps: readonly Told[]): CeremonyTranscript {
  const empty: CeremonyTranscript = { format: CEREMONY_FORMAT, operator: 'Op1MSP', token: 'op1', steps: [] };
  return steps.reduce((transcript, step, i) => withCeremonyStep(transcript, { ...step, at: 100 + i }), empty);
}

const bytesOf = (value: unknown): Uint8Array => utf8(canonicalize(value));

function witness({ alg, publicKey }: Signer): VerificationKey {
  return { alg, publicKey, keyid: keyId(alg, publicKey) };
}

async function signed(transcript: unknown, type = CEREMONY_PAYLOAD_TYPE): Promise<Envelope> {
  return await countersign(await signPayload(type, bytesOf(transcript), ANN), BEN);
}

const WITNESSES = [witness(ANN), witness(BEN)];
const USUAL = told(
  BEGIN,
  { action: 'generate', keys: [key('token')] },
  { action: 'generate', keys: [key('token.2')] },
  { action: 'retire', keys: [key('token')] },
);

describe('transcripts of ceremonies', () => {
  it('that two people signed tell the keys that are left', async () => {
    const { keys, transcript } = checkCeremony(await signed(USUAL), WITNESSES);
    expect(keys.map(({ label }) => label)).toEqual(['token.2']);
    expect(transcript).toEqual(USUAL);
  });

  it.each<[string, (good: CeremonyTranscript) => unknown]>([
    ['a step left out', ({ steps, ...rest }) => ({ ...rest, steps: [steps[0], steps[2], steps[3]] })],
    [
      'its end left out and another put there',
      ({ steps, ...rest }) => ({
        ...rest,
        steps: [...steps.slice(0, 3), { ...steps[3], previous: '00'.repeat(32) }],
      }),
    ],
    [
      'two steps exchanged',
      ({ steps, ...rest }) => ({ ...rest, steps: [steps[0], steps[2], steps[1], steps[3]] }),
    ],
    [
      'a word changed',
      ({ steps, ...rest }) => ({ ...rest, steps: [{ ...steps[0], text: 'one vault' }, ...steps.slice(1)] }),
    ],
    ['another beginning', () => told({ action: 'inspect' })],
    [
      'a clock that went back',
      ({ steps, ...rest }) => withCeremonyStep({ steps, ...rest }, { action: 'note', at: 99, text: '' }),
    ],
  ])('are refused with %s', (_name, spoil) => {
    expect(codeOf(() => parseCeremony(bytesOf(spoil(USUAL))))).toBe('CEREMONY_MALFORMED');
  });

  it.each<[string, unknown]>([
    ['no step', { ...USUAL, steps: [] }],
    ['an unknown member', { ...USUAL, pin: '1234' }],
    ['another format', { ...USUAL, format: 'x' }],
    ['an action that is none', told(BEGIN, { action: 'export' as 'note' })],
  ])('are refused with %s', (_name, transcript) => {
    expect(codeOf(() => parseCeremony(bytesOf(transcript)))).toBe('SCHEMA_VIOLATION');
  });

  it.each<[string, Partial<CeremonyKey['attributes']>]>([
    ['could be read', { sensitive: false }],
    ['could leave', { extractable: true }],
    ['could once be read', { always_sensitive: false }],
    ['could once leave', { never_extractable: false }],
    ['was brought in', { local: false }],
    ['does two things', { derives: true }],
    ['does nothing', { signs: false }],
  ])('are refused when a key %s', async (_name, attributes) => {
    const envelope = await signed(told(BEGIN, { action: 'generate', keys: [key('token', attributes)] }));
    expect(codeOf(() => checkCeremony(envelope, WITNESSES))).toBe('CEREMONY_KEY_UNSAFE');
  });

  it('need exactly their witnesses, at least two, and their own type', async () => {
    const good = await signed(USUAL);
    const alone = await signPayload(CEREMONY_PAYLOAD_TYPE, bytesOf(USUAL), ANN);
    const check = (envelope: Envelope, witnesses: readonly VerificationKey[]): string =>
      codeOf(() => checkCeremony(envelope, witnesses));
    expect(check(good, [witness(ANN)])).toBe('CEREMONY_WITNESSES');
    expect(check(good, [witness(ANN), witness(ANN)])).toBe('CEREMONY_WITNESSES');
    expect(check(alone, WITNESSES)).toBe('SIGNATURE_MISSING');
    expect(check(await countersign(good, EVE), WITNESSES)).toBe('KEY_NOT_CURRENT');
    const forged = {
      ...good,
      signatures: [good.signatures[0]!, { ...good.signatures[1]!, sig: good.signatures[0]!.sig }],
    };
    expect(check(forged, WITNESSES)).toBe('SIGNATURE_INVALID');
    expect(check(await signed(USUAL, 'application/json'), WITNESSES)).toBe('CEREMONY_MALFORMED');
    const twice = told(
      BEGIN,
      { action: 'generate', keys: [key('token')] },
      { action: 'generate', keys: [key('token')] },
    );
    expect(check(await signed(twice), WITNESSES)).toBe('CEREMONY_MALFORMED');
  });
});
