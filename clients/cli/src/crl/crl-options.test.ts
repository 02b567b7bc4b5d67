import { type CertificateRevocation } from '@maker-registry/protocol';
import { ClientError } from '@maker-registry/sdk';
import { Workplace } from '../testing/workplace';
import { assertConfirmed } from './confirmation';
import { readBulkFile } from './bulk-file';
import {
  assertKind,
  certificateKey,
  type CertificateTarget,
  instant,
  keyOf,
  withoutDuplicates,
} from './certificate-target';
import { entryBytes } from './entry-bytes';
import { type PlanFacts, planRevocation } from './revocation-plan';

const AKI = 'ab'.repeat(20);
const TIME = { at: 1_790_000_000, tx_id: 'ee'.repeat(32) };

async function codeOf(act: () => unknown): Promise<string> {
  try {
    await act();
    return 'accepted';
  } catch (error) {
    if (error instanceof ClientError) return error.code;
    throw error;
  }
}

function target(serial: string, more: Partial<CertificateTarget> = {}): CertificateTarget {
  return { aki: AKI, serial, ...more };
}

describe('naming a certificate', () => {
  it('takes what other tools print', () => {
    expect(certificateKey('0A:01', AKI.toUpperCase(), 'x')).toEqual({ aki: AKI, serial: '0a01' });
    expect(certificateKey('0x000a01', AKI, 'x')).toEqual({ aki: AKI, serial: '0a01' });
    expect(certificateKey('a01', AKI, 'x')).toEqual({ aki: AKI, serial: '0a01' });
  });

  it.each([
    ['', AKI],
    ['00', AKI],
    ['-1', AKI],
    ['12345g', AKI],
    ['1'.repeat(60), AKI],
    ['01', ''],
    ['01', 'abc'],
    ['01', 'xyz0'],
  ])('refuses %j of %j', async (serial, aki) => {
    expect(await codeOf(() => certificateKey(serial, aki, 'x'))).toBe('USAGE');
  });

  it('takes times with a zone only', async () => {
    expect(instant('1790000000', 'x')).toBe(1_790_000_000);
    expect(instant('2026-11-26T03:00:00Z', 'x')).toBe(1_795_662_000);
    expect(instant('2026-11-26T05:00+02:00', 'x')).toBe(1_795_662_000);
    for (const text of [
      '2026-11-26',
      '2026-11-26T03:00:00',
      'yesterday',
      '-1',
      '1e9',
      '2026-13-01T00:00:00Z',
    ]) {
      expect([text, await codeOf(() => instant(text, 'x'))]).toEqual([text, 'USAGE']);
    }
  });

  it('counts a certificate named twice once, and refuses a contradiction', async () => {
    const { distinct, duplicates } = withoutDuplicates([target('01'), target('02'), target('01')]);
    expect([distinct.length, duplicates]).toEqual([2, ['01']]);
    const contradiction = [target('01', { reason: 'keyCompromise' }), target('01', { reason: 'superseded' })];
    expect(await codeOf(() => withoutDuplicates(contradiction))).toBe('USAGE');
  });
});

describe('a reason in a file', () => {
  it('can’t make a hold final, nor a revocation a hold', async () => {
    const hold = target('01', { reason: 'certificateHold' });
    const final = [target('02', { reason: 'keyCompromise' }), target('03')];
    expect(
      await codeOf(() => {
        assertKind([hold], true);
      }),
    ).toBe('accepted');
    expect(
      await codeOf(() => {
        assertKind(final, false);
      }),
    ).toBe('accepted');
    for (const one of final)
      expect(
        await codeOf(() => {
          assertKind([hold, one], true);
        }),
      ).toBe('USAGE');
    expect(
      await codeOf(() => {
        assertKind([...final, hold], false);
      }),
    ).toBe('USAGE');
  });
});

describe('a bulk file', () => {
  const work = new Workplace();
  afterAll(() => {
    work.remove();
  });
  const read = (text: string) =>
    readBulkFile(work.file('bulk', text), { reason: 'superseded', ticket: 'INC-1' });

  it('is CSV whose first line names the columns', async () => {
    expect(
      await read(`serial,aki,reason,ticket\r\n0A01,${AKI},keyCompromise,INC-2\n\nff,${AKI},,\n`),
    ).toEqual([
      { aki: AKI, serial: '0a01', reason: 'keyCompromise', ticket: 'INC-2' },
      { aki: AKI, serial: 'ff', reason: 'superseded', ticket: 'INC-1' },
    ]);
  });

  it('is JSON lines', async () => {
    const line = JSON.stringify({ serial: '0a01', aki: AKI, invalidity_date: 1_790_000_000 });
    expect(await read(`${line}\n\n`)).toEqual([
      { aki: AKI, serial: '0a01', reason: 'superseded', ticket: 'INC-1', invalidity_date: 1_790_000_000 },
    ]);
  });

  it.each([
    ['nothing', ''],
    ['no certificate', 'serial,aki\n'],
    ['no column for the key identifier', 'serial\n01\n'],
    ['an unknown column', `serial,aki,name\n01,${AKI},Alice\n`],
    ['a column twice', `serial,aki,serial\n01,${AKI},02\n`],
    ['a field too few', 'serial,aki\n01\n'],
    ['a field too many', `serial,aki\n01,${AKI},x\n`],
    ['quotes', `serial,aki\n"01",${AKI}\n`],
    ['an empty serial', `serial,aki\n,${AKI}\n`],
    ['a reason that does not exist', `serial,aki,reason\n01,${AKI},mood\n`],
    ['removeFromCRL', `serial,aki,reason\n01,${AKI},removeFromCRL\n`],
    ['a reason of another spelling', `serial,aki,reason\n01,${AKI},keycompromise\n`],
    ['a line that is no JSON', `{"serial":"01","aki":"${AKI}"}\n{`],
    ['the same member twice', `{"serial":"01","serial":"02","aki":"${AKI}"}`],
    ['a member that is not known', `{"serial":"01","aki":"${AKI}","who":"Alice"}`],
    ['a member that is a list', `{"serial":["01"],"aki":"${AKI}"}`],
    ['CSV after JSON', `{"serial":"01","aki":"${AKI}"}\n02,${AKI}`],
  ])('is refused with %s', async (_what, text) => {
    expect(await codeOf(() => read(text))).toBe('USAGE');
  });

  it('names the line that is wrong', async () => {
    await expect(read(`serial,aki\n01,${AKI}\nzz,${AKI}\n`)).rejects.toThrow(':3:');
  });
});

