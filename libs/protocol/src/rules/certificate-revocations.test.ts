import fc from 'fast-check';
import { type ActArguments, type CertificateRevocationEntry } from '../domain/act-arguments';
import {
  CERTIFICATE_REASONS,
  type CertificateReason,
  type CertificateRevocation,
} from '../domain/certificate-revocation';
import { type RuleOutcome } from '../domain/ledger';
import { canonicalize } from '../encoding/canonical-json';
import { omitUndefined } from '../encoding/omit';
import { MAX_CERTIFICATE_ENTRIES } from '../limits';
import { codeOf, subjectOf } from '../test-support/expect-code';
import { PARAMETERS } from '../test-support/parameters';
import { parseActArgument } from './acts';
import { releaseCertificates, revokeCertificates } from './certificate-revocations';
import { type ActContext } from './context';

const AKI = 'a1'.repeat(20);
const MSP = 'Op1MSP';
const NOW = 1_800_000_000;

type Change = 'certificate.revoke' | 'certificate.release';

/** What one organization has said, kept as chaincode keeps it. */
class Book {
  now = NOW;
  private acts = 0;
  private readonly values = new Map<string, CertificateRevocation>();

  get(serial: string, mspId = MSP): CertificateRevocation | undefined {
    return this.values.get(`${mspId}/${AKI}/${serial}`);
  }

  context(mspId = MSP, role: string | undefined = 'ca-admin', parameters = PARAMETERS): ActContext {
    const txId = String(this.acts).padStart(64, '0');
    return { txId, at: this.now, caller: { mspId, role, certificateDigest: 'c'.repeat(64) }, parameters };
  }

  act<Name extends Change>(name: Name, argument: ActArguments[Name], context = this.context()): RuleOutcome {
    this.acts += 1;
    const parsed = parseActArgument(name, canonicalize(argument));
    const certificates = parsed.entries.map(({ serial }) => this.get(serial, context.caller.mspId));
    const outcome =
      name === 'certificate.revoke'
        ? revokeCertificates({ certificates }, parsed, context)
        : releaseCertificates({ certificates }, parsed, context);
    for (const { id, value } of outcome.writes) {
      this.values.set(id.join('/'), value as CertificateRevocation);
    }
    return outcome;
  }

  revoke(...entries: Partial<CertificateRevocationEntry>[]): RuleOutcome {
    return this.act('certificate.revoke', {
      entries: entries.map((entry) => ({ aki: AKI, serial: '01', ...entry })),
    });
  }

  release(...serials: string[]): RuleOutcome {
    return this.act('certificate.release', { entries: serials.map((serial) => ({ aki: AKI, serial })) });
  }
}

