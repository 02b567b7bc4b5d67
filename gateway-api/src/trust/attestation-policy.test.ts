import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RISK_CLASSES } from '@maker-registry/protocol';
import { GRADED_CHECKS } from '@maker-registry/tpm';
import { ConfigError } from '../config/config-error';
import {
  type AttestationPolicy,
  narrowingForToken,
  quotePolicy,
  readAttestationPolicy,
} from './attestation-policy';

const OWN = join(__dirname, '../../../policies/attestation.json');
const SETTING = 'ATTESTATION_POLICY_FILE';
const DIGEST = 'ab'.repeat(32);
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'attestation-policy-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function read(text: string): AttestationPolicy {
  const file = join(directory, 'policy.json');
  writeFileSync(file, text);
  return readAttestationPolicy(SETTING, file);
}

/** The policy with the class `high` changed. */
function withHigh(change: object): string {
  const plain = { pcrs: [0, 7], warn_on: [], on_warning: 'deny' };
  const classes = Object.fromEntries(RISK_CLASSES.map((name) => [name, plain]));
  return JSON.stringify({
    version: 1,
    endorsement: { expired: 'refused' },
    risk_classes: { ...classes, high: { ...plain, ...change } },
  });
}

describe('the attestation policy', () => {
  it('of the repository is one, and its strict classes release nothing under a warning', () => {
    const { risk_classes: classes } = readAttestationPolicy(SETTING, OWN);
    expect([classes.high.on_warning, classes.critical.on_warning]).toEqual(['deny', 'deny']);
    expect(classes.critical.warn_on).toEqual([]);
  });

  it('speaks of values, firmware, events and grades', () => {
    const high = {
      reference_values: { 0: [DIGEST] },
      firmware: ['2019102300163636'],
      event_log: { demanded: 'after-reset', pcrs: [0], accepted: [{ pcr: 0, type: 4, digest: DIGEST }] },
      warn_on: GRADED_CHECKS,
      on_warning: [{ kind: 'restrict' }, { kind: 'narrow', scope: { actions: ['adapt'] } }],
    };
    expect(quotePolicy(read(withHigh(high)).risk_classes.high)).toEqual({
      requiredPcrs: { sha256: [0, 7] },
      warnOn: GRADED_CHECKS,
      referenceValues: high.reference_values,
      firmware: high.firmware,
      eventLog: high.event_log,
    });
  });

  it.each<[string, string]>([
    ['no JSON', '{'],
    ['a class missing', JSON.stringify({ version: 1, risk_classes: {} })],
    ['no PCRs', withHigh({ pcrs: [] })],
    ['a PCR twice', withHigh({ pcrs: [0, 0] })],
    ['a PCR that no PC has', withHigh({ pcrs: [24] })],
    ['an unknown member', withHigh({ accept_unsafe_clock: true })],
    ['a grade for what is never graded', withHigh({ warn_on: ['signature'] })],
    ['a firmware version of another form', withHigh({ firmware: ['2019'] })],
    ['an empty list of firmware, which accepts none by accident', withHigh({ firmware: [] })],
    ['a value that is no SHA-256 digest', withHigh({ reference_values: { 0: ['ab'] } })],
    ['a value for a PCR that is not quoted', withHigh({ reference_values: { 1: [DIGEST] } })],
    ['an event log for a PCR that is not quoted', withHigh({ event_log: { demanded: 'always', pcrs: [1] } })],
    [
      'an event in a PCR that is not quoted',
      withHigh({ event_log: { demanded: 'always', accepted: [{ pcr: 1, type: 4, digest: DIGEST }] } }),
    ],
    ['a narrowing to nothing in particular', withHigh({ on_warning: [] })],
    ['a downgrade that narrows nothing', withHigh({ on_warning: [{ kind: 'downgrade' }] })],
    ['a narrowing without scope', withHigh({ on_warning: [{ kind: 'restrict' }, { kind: 'narrow' }] })],
    ['a narrowing that is a revocation', withHigh({ on_warning: [{ kind: 'revoke' }] })],
    [
      'a narrowing of an unknown action',
      withHigh({ on_warning: [{ kind: 'narrow', scope: { actions: ['fly'] } }] }),
    ],
    ['a word for a narrowing', withHigh({ on_warning: 'allow' })],
  ])('is refused with %s', (_name, text) => {
    expect(() => read(text)).toThrow(ConfigError);
  });

  it('narrows tokens by warnings, and leaves them where it releases nothing anyway', () => {
    const narrowed = read(withHigh({ on_warning: [{ kind: 'restrict' }] })).risk_classes.high;
    expect(narrowingForToken(['firmware'], narrowed)).toMatchObject([
      { kind: 'restrict', subject_type: 'device' },
    ]);
    expect(narrowingForToken([], narrowed)).toEqual([]);
    expect(narrowingForToken(['firmware'], read(withHigh({})).risk_classes.high)).toEqual([]);
  });
});
