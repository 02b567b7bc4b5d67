import { createHash } from 'node:crypto';
import { parseAttest } from './attest';
import { type EventLogPolicy, GRADED_CHECKS, type QuotePolicy } from './quote-policy';
import { patched, PCRS } from './testing/fixtures';
import { EV, extended, log, sha256, startupLocality } from './testing/log-builder';
import { quoteOver } from './testing/quote-builder';
import { type QuoteInput, type QuoteVerdict, verifyQuote } from './verify-quote';

const LOADER = Buffer.from('loader');
const BOOT = [
  startupLocality(3),
  { pcr: 0, type: EV.separator },
  { pcr: 4, type: EV.ipl, data: LOADER },
] as const;
const STARTED = patched(Buffer.alloc(32), 31, [3]);
const BOOTED = quoteOver({
  0: extended(STARTED, sha256(Buffer.alloc(4))),
  4: extended(Buffer.alloc(32), sha256(LOADER)),
});
const EVENT_LOG = log(...BOOT);
const ACCEPTED = [
  { pcr: 0, type: EV.separator, digest: sha256(Buffer.alloc(4)).toString('hex') },
  { pcr: 4, type: EV.ipl, digest: sha256(LOADER).toString('hex') },
];

/** The booted machine's quote under a policy. */
function judged(policy: Partial<QuotePolicy>, change: Partial<QuoteInput> = {}): QuoteVerdict {
  return verifyQuote({ ...BOOTED, policy: { requiredPcrs: { sha256: [...PCRS] }, ...policy }, ...change });
}

function withLog(eventLog: EventLogPolicy, bytes: Buffer | undefined = EVENT_LOG): QuoteVerdict {
  return judged({ eventLog }, { eventLog: bytes });
}

describe('event logs of quotes', () => {
  it('account for every quoted PCR', () => {
    expect(withLog({ demanded: 'always', accepted: ACCEPTED })).toMatchObject({ verdict: 'affirming' });
  });

  it.each<[string, EventLogPolicy, Buffer, string]>([
    ['that leaves out a measurement', { demanded: 'always' }, log(...BOOT.slice(0, 2)), 'EVENT_LOG_MISMATCH'],
    [
      'that adds one',
      { demanded: 'always' },
      log(...BOOT, { pcr: 7, type: EV.separator }),
      'EVENT_LOG_MISMATCH',
    ],
    [
      'of the same measurements in another PCR',
      { demanded: 'always' },
      log(...BOOT.slice(0, 2), { ...BOOT[2], pcr: 3 }),
      'EVENT_LOG_MISMATCH',
    ],
    ['without its StartupLocality', { demanded: 'always' }, log(...BOOT.slice(1)), 'EVENT_LOG_MISMATCH'],
    ['cut short', { demanded: 'always' }, EVENT_LOG.subarray(0, -1), 'EVENT_LOG_MALFORMED'],
    ['of nothing', { demanded: 'never' }, Buffer.alloc(0), 'EVENT_LOG_MALFORMED'],
    [
      'with a measurement that is not accepted',
      { demanded: 'always', accepted: ACCEPTED.slice(1) },
      EVENT_LOG,
      'EVENT_NOT_ACCEPTED',
    ],
    [
      'none of whose measurements is accepted',
      { demanded: 'always', accepted: [] },
      EVENT_LOG,
      'EVENT_NOT_ACCEPTED',
    ],
    [
      'whose event type was rewritten: the type is in no PCR, so the replay alone would not show it',
      { demanded: 'always', accepted: ACCEPTED },
      log(...BOOT.slice(0, 2), { ...BOOT[2], type: EV.action }),
      'EVENT_NOT_ACCEPTED',
    ],
    [
      'that calls a measurement EV_NO_ACTION',
      { demanded: 'always', accepted: ACCEPTED },
      log(...BOOT.slice(0, 2), { ...BOOT[2], type: EV.noAction }),
      'EVENT_LOG_MISMATCH',
    ],
  ])('refuse a log %s', (_name, policy, bytes, code) => {
    expect(withLog(policy, bytes)).toMatchObject({ verdict: 'contraindicated', code });
  });

  it('are not excused by a lenient policy when they are false', () => {
    const lenient = { eventLog: { demanded: 'always' }, warnOn: GRADED_CHECKS } as const;
    for (const eventLog of [log(...BOOT.slice(0, 2)), EVENT_LOG.subarray(0, -1)]) {
      expect(judged(lenient, { eventLog }).verdict).toBe('contraindicated');
    }
  });

  it('may account for some PCRs only, where the operating system extends others', () => {
    const eventLog = log(...BOOT.slice(0, 2));
    expect(withLog({ demanded: 'always', pcrs: [0] }, eventLog).verdict).toBe('affirming');
    expect(withLog({ demanded: 'always', pcrs: [0, 4] }, eventLog).code).toBe('EVENT_LOG_MISMATCH');
  });

  it('are demanded always, or again after each boot', () => {
    const { clock } = { clock: parseAttest(BOOTED.attest).clock };
    const missing = (demanded: EventLogPolicy['demanded'], previous?: QuoteInput['previous']): string =>
      judged({ eventLog: { demanded } }, { previous }).code;
    expect(missing('never')).toBe('OK');
    expect(missing('always', clock)).toBe('EVENT_LOG_MISSING');
    expect(missing('after-reset', clock)).toBe('OK');
    expect(missing('after-reset')).toBe('EVENT_LOG_MISSING');
    expect(missing('after-reset', { ...clock, resetCount: clock.resetCount - 1 })).toBe('EVENT_LOG_MISSING');
  });
});

describe('grades', () => {
  const SHORTFALLS: readonly [(typeof GRADED_CHECKS)[number], Partial<QuotePolicy>, Partial<QuoteInput>][] = [
    ['firmware', { firmware: ['0000000000000001'] }, {}],
    ['pcr-reference', { referenceValues: { 4: ['00'.repeat(32)] } }, {}],
    ['event-log-present', { eventLog: { demanded: 'always' } }, {}],
    ['event-log-accepted', { eventLog: { demanded: 'always', accepted: [] } }, { eventLog: EVENT_LOG }],
  ];

  it.each(SHORTFALLS)('%s refuses, or warns where the policy says so', (name, policy, change) => {
    expect(judged({ ...policy, warnOn: [] }, change).verdict).toBe('contraindicated');
    const others = GRADED_CHECKS.filter((one) => one !== name);
    expect(judged({ ...policy, warnOn: others }, change).verdict).toBe('contraindicated');
    const graded = judged({ ...policy, warnOn: [name] }, change);
    expect(graded.verdict).toBe('warning');
    expect(graded.checks.filter(({ result }) => result === 'warned').map((one) => one.name)).toEqual([name]);
  });

  it('never lift a refusal: one failure among warnings is a failure', () => {
    const policy = { firmware: ['0000000000000001'], warnOn: GRADED_CHECKS };
    const verdict = judged(policy, { qualifyingData: createHash('sha256').digest() });
    expect(verdict).toMatchObject({ verdict: 'contraindicated', code: 'QUOTE_NONCE' });
  });

  it('say what was not looked at', () => {
    const open = judged({}).checks.filter(({ result }) => result === 'not-checked');
    expect(open.map(({ name }) => name)).toEqual([
      'qualified-signer',
      'clock',
      'firmware',
      'pcr-reference',
      'event-log-present',
    ]);
  });
});