describe('the plan of a revocation', () => {
  const revocation = (serial: string, state: CertificateRevocation['state']): CertificateRevocation => ({
    ...{ aki: AKI, serial, msp_id: 'Op1MSP', state, revoked: TIME, updated: TIME, version: 1 },
  });
  const facts = (change: Partial<PlanFacts> = {}): PlanFacts => ({
    ledger: new Map(
      [revocation('01', 'revoked'), revocation('02', 'held'), revocation('03', 'released')].map((one) => [
        keyOf(one),
        one,
      ]),
    ),
    reach: { channel: 'registry', in_use: [{ name: 'peer', aki: AKI, serial: '04' }] },
    issued: new Set(['01', '02', '03', '04'].map((serial) => `${AKI}/${serial}`)),
    crl: { entries: 2, bytes: 400 },
    ...change,
  });
  const TARGETS = ['01', '02', '03', '04', '05'].map((serial) => target(serial, { reason: 'keyCompromise' }));

  it('tells new, held, revoked, unknown and used ones apart', () => {
    const { plan, pending } = planRevocation(TARGETS, 1, facts());
    expect(plan).toMatchObject({
      ...{ named: 5, duplicates: 1, new: 3, held_before: 1, already: 1, unknown: 1, unknown_serials: ['05'] },
      ...{ in_use: [{ name: 'peer', serial: '04' }], acts: 1, channels: ['registry'] },
      crl: { entries: { before: 2, after: 5 } },
    });
    expect(pending.map(({ serial }) => serial)).toEqual(['02', '03', '04', '05']);
  });

  it('passes over what is held where a hold is asked for', () => {
    expect(planRevocation(TARGETS, 0, facts(), true).pending.map(({ serial }) => serial)).toEqual([
      '03',
      '04',
      '05',
    ]);
  });

  it('does not claim to know what was issued when the Fabric CA was not asked', () => {
    expect(planRevocation(TARGETS, 0, facts({ issued: null })).plan.unknown).toBeNull();
  });

  it('makes acts of one ticket and of 500 certificates at the most', () => {
    const many = Array.from({ length: 1_001 }, (_unused, index) =>
      target((index + 4_096).toString(16), { ticket: index === 7 ? 'INC-2' : 'INC-1' }),
    );
    const { acts } = planRevocation(many, 0, facts({ ledger: new Map() }));
    expect(acts.map((act) => act.length)).toEqual([500, 500, 1]);
    expect(acts.map((act) => new Set(act.map(({ ticket }) => ticket)).size)).toEqual([1, 1, 1]);
  });

  it.each([
    ['a few', 3, {}, 'accepted'],
    ['many', 21, {}, 'USAGE'],
    ['many with --yes', 21, { yes: true }, 'accepted'],
    ['many with their number', 21, { count: '21' }, 'accepted'],
    ['another number', 21, { count: '20' }, 'USAGE'],
    ['another number with --yes', 3, { yes: true, count: '4' }, 'USAGE'],
  ])('asks for confirmation of %s', async (_what, count, given, expected) => {
    const targets = Array.from({ length: count }, (_unused, index) => target((index + 32).toString(16)));
    const { plan } = planRevocation(targets, 0, facts());
    expect(
      await codeOf(() => {
        assertConfirmed(given, plan);
      }),
    ).toBe(expected);
  });

  it('takes certificates in use only when told so', async () => {
    const { plan } = planRevocation([target('04')], 0, facts());
    expect(
      await codeOf(() => {
        assertConfirmed({ yes: true }, plan);
      }),
    ).toBe('USAGE');
    expect(
      await codeOf(() => {
        assertConfirmed({ 'in-use': true }, plan);
      }),
    ).toBe('accepted');
  });
});

describe('the size of an entry', () => {
  it.each<[string, CertificateTarget, number]>([
    ['a serial number alone', target('0a01'), 21],
    ['a serial number with its top bit set', target('ff01'), 22],
    ['a reason', target('0a01', { reason: 'keyCompromise' }), 35],
    ['reason and date', target('0a01', { reason: 'keyCompromise', invalidity_date: 1 }), 61],
  ])('is known for %s', (_what, certificate, bytes) => {
    expect(entryBytes(certificate)).toBe(bytes);
  });
});