describe('certificate.revoke', () => {
  let book: Book;
  beforeEach(() => {
    book = new Book();
  });

  it('writes one document for each certificate, under the organization that says it', () => {
    const { writes, result } = book.revoke(
      { serial: '01', reason: 'keyCompromise', invalidity_date: NOW - 60, expires_at: NOW + 60 },
      { serial: 'ff' },
    );
    expect(writes.map(({ id }) => id)).toEqual([
      [MSP, AKI, '01'],
      [MSP, AKI, 'ff'],
    ]);
    expect(result).toMatchObject({ type: 'certificate-revocation', count: 2 });
    expect(book.get('01')).toMatchObject({
      state: 'revoked',
      reason: 'keyCompromise',
      invalidity_date: NOW - 60,
      expires_at: NOW + 60,
      revoked: { at: NOW },
      version: 1,
    });
    expect(book.get('ff')).not.toHaveProperty('reason');
  });

  it('keeps the ticket and not the note', () => {
    book.act('certificate.revoke', {
      entries: [{ aki: AKI, serial: '01' }],
      ticket: 'INC-7',
      note: 'Laptop lost.',
    });
    expect(book.get('01')).toMatchObject({ ticket: 'INC-7' });
    expect(canonicalize(book.get('01'))).not.toContain('Laptop');
  });

  it('makes a hold final, with the date of the hold', () => {
    book.revoke({ reason: 'certificateHold', expires_at: NOW + 99 });
    expect(book.get('01')?.state).toBe('held');
    book.now += 100;
    book.revoke({ reason: 'superseded' });
    expect(book.get('01')).toMatchObject({
      state: 'revoked',
      reason: 'superseded',
      revoked: { at: NOW },
      updated: { at: NOW + 100 },
      expires_at: NOW + 99,
      version: 2,
    });
  });

  it('leaves what is final as it is', () => {
    book.revoke({ reason: 'superseded' });
    const before = canonicalize(book.get('01'));
    book.now += 100;
    const again = book.revoke({ reason: 'keyCompromise' }, { serial: '02' });
    expect(again.result.count).toBe(1);
    expect(canonicalize(book.get('01'))).toBe(before);
    expect(book.revoke({ reason: 'keyCompromise' }).writes).toEqual([]);
  });

  it('never makes a hold of what is final, and says which entry', () => {
    book.revoke({ serial: '02' });
    const act = () => book.revoke({ serial: '01' }, { serial: '02', reason: 'certificateHold' });
    expect(codeOf(act)).toBe('REVOCATION_FINAL');
    expect(subjectOf(act)).toBe('/entries/1');
    expect(book.get('01')).toBeUndefined();
  });

  it('begins anew after a release', () => {
    book.revoke({ reason: 'certificateHold', invalidity_date: NOW - 5 });
    book.release('01');
    book.now += 50;
    book.revoke({ reason: 'privilegeWithdrawn' });
    expect(book.get('01')).toMatchObject({ state: 'revoked', revoked: { at: NOW + 50 }, version: 3 });
    expect(book.get('01')).not.toHaveProperty('invalidity_date');
  });

  it('holds what is held again, with the first date', () => {
    book.revoke({ reason: 'certificateHold' });
    book.now += 50;
    book.revoke({ reason: 'certificateHold' });
    expect(book.get('01')).toMatchObject({ state: 'held', revoked: { at: NOW }, version: 2 });
  });

  it.each<[string, Partial<CertificateRevocationEntry>[], string]>([
    ['a certificate named twice', [{}, { reason: 'superseded' }], '/entries/1'],
    [
      'a date of compromise ahead',
      [{}, { serial: '02', invalidity_date: NOW + 1 }],
      '/entries/1/invalidity_date',
    ],
    ['a serial with a leading zero byte', [{ serial: '0001' }], '/entries/0/serial'],
    ['the serial zero', [{ serial: '00' }], '/entries/0/serial'],
    ['an upper-case serial', [{ serial: 'AB' }], '/entries/0/serial'],
    ['half a byte', [{ serial: 'abc' }], '/entries/0/serial'],
    ['a negative serial', [{ serial: '-1' }], '/entries/0/serial'],
    ['21 octets', [{ serial: '11'.repeat(21) }], '/entries/0/serial'],
    ['an empty key identifier', [{ aki: '' }], '/entries/0/aki'],
    ['a key identifier with colons', [{ aki: 'a1:b2' }], '/entries/0/aki'],
    ['removeFromCRL as a reason', [{ reason: 'removeFromCRL' as never }], '/entries/0/reason'],
    ['unspecified as a reason', [{ reason: 'unspecified' as never }], '/entries/0/reason'],
    ['an enrolment id', [{ enrollment_id: 'alice' } as never], '/entries/0/enrollment_id'],
    ['a time before 1970', [{ expires_at: -1 }], '/entries/0/expires_at'],
    ['no certificate', [], '/entries'],
    [
      'more than one act takes',
      Array.from({ length: MAX_CERTIFICATE_ENTRIES + 1 }, (_, index) => ({
        serial: `aa${index.toString(16).padStart(4, '0')}`,
      })),
      '/entries',
    ],
  ])('refuses %s', (_what, entries, subject) => {
    const act = () => book.revoke(...entries);
    expect(codeOf(act)).toBe('SCHEMA_VIOLATION');
    expect(subjectOf(act)).toBe(subject);
  });

  it('takes as many as one act may name', () => {
    const entries = Array.from({ length: MAX_CERTIFICATE_ENTRIES }, (_, index) => ({
      serial: `aa${index.toString(16).padStart(4, '0')}`,
    }));
    expect(book.revoke(...entries).result.count).toBe(MAX_CERTIFICATE_ENTRIES);
  });
});

describe('certificate.release', () => {
  let book: Book;
  beforeEach(() => {
    book = new Book();
    book.revoke({ serial: '01', reason: 'certificateHold' }, { serial: '02' });
  });

  it('lifts a hold and remembers it', () => {
    book.now += 10;
    expect(book.release('01').result.count).toBe(1);
    expect(book.get('01')).toMatchObject({
      state: 'released',
      reason: 'certificateHold',
      revoked: { at: NOW },
      updated: { at: NOW + 10 },
      version: 2,
    });
  });

  it.each([
    ['what is final', ['01', '02'], 'REVOCATION_FINAL', '/entries/1'],
    ['what nobody revoked', ['03'], 'CERTIFICATE_NOT_HELD', '/entries/0'],
    ['a hold twice in one act', ['01', '01'], 'SCHEMA_VIOLATION', '/entries/1'],
  ])('does not lift %s', (_what, serials, code, subject) => {
    expect(codeOf(() => book.release(...serials))).toBe(code);
    expect(subjectOf(() => book.release(...serials))).toBe(subject);
    expect(book.get('01')?.state).toBe('held');
  });

  it('does not lift a hold twice, nor one that became final', () => {
    book.release('01');
    expect(codeOf(() => book.release('01'))).toBe('CERTIFICATE_NOT_HELD');
    book.revoke({ serial: '04', reason: 'certificateHold' });
    book.revoke({ serial: '04', reason: 'keyCompromise' });
    expect(codeOf(() => book.release('04'))).toBe('REVOCATION_FINAL');
  });

  it("does not reach another organization's hold", () => {
    const act = () =>
      book.act('certificate.release', { entries: [{ aki: AKI, serial: '01' }] }, book.context('Op2MSP'));
    expect(codeOf(act)).toBe('CERTIFICATE_NOT_HELD');
    expect(book.get('01')?.state).toBe('held');
  });
});

describe('who speaks of certificates', () => {
  const entries = [{ aki: AKI, serial: '01' }];

  it.each(['operator-admin', 'safety-reviewer', 'regulator', 'gateway', 'auditor', undefined])(
    'is no %s',
    (role) => {
      const book = new Book();
      for (const name of ['certificate.revoke', 'certificate.release'] as const) {
        const context = { ...book.context(), caller: { ...book.context().caller, role } };
        expect(codeOf(() => book.act(name, { entries }, context))).toBe('ROLE_MISSING');
      }
    },
  );

  it('is no stranger, and nobody before the parameters', () => {
    const book = new Book();
    for (const name of ['certificate.revoke', 'certificate.release'] as const) {
      expect(codeOf(() => book.act(name, { entries }, book.context('Op9MSP')))).toBe('NOT_OPERATOR');
      const early = { ...book.context(), parameters: undefined };
      expect(codeOf(() => book.act(name, { entries }, early))).toBe('PARAMETERS_MISSING');
    }
  });

  it('is a ca-admin of an operator or of a regulator, each for itself', () => {
    const book = new Book();
    const [regulator = ''] = PARAMETERS.regulators;
    book.act('certificate.revoke', { entries }, book.context(regulator));
    expect(book.get('01')).toBeUndefined();
    expect(book.get('01', regulator)).toMatchObject({ msp_id: regulator, state: 'revoked' });
  });
});

interface Step {
  readonly kind: 'revoke' | 'release';
  readonly serial: string;
  readonly reason: CertificateReason | undefined;
}

interface Outcome {
  readonly before: CertificateRevocation | undefined;
  readonly after: CertificateRevocation | undefined;
}

describe('any sequence of acts', () => {
  const serial = fc.constantFrom('01', '02', '03');
  const reason = fc.option(fc.constantFrom(...CERTIFICATE_REASONS), { nil: undefined });
  const step = fc.oneof(
    fc.record({ kind: fc.constant('revoke' as const), serial, reason }),
    fc.record({ kind: fc.constant('release' as const), serial, reason: fc.constant(undefined) }),
  );

  /** Takes one step; gives the document before and after it. */
  function take(book: Book, { kind, serial: of, reason: why }: Step): Outcome {
    const before = book.get(of);
    book.now += 1;
    codeOf(() =>
      kind === 'release' ? book.release(of) : book.revoke(omitUndefined({ serial: of, reason: why })),
    );
    return { before, after: book.get(of) };
  }

  const sequences = fc.array(step, { maxLength: 30, size: 'max' });

  it('never changes what was final', () => {
    fc.assert(
      fc.property(sequences, (steps) => {
        const book = new Book();
        for (const next of steps) {
          const { before, after } = take(book, next);
          if (before?.state === 'revoked') expect(after).toEqual(before);
        }
      }),
    );
  });

  it('releases only what is on hold, and counts each change', () => {
    fc.assert(
      fc.property(sequences, (steps) => {
        const book = new Book();
        for (const next of steps) {
          const { before, after } = take(book, next);
          if (after === before) continue;
          expect(after?.version).toBe((before?.version ?? 0) + 1);
          expect(after?.state === 'released').toBe(next.kind === 'release' && before?.state === 'held');
        }
      }),
    );
  });
});
